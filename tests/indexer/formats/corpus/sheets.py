"""Spreadsheets by XlsxWriter, openpyxl and odfpy."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from functools import cache

from corpus.case import Case


@cache
def budget(rows: int = 100) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": "Budget 2026", "created": datetime.datetime(2026, 1, 2)})
    sheet = book.add_worksheet("Budget")
    sheet.write_row(0, 0, ["Item", "Cost", "When"])
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, [f"Item number {number}", number * 1.5])
        sheet.write_datetime(number, 2, datetime.datetime(2026, 1, 1) + datetime.timedelta(days=number % 300))
    other = book.add_worksheet("Straße & Co")
    other.write("B3", "Only a remark here")
    other.write_formula("B4", "=1+1", None, 2)
    book.add_chartsheet("Chart")
    book.close()
    return out.getvalue()


def sparse() -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Far"
    sheet["A1"] = "Name"
    sheet["B1"] = "Present"
    sheet["A2"] = "Ada"
    sheet["B2"] = True
    sheet["C90000"] = "Far below"
    book.properties.created = datetime.datetime(2026, 7, 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@cache
def readings(rows: int = 60) -> bytes:
    from odf import table, text
    from odf.opendocument import OpenDocumentSpreadsheet

    document = OpenDocumentSpreadsheet()
    for name in ("Messwerte", "Leer", "Notizen"):
        sheet = table.Table(name=name)
        lines = {
            "Messwerte": [("Ort", "Wert"), *((f"Pegel {n}", str(n * 2)) for n in range(1, rows + 1))],
            "Leer": [],
            "Notizen": [("Zweite Tabelle",)],
        }[name]
        for cells in lines:
            row = table.TableRow()
            for value in cells:
                number = value.isdigit()
                cell = table.TableCell(valuetype="float", value=value) if number else table.TableCell()
                cell.addElement(text.P(text=value))
                row.addElement(cell)
            row.addElement(table.TableCell(numbercolumnsrepeated=16000))
            sheet.addElement(row)
        empty = table.TableRow(numberrowsrepeated=1_000_000)
        empty.addElement(table.TableCell(numbercolumnsrepeated=16000))
        sheet.addElement(empty)
        document.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def cases() -> Iterator[Case]:
    yield Case(
        "budget.xlsx",
        budget(),
        "xlsx",
        ("Item number 3 | 4.5 | 2026-01-04",),
        title="Budget 2026",
        date="2026-01-02",
        lacks=("00:00",),
        at={
            "Item | Cost": {"anchor": "Budget!A1:C1", "heading": ("Budget",), "table_header": None},
            "Item number 1 |": {"anchor": "Budget!A2:C32", "table_header": "Item | Cost | When"},
            "Only a remark": {"anchor": "Straße & Co!A3:B4", "table_header": None},
        },
    )
    yield Case(
        "sparse.xlsx",
        sparse(),
        "xlsx",
        ("Ada | TRUE",),
        date="2026-07-01",
        at={"Far below": {"anchor": "Far!A90000:C90000", "table_header": "Name | Present"}},
    )
    yield Case(
        "sheet-without-ending", budget(), "xlsx", ("Item number 3",), title="Budget 2026", date="2026-01-02"
    )
    yield Case(
        "readings.ods",
        readings(),
        "ods",
        ("Pegel 60 | 120",),
        at={
            "Ort | Wert": {"anchor": "Messwerte!A1:B1", "table_header": None},
            "Pegel 2 |": {"heading": ("Messwerte",), "table_header": "Ort | Wert"},
            "Zweite": {"anchor": "Notizen!A1:A1", "heading": ("Notizen",), "table_header": None},
        },
    )
