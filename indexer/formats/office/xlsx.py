"""Excel workbooks, row by row: sheets with ranges of cells as addresses, the header with each block, and
what stands beside the cells: comments, text boxes, charts."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.formats import xml
from indexer.formats.office.drawing import A, R, description, diagram_lines, paragraphs
from indexer.formats.office.drawing import chart_lines as lines_of_chart
from indexer.formats.office.numbers import Shown, styles_of, value_text
from indexer.formats.office.package import Package, Relation
from indexer.formats.source import Source
from indexer.formats.tables import Cuts, cell_text, write_sheet
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_VALUE = _MAIN + "v"
_COLUMNS = 2_000  # cells of one row that are read
_EDGE = re.compile(r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)(?:\s[^>]*)?>([^<]*)<")
_EDGE_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d{1,3}|[A-Za-z&])')
_EDGES = 8_000  # bytes that they take at most
_DRAWN = {"drawing", "chart", "diagramData", "chartEx"}


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    styles: list[Shown]
    epoch: datetime.datetime


def read(source: Source) -> Document:
    writer = Writer(source)
    with Package(source) as package:
        main = package.main("xl/workbook.xml")
        workbook = package.root(main)
        relations = package.relations(main)
        cuts = Cuts()
        book = _Book(
            _strings(package, relations, cuts),
            styles_of(next((package.root(r.target) for r in relations if r.kind == "styles"), None)),
            _epoch(workbook),
        )
        for name, part in _sheets(package, workbook, relations):
            data = package.data(part) or b""
            try:
                rows = _rows(data, name, book, cuts)
                going_on = write_sheet(writer, name, rows)
            except ExtractionFailed as error:
                if "entities" in str(error):
                    raise
                writer.notes.append(f"sheet {name}: {error}")
                going_on = True
            if not going_on or not _write_beside(writer, package, name, part, _edges(data)):
                break
        writer.notes.extend([*cuts.notes(), *package.notes])
        title, date = package.properties()
    reason = f"; {writer.notes[0]}" if writer.notes else ""
    return writer.document("xlsx", title=one_line(title), date=date, empty=f"no cell has text in it{reason}")


def _sheets(package: Package, workbook: Any, relations: list[Relation]) -> Iterator[tuple[str, str]]:
    """Name and part of each sheet in the order of the tabs; all there are where the workbook is damaged."""
    parts = {r.id: r.target for r in relations if r.kind in ("worksheet", "chartsheet", "dialogsheet")}
    seen = False
    for sheet in xml.named(workbook, "sheet"):
        if part := parts.get(sheet.get(R + "id") or ""):
            seen = True
            yield sheet.get("name") or "Sheet", part
    if not seen:
        names = [name for name in package.names("xl/worksheets/") if name.endswith(".xml")]
        yield from ((f"Sheet{number}", name) for number, name in enumerate(names, 1))


def _strings(package: Package, relations: list[Relation], cuts: Cuts) -> list[str]:
    name = next((r.target for r in relations if r.kind == "sharedStrings"), "xl/sharedStrings.xml")
    data = package.data(name)
    strings: list[str] = []
    for item in xml.elements(data, "the strings", (_MAIN + "si",)) if data else ():
        strings.append(cuts.text(_text(item)))
        xml.forget(item)
    return strings


def _text(item: Any) -> str:
    """Runs of rich text joined; reading aids above Japanese text left out."""
    if len(item) == 1 and item[0].tag == _MAIN + "t":
        return item[0].text or ""
    return "".join(t.text or "" for t in item.iter("{*}t") if xml.local(t.getparent()) != "rPh")


def _epoch(workbook: Any) -> datetime.datetime:
    properties = next(xml.named(workbook, "workbookPr"), None)
    old_mac = properties is not None and properties.get("date1904") in ("1", "true")
    return datetime.datetime(1904, 1, 1) if old_mac else datetime.datetime(1899, 12, 30)


def _rows(data: bytes, name: str, book: _Book, cuts: Cuts) -> Iterator[tuple[int, list[str]]]:
    number = 0
    for row in xml.elements(data, f"sheet {name}", (_MAIN + "row",)) if data else ():
        given = row.get("r")
        number = int(given) if given and given.isdigit() else number + 1
        cells: list[str] = []
        if not any(map(len, row)):  # formatted and empty, as most rows of many sheets are
            if len(row) and _column(row[-1].get("r"), len(row) - 1) >= _COLUMNS:
                cuts.columns(name, _COLUMNS)
            xml.forget(row)
            continue
        following = 0
        for cell in row:
            reference = cell.get("r")
            column = _column(reference, following)
            if column >= _COLUMNS:
                cuts.columns(name, _COLUMNS)
            elif column >= following and (reference or isinstance(cell.tag, str)):  # not a comment
                if column > following:
                    cells.extend([""] * (column - following))
                cells.append(_value(cell, book, cuts) if len(cell) else "")
                following = column + 1
        if cells:
            yield number, cells
        xml.forget(row)


def _column(reference: str | None, following: int) -> int:
    """0-based column of `C7`, or the next one where cells are not named."""
    if not reference:
        return following
    if reference[1:2].isdigit():
        return ord(reference[0]) - 65
    letters = reference.rstrip("0123456789")
    number = 0
    for letter in letters[:4]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Any, book: _Book, cuts: Cuts) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return cuts.text(_text(cell))
    last = cell[-1]  # nearly always the value
    raw = last.text if last.tag == _VALUE else _last(cell, "v")
    if not raw:  # a program that computes nothing wrote it: the formula is all there is
        formula = _last(cell, "f")
        return cuts.text(f"={formula}") if formula else ""
    if kind == "s":
        return book.strings[int(raw)] if raw.isdigit() and int(raw) < len(book.strings) else ""
    if kind == "b":
        return cell_text(raw == "1")
    if kind in ("str", "e", "d"):
        return cuts.text(raw)
    style = cell.get("s")
    shown = book.styles[int(style)] if style and style.isdigit() and int(style) < len(book.styles) else None
    try:
        if shown is not None and shown.kind:
            return value_text(float(raw), shown, book.epoch)
        return raw if raw.isdigit() else cell_text(float(raw))
    except (ValueError, OverflowError):
        return cell_text(raw)


def _last(cell: Any, name: str) -> str | None:
    return next((e.text for e in reversed(cell) if xml.local(e) == name), None)


def _edges(data: bytes) -> list[str]:
    """What is printed above and below a sheet's pages, without the codes for page numbers and fonts."""
    end = data.rfind(b"headerFooter>")
    tail = data[max(end - _EDGES, 0) : end].decode("utf-8", "replace") if end >= 0 else ""
    edges = (html.unescape(edge) for edge in _EDGE.findall(tail))
    texts = [(_EDGE_CODE.sub(" ", edge).split(), "&P" in edge) for edge in edges]
    return [
        " ".join(words) for words, numbered in texts if len(words) > (2 if numbered else 0)
    ]  # not "Page of"


