"""Spreadsheets by XlsxWriter, openpyxl and odfpy."""

from __future__ import annotations

import datetime
import io
import zipfile
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


_CELLS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_RELATION = '<Relationship Id="{}" Type="http://schemas.{}" Target="{}"/></Relationships>'
_BESIDE = {  # as Excel 365 writes them
    "xl/threadedComments/threadedComment1.xml": f'''<ThreadedComments xmlns="{_THREADS}">
<threadedComment ref="B2" personId="{{P1}}" id="{{T1}}"><text>Rather a lot?</text></threadedComment>
<threadedComment ref="B2" personId="{{P2}}" id="{{T2}}" parentId="{{T1}}"><text>It is for two years</text>
</threadedComment></ThreadedComments>''',
    "xl/persons/person.xml": f'''<personList xmlns="{_THREADS}">
<person displayName="Ottilie Brandt" id="{{P1}}" userId="o" providerId="None"/>
<person displayName="Ruprecht Sahm" id="{{P2}}" userId="r" providerId="None"/></personList>''',
    "xl/comments1.xml": f'''<comments xmlns="{_CELLS}"><authors><author>tc={{T1}}</author>
<author>Ada</author></authors><commentList><comment ref="B2" authorId="0">
<text><t>[Kommentarthread] Ihre Version von Excel gestattet Ihnen</t></text></comment>
<comment ref="A3" authorId="1"><text><r><t>By the old quay</t></r></text></comment>
</commentList></comments>''',
}
_READ_ALOUD = (
    '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>'
    '<phoneticPr fontId="1" type="noConversion"/></si>'
)


def quay() -> bytes:
    """Money, thousands and units, as LibreOffice numbers its formats; a thread of comments; Japanese with its
    reading above."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": datetime.datetime(2026, 3, 1)})
    sheet = book.add_worksheet("Quay")
    sheet.write_row(0, 0, ["Berth", "Dues", "Yen", "Tons", "Depth", "Left", "Plain", "東京"])
    formats = (
        "#,##0.00\\ [$€-407]",
        '_("$"* #,##0.00_);_("$"* (#,##0.00)',
        "#,##0",
        '0.0" m"',
        '"£"0.00',
        "GENERAL",
    )
    for row, values in enumerate(((1234.5, 1000000, 20500, 4.25, -3, 0.5), (12, 0.1, 999, 3, 7.5, 1)), 1):
        sheet.write(row, 0, ("North", "South")[row - 1])
        for column, (value, code) in enumerate(zip(values, formats, strict=True), 1):
            sheet.write(row, column, value, book.add_format({"num_format": code}))
    book.close()
    new = io.BytesIO()
    office = "openxmlformats.org/officeDocument/2006/relationships/comments"
    thread = "microsoft.com/office/2017/10/relationships/threadedComment"
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as package:
        for item in old.infolist():
            data = old.read(item).replace("<si><t>東京</t></si>".encode(), _READ_ALOUD.encode())
            package.writestr(item.filename, data)
        for name, part in _BESIDE.items():
            package.writestr(name, part)
        relations = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            + _RELATION.format("r1", office, "../comments1.xml").removesuffix("</Relationships>")
            + _RELATION.format("r2", thread, "../threadedComments/threadedComment1.xml")
        )
        package.writestr("xl/worksheets/_rels/sheet1.xml.rels", relations)
    return new.getvalue()


def cases() -> Iterator[Case]:
    yield Case(
        "quay.xlsx",
        quay(),
        "xlsx",
        (
            "Depth | Left | Plain | 東京\n",
            "North | 1,234.50 € (1234.5) | $1,000,000.00 (1000000) | 20,500 (20500) | 4.3 m (4.25) | ",
            "(4.25) | -£3.00 | 0.5\n",
            "South | 12.00 € | $0.10 (0.1) | 999 | 3.0 m | £7.50 (7.5) | 1\n",
            "B2: Ottilie Brandt: Rather a lot?\nB2: Ruprecht Sahm: It is for two years\nA3: By the old quay",
        ),
        ("トウキョウ", "Kommentarthread"),
        date="2026-03-01",
    )
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
