"""OpenDocument sheets, row by row; repeated rows and cells are an attribute and stay one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.office.opendocument import (
    DRAW,
    OFFICE,
    TABLE,
    TEXT,
    OpenDocument,
    comments,
    object_lines,
    package,
    text_of,
)
from indexer.formats.source import Source
from indexer.formats.tables import Cuts, cell_text, write_sheet
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_CELLS, _PARAGRAPH = (TABLE + "table-cell", TABLE + "covered-table-cell"), TEXT + "p"
_VALUE, _STRING = OFFICE + "value", OFFICE + "string-value"
_WIDE, _HIGH = TABLE + "number-columns-repeated", TABLE + "number-rows-repeated"
_COLUMNS = 2_000  # cells of one row that are read
_REPEATS = 100  # times a row with text is written


def read(source: Source) -> Document:
    document = package(source)
    writer = Writer(source)
    beside: dict[str, list[str]] = {}
    cuts = Cuts()
    for name, rows in _sheets(document, beside, cuts):
        if not write_sheet(writer, name, rows):
            break
    for name, lines in beside.items():
        if lines and not writer.full:
            writer.mark(heading=(name,), anchor=f"{name}, beside the cells")
            writer.write("\n".join(dict.fromkeys(lines)) + "\n\n")
    writer.notes.extend(cuts.notes())
    return writer.document(
        "ods", title=one_line(document.title), date=document.date, empty="no cell has text in it"
    )


def _sheets(
    document: OpenDocument, beside: dict[str, list[str]], cuts: Cuts
) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    """Sheet by sheet; a sheet's rows must be taken before the next sheet. What is written on cells or drawn
    over them goes into `beside`."""
    elements = xml.elements(
        document.body, "content.xml", (TABLE + "table-row", TABLE + "shapes"), nested=True
    )
    row = next(elements, None)
    while row is not None:
        if any(True for _ in row.iterancestors(DRAW + "object")):  # of a chart's own table
            row = next(elements, None)
            continue
        sheet = _sheet_of(row)
        name = xml.attribute(sheet, "name") or "Sheet"
        lines = beside.setdefault(name, [])
        if row.tag == TABLE + "shapes":
            lines.extend(_drawn(document, row))
            row = next(elements, None)
            continue
        pending: list[Any] = [row]
        yield name, _rows(pending, sheet, elements, document, lines, cuts)
        row = pending[0]


def _drawn(document: OpenDocument, holder: Any) -> Iterator[str]:
    yield from object_lines(document, holder)
    yield from (text for p in holder.iter(TEXT + "p") if (text := text_of(p).strip()))


def _rows(
    pending: list[Any],
    sheet: Any,
    elements: Iterator[Any],
    document: OpenDocument,
    lines: list[str],
    cuts: Cuts,
) -> Iterator[tuple[int, list[str]]]:
    """Rows of `sheet`, from the one that is pending on; leaves the next sheet's first one pending."""
    number = 1
    has_beside = b"annotation" in document.body or b"frame" in document.body
    while (row := pending[0]) is not None and row.tag != TABLE + "shapes" and _sheet_of(row) is sheet:
        repeats = _count(row, _HIGH)
        if has_beside:
            lines.extend(comments(row))
            for frame in row.iter(DRAW + "frame"):
                lines.extend(_drawn(document, frame))
        cells = _cells(row, cuts)
        if any(cells):
            for again in range(min(repeats, _REPEATS)):
                yield number + again, cells
        number += repeats
        xml.forget(row)
        pending[0] = next(elements, None)


def _sheet_of(row: Any) -> Any:
    return next((a for a in row.iterancestors(TABLE + "table")), None)


def _cells(row: Any, cuts: Cuts) -> list[str]:
    """Up to the last cell with text; rows end with thousands of repeated empty ones."""
    cells: list[str] = []
    empty = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        text = cuts.text("\n".join([text_of(p) for p in cell if p.tag == _PARAGRAPH])) if len(cell) else ""
        text = text or cell_text(cell.get(_VALUE) or cell.get(_STRING))
        repeats = _count(cell, _WIDE)
        if not text:
            empty += repeats
        elif len(cells) + empty < _COLUMNS:
            cells.extend([""] * empty)
            cells.extend([text] * min(repeats, _COLUMNS - len(cells)))
            empty = 0
        else:
            cuts.columns(xml.attribute(_sheet_of(row), "name") or "Sheet", _COLUMNS)
    return cells


def _count(element: Any, name: str) -> int:
    value = element.get(name)
    return max(int(value), 1) if value and value.isdigit() else 1
