"""OpenDocument sheets, row by row; repeated rows and cells are an attribute and stay one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.opendocument import OFFICE, TABLE, TEXT, content, text_of
from indexer.formats.source import Source
from indexer.formats.tables import cell_text, write_sheet
from indexer.formats.writing import Writer
from searcher.records import Document

_COLUMNS = 1_000  # cells of one row that are read
_REPEATS = 100  # times a row with text is written


def read(source: Source) -> Document:
    body, title, date = content(source)
    writer = Writer(source)
    for name, rows in _sheets(body):
        if not write_sheet(writer, name, rows):
            break
    return writer.document("ods", title=title, date=date, empty="no cell has text in it")


def _sheets(body: bytes) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Sheet by sheet; a sheet's rows must be taken before the next sheet."""
    found = xml.elements(body, "content.xml", (TABLE + "table-row",))
    row = next(found, None)
    while row is not None:
        sheet = _sheet_of(row)
        pending: list[Any] = [row]
        yield xml.attribute(sheet, "name") or "Sheet", _rows(pending, sheet, found)
        row = pending[0]


def _rows(pending: list[Any], sheet: Any, found: Iterator[Any]) -> Iterator[tuple[int, list[str]]]:
    """Rows of `sheet`, from the one that is pending on; leaves the next sheet's first one pending."""
    number = 1
    while (row := pending[0]) is not None and _sheet_of(row) is sheet:
        repeats = _count(row, "number-rows-repeated")
        cells = _cells(row)
        if any(cells):
            for again in range(min(repeats, _REPEATS)):
                yield number + again, cells
        number += repeats
        xml.forget(row)
        pending[0] = next(found, None)


def _sheet_of(row: Any) -> Any:
    return next((a for a in row.iterancestors(TABLE + "table")), None)


def _cells(row: Any) -> list[str]:
    """Up to the last cell with text; rows end with thousands of repeated empty ones."""
    cells: list[str] = []
    empty = 0
    for cell in row:
        if xml.local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        text = cell_text("\n".join(text_of(p) for p in cell.iterchildren(TEXT + "p")))
        text = text or cell_text(cell.get(OFFICE + "value") or cell.get(OFFICE + "string-value"))
        repeats = _count(cell, "number-columns-repeated")
        if not text:
            empty += repeats
        elif len(cells) + empty < _COLUMNS:
            cells.extend([""] * empty)
            cells.extend([text] * min(repeats, _COLUMNS - len(cells)))
            empty = 0
    return cells


def _count(element: Any, name: str) -> int:
    value = element.get(TABLE + name)
    return max(int(value), 1) if value and value.isdigit() else 1
