"""Word: headings by style, tables cell by cell, lists, text boxes, notes, comments, headers and footers."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from indexer.formats import reading, xml
from indexer.formats.headings import Outline
from indexer.formats.office.drawing import (
    MC,
    M,
    R,
    chosen,
    description,
    math_text,
    related_lines,
)
from indexer.formats.office.listing import Lists
from indexer.formats.office.package import Package
from indexer.formats.office.styles import Styles, W
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_GONE = {W + "del", W + "moveFrom", W + "instrText", W + "delText", W + "rPr", W + "pPr", W + "rt"}
_HOLDERS = (
    "sdt",
    "sdtContent",
    "customXml",
    "ins",
    "moveTo",
    "smartTag",
    "hyperlink",
    "fldSimple",
    "dir",
    "bdo",
)
_VML = ("shape", "rect", "roundrect", "oval", "group", "line")  # what Word drew with before 2010
_BESIDE = ("footnotes", "endnotes", "comments")
_COLUMNS = 200  # that a cell may span
_CAPITAL = 3  # letters of a dropped capital, with a quotation mark


def read(source: Source) -> Document:
    with Package(source) as package:
        main = package.main("word/document.xml")
        root = package.root(main)
        if root is None:
            raise ExtractionFailed(f"damaged: {main} cannot be read")
        writer = Writer(source)
        relations = package.relations(main)
        styles = next((package.root(r.target) for r in relations if r.kind == "styles"), None)
        numbering = next((package.root(r.target) for r in relations if r.kind == "numbering"), None)
        lists = Lists.of(numbering)
        walk = _DocxWalk(writer, package, Styles.of(styles), lists, {r.id: r.target for r in relations})
        walk.blocks(root)
        for kind in _BESIDE:
            for name in dict.fromkeys(r.target for r in relations if r.kind == kind):
                walk.beside(kind, package.root(name))
        walk.edges([r.target for r in relations if r.kind in ("header", "footer")])
        _write_embedded(writer, package, source, [r.target for r in relations if r.kind == "package"])
        writer.notes.extend(package.notes)
        title, date = package.properties()
        return writer.document("docx", title=one_line(title) or walk.title, date=date)


class _DocxWalk:
    """The document's blocks in order, under the headings they stand below."""

    def __init__(
        self, writer: Writer, package: Package, styles: Styles, lists: Lists, targets: dict[str, str]
    ) -> None:
        self._writer, self._package, self._styles, self._targets = writer, package, styles, targets
        self._lists = lists
        self._outline = Outline()
        self.title: str | None = None
        self._capital = ""  # a large first letter, in a paragraph of its own

    def blocks(self, holder: Any) -> None:
        for block in _blocks(holder):
            if self._writer.full:
                return
            if block.tag == W + "tbl":
                write_table(self._writer, _rows(block), heading=self._outline.path)
                for paragraph in block.iter(W + "p"):
                    self._beside_text(paragraph)
            elif block.tag == W + "altChunk":
                self._chunk(self._targets.get(block.get(R + "id") or ""))
            else:
                self._paragraph(block)

    def _paragraph(self, paragraph: Any) -> None:
        text = self._capital + text_of(paragraph).strip()
        self._capital = text if len(text) <= _CAPITAL and _is_dropped(paragraph) else ""
        if text and not self._capital:
            level = self._styles.level(paragraph)
            if level in (0, 1):
                self.title = self.title or one_line(text)
            if level > 0:
                self._writer.mark(heading=self._outline.enter(level, one_line(text) or text))
            elif level < 0:
                text = self._lists.lead(paragraph, self._styles) + text
            self._writer.write(text + "\n\n")
        self._beside_text(paragraph)

    def _beside_text(self, paragraph: Any) -> None:
        """Text boxes, charts and descriptions of pictures that hang on a paragraph."""
        for kind, drawing in _drawings(paragraph):
            if self._writer.full:
                return
            if kind == "box":
                self.blocks(drawing)
                continue
            if kind == "words":
                self._writer.write(drawing.get("string") + "\n\n")
                continue
            lines = related_lines(self._package, drawing, self._targets)
            lines = lines or list(filter(None, [description(drawing)])) if kind == "picture" else lines
            if lines:
                self._writer.write("\n".join(lines) + "\n\n")

    def _chunk(self, name: str | None) -> None:
        """A page or a document that was inserted as a whole."""
        data = self._package.data(name) if name else None
        if not name or not data:
            return
        try:
            inside = reading.read_member(self._writer.source, posixpath.basename(name), data)
        except ExtractionFailed:
            return
        self._writer.write(inside.text.strip() + "\n\n")

    def beside(self, kind: str, root: Any) -> None:
        """Footnotes, endnotes or comments, after the text."""
        texts = []
        for note in root if root is not None else ():
            text = "\n".join(filter(None, (text_of(p).strip() for p in note.iter(W + "p"))))
            if text:
                author = note.get(W + "author")
                texts.append(f"{author}: {text}" if author else text)
        if texts and not self._writer.full:
            self._writer.mark(anchor=kind)
            self._writer.write("\n".join(texts) + "\n\n")

    def edges(self, names: list[str]) -> None:
        """What headers and footers say, each thing once."""
        seen: dict[str, None] = {}
        for name in dict.fromkeys(names):
            root = self._package.root(name)
            for paragraph in root.iter(W + "p") if root is not None else ():
                text = one_line(text_of(paragraph))
                if text and any(c.isalpha() for c in text):
                    seen.setdefault(text)
        if seen and not self._writer.full:
            self._writer.mark(anchor="header and footer")
            self._writer.write("\n".join(seen) + "\n\n")