def _write_beside(writer: Writer, package: Package, name: str, part: str, edges: list[str]) -> bool:
    """Comments, text boxes and charts of a sheet, after its cells, and its header and footer."""
    relations = package.relations(part)
    texts = list(_remarks(package, relations))
    for relation in relations:
        if relation.kind == "drawing":
            texts.extend(_drawn(package, relation.target))
    texts.extend(edges)
    if not texts:
        return not writer.full
    writer.mark(heading=(name,), anchor=f"{name}, beside the cells")
    return writer.write("\n".join(dict.fromkeys(texts)) + "\n\n")


def _remarks(package: Package, relations: list[Relation]) -> Iterator[str]:
    """`B4: check this`; of a thread, which older programs find again in a comment, `B4: Ada: check this`."""
    threads, comments = (
        [e for r in relations if r.kind == kind for e in xml.named(package.root(r.target), name)]
        for kind, name in (("threadedComment", "threadedComment"), ("comments", "comment"))
    )
    people = {
        person.get("id"): person.get("displayName")
        for part in (package.names("xl/persons/") if threads else ())
        for person in xml.named(package.root(part), "person")
    }
    for remark in threads:
        author = people.get(remark.get("personId"))
        yield f"{remark.get('ref')}: {f'{author}: ' if author else ''}{_comment_text(remark)}"
    told = {remark.get("ref") for remark in threads}
    for comment in comments:
        text = _comment_text(comment)
        if text and comment.get("ref") not in told and not text.startswith("[Threaded comment]"):
            yield f"{comment.get('ref')}: {text}"


def _comment_text(comment: Any) -> str:
    holders = [e for e in comment if xml.local(e) == "text"]
    return " ".join("".join(_text(e) or (e.text or "") for e in holders).split())


def _drawn(package: Package, name: str) -> Iterator[str]:
    for element in xml.named(package.root(name), "txBody", "cNvPr"):
        if xml.local(element) == "txBody":
            yield from paragraphs(element)
        elif text := description(element):
            yield text
    for relation in package.relations(name):
        inner = package.root(relation.target) if relation.kind in _DRAWN else None
        if inner is None:
            continue
        if relation.kind == "diagramData":
            yield from diagram_lines(inner)
        elif relation.kind == "chartEx":
            yield from (t for e in inner.iter(A + "t") if (t := (e.text or "").strip()))
        else:
            yield from lines_of_chart(inner)
