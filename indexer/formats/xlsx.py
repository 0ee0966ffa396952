"""Excel workbooks, row by row: sheets with ranges of cells as addresses, the header with each block.

Read from the XML itself: openpyxl's streaming mode refuses workbooks with chart sheets or unusual styles.
"""

from __future__ import annotations

import datetime
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from indexer.formats.tables import cell_text, write_sheet
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_COLUMNS = 1_000  # cells of one row that are read
_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    date_styles: frozenset[int]
    epoch: datetime.datetime


def read(source: Source) -> Document:
    writer = Writer(source)
    with open_zip(source) as archive:
        workbook = xml.parse(_needed(archive, "xl/workbook.xml"), "the workbook")
        book = _Book(_strings(archive), _date_styles(archive), _epoch(workbook))
        for name, part in _sheets(archive, workbook):
            try:
                going_on = write_sheet(writer, name, _rows(member(archive, part) or b"", name, book))
            except ExtractionFailed as error:
                if "entities" in str(error):
                    raise
                writer.notes.append(f"sheet {name}: {error}")
                continue
            if not going_on:
                break
        title, created = _properties(archive)
    reason = f"; {writer.notes[0]}" if writer.notes else ""
    return writer.document("xlsx", title=title, date=created, empty=f"no cell has text in it{reason}")


def _needed(archive: zipfile.ZipFile, name: str) -> bytes:
    data = member(archive, name)
    if data is None:
        raise ExtractionFailed(f"damaged: it has no {name}")
    return data


def _sheets(archive: zipfile.ZipFile, workbook: Any) -> Iterator[tuple[str, str]]:
    """Name and part of each worksheet, in the order of the tabs; chart sheets have no cells."""
    relations = xml.parse(_needed(archive, "xl/_rels/workbook.xml.rels"), "the workbook's relations")
    parts = {
        r.get("Id"): posixpath.normpath(posixpath.join("/xl", r.get("Target") or "")).lstrip("/")
        for r in relations.iter()
        if xml.local(r) == "Relationship" and (r.get("Type") or "").endswith("/worksheet")
    }
    for sheet in workbook.iter():
        if xml.local(sheet) == "sheet" and (part := parts.get(xml.attribute(sheet, "id"))):
            yield sheet.get("name") or "Sheet", part


def _strings(archive: zipfile.ZipFile) -> list[str]:
    data = member(archive, "xl/sharedStrings.xml")
    if not data:
        return []
    strings = []
    for item in xml.elements(data, "the strings", (_MAIN + "si", _STRICT + "si")):
        strings.append(cell_text(_text(item)))
        xml.forget(item)
    return strings


def _text(item: Any) -> str:
    """Runs of rich text joined; reading aids above Japanese text left out."""
    return "".join(
        t.text or "" for t in item.iter() if xml.local(t) == "t" and xml.local(t.getparent()) != "rPh"
    )


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Indexes of the cell styles that show a number as a date."""
    try:
        data = member(archive, "xl/styles.xml")
        root = xml.parse(data, "the styles") if data else None
    except ExtractionFailed as error:
        if "entities" in str(error):
            raise
        return frozenset()
    if root is None:
        return frozenset()
    custom = {
        e.get("numFmtId"): _QUOTED.sub("", e.get("formatCode") or "").lower()
        for e in root.iter()
        if xml.local(e) == "numFmt"
    }
    dates = {code for code, shown in custom.items() if re.search("[dy]|m.*h|h.*m", shown)}
    dates |= {str(number) for number in _DATE_FORMATS}
    formats = next((e for e in root.iter() if xml.local(e) == "cellXfs"), ())
    return frozenset(i for i, e in enumerate(formats) if e.get("numFmtId") in dates)


def _epoch(workbook: Any) -> datetime.datetime:
    properties = next((e for e in workbook.iter() if xml.local(e) == "workbookPr"), None)
    old_mac = properties is not None and properties.get("date1904") in ("1", "true")
    return datetime.datetime(1904, 1, 1) if old_mac else datetime.datetime(1899, 12, 30)


def _rows(data: bytes, name: str, book: _Book) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for row in xml.elements(data, f"sheet {name}", (_MAIN + "row", _STRICT + "row")):
        given = row.get("r")
        number = int(given) if given and given.isdigit() else number + 1
        cells: list[str] = []
        for cell in row:
            column = _column(cell.get("r"), len(cells))
            if len(cells) <= column < _COLUMNS and isinstance(cell.tag, str):
                if column > len(cells):
                    cells.extend([""] * (column - len(cells)))
                cells.append(_value(cell, book))
        if cells:
            yield number, cells
        xml.forget(row)


def _column(reference: str | None, following: int) -> int:
    """0-based column of `C7`, or the next one where cells are not named."""
    if not reference:
        return following
    letters = reference.rstrip("0123456789")
    if len(letters) == 1:
        return ord(letters) - 65
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Any, book: _Book) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return cell_text(_text(cell))
    raw = None
    for element in cell:
        if element.tag[-2:] == "}v":
            raw = element.text
    if not raw:
        return ""
    if kind == "s":
        return book.strings[int(raw)] if raw.isdigit() and int(raw) < len(book.strings) else ""
    if kind == "b":
        return cell_text(raw == "1")
    if kind in ("str", "e", "d"):
        return cell_text(raw)
    try:
        style = cell.get("s")
        if style and int(style) in book.date_styles:
            return cell_text(book.epoch + datetime.timedelta(seconds=round(float(raw) * 86_400)))
        return raw if raw.isdigit() else cell_text(float(raw))
    except (ValueError, OverflowError):
        return cell_text(raw)


def _properties(archive: zipfile.ZipFile) -> tuple[str | None, str | None]:
    try:
        data = member(archive, "docProps/core.xml")
        fields = {xml.local(e): e.text for e in xml.parse(data, "the properties").iter()} if data else {}
    except ExtractionFailed:
        return None, None
    return fields.get("title"), iso_date(fields.get("created"))