def _is_dropped(paragraph: Any) -> bool:
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(W + "dropCap") in ("drop", "margin")


def _blocks(holder: Any) -> Iterator[Any]:
    """Paragraphs, tables and inserted documents in order, out of whatever they are wrapped in."""
    for child in holder:
        if child.tag in (W + "p", W + "tbl", W + "altChunk"):
            yield child
        elif child.tag == MC + "AlternateContent":
            if (version := chosen(child)) is not None:
                yield from _blocks(version)
        elif (
            child.tag not in _GONE and isinstance(child.tag, str) and xml.local(child) in (*_HOLDERS, "body")
        ):
            yield from _blocks(child)


def text_of(element: Any) -> str:
    """What is printed of a paragraph: no deleted or moved text, no field codes, no text boxes."""
    parts: list[str] = []
    for child in element:
        tag = child.tag
        if tag in _GONE or not isinstance(tag, str):
            continue
        if tag == W + "t":
            parts.append(child.text or "")
        elif tag.startswith(M):
            parts.append(math_text(child))
        elif tag == MC + "AlternateContent":
            if (version := chosen(child)) is not None:
                parts.append(text_of(version))
        elif tag.startswith(W):
            name = tag.rpartition("}")[2]
            if name in _BREAKS:
                parts.append(_BREAKS[name])
            elif name in ("r", "ruby", "rubyBase", *_HOLDERS):
                parts.append(text_of(child))
            elif name == "fldChar" and len(child):
                parts.append(_choice(child))
    return "".join(parts)


def _choice(field: Any) -> str:
    """What is chosen of a list in a form; it stands nowhere else."""
    entries = [entry.get(W + "val") or "" for entry in field.iter(W + "listEntry")]
    chosen = next(field.iter(W + "result"), None)
    number = (chosen.get(W + "val") or "") if chosen is not None else "0"
    return entries[int(number)] if number.isdigit() and int(number) < len(entries) else ""


def _drawings(paragraph: Any) -> Iterator[tuple[str, Any]]:
    """("box", content), ("picture", with a description), ("frame", a chart) and ("words", along a curve)
    of a paragraph."""
    waiting = [paragraph]
    while waiting:
        element = waiting.pop()
        if element.tag == MC + "AlternateContent":
            version = chosen(element)
            if version is not None:
                waiting.append(version)
            continue
        name = xml.local(element)
        if name == "txbxContent":
            yield "box", element
            continue
        if name == "graphicData":
            yield "frame", element
        elif name == "textpath" and (element.get("string") or "").strip():
            yield "words", element
        elif name == "docPr" or (name in _VML and (element.get("alt") or "").strip()):
            yield "picture", element
        if element.tag not in _GONE:
            waiting.extend(reversed(element))


def _rows(table: Any) -> Iterator[list[str]]:
    for row in _inside(table, "tr"):
        before = row.find(f"{W}trPr/{W}gridBefore")
        cells = [""] * (_span(before) if before is not None else 0)
        for cell in _inside(row, "tc"):
            cells.append(_cell(cell))
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            cells.extend([""] * (_span(span) - 1 if span is not None else 0))
        yield cells


def _inside(holder: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, out of whatever they are wrapped in."""
    for child in holder:
        if child.tag == W + name:
            yield child
        elif child.tag not in _GONE and isinstance(child.tag, str) and xml.local(child) in _HOLDERS:
            yield from _inside(child, name)


def _cell(cell: Any) -> str:
    parts: list[str] = []
    for block in _blocks(cell):
        if block.tag == W + "tbl":
            parts.extend(" ".join(filter(None, row)) for row in _rows(block))
        else:
            parts.append(text_of(block))
    return " ".join(" ".join(parts).split())


def _span(element: Any) -> int:
    value = element.get(W + "val") or ""
    return min(int(value), _COLUMNS) if value.isdigit() else 1


def _write_embedded(writer: Writer, package: Package, source: Source, names: list[str]) -> None:
    """Workbooks and documents that lie in this one."""
    for number, name in enumerate(dict.fromkeys(names), 1):
        data = package.data(name)
        if not data or writer.full:
            continue
        anchor = f"embedded {number}"
        try:
            writer.insert(reading.read_member(source, posixpath.basename(name), data), anchor=anchor)
        except UnreadableKind:
            continue
        except ExtractionFailed as error:
            writer.notes.append(f"{anchor}: {error}")
