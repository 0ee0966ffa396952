"""OpenDocument text, presentations and drawings: headings, lists, tables, slides, text boxes, comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.headings import Outline
from indexer.formats.office.opendocument import (
    DRAW,
    OFFICE,
    SHAPES,
    SHOWN,
    TABLE,
    TEXT,
    OpenDocument,
    comments,
    drawn,
    filled_in,
    object_lines,
    package,
    text_of,
)
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_SKIPPED = {
    TEXT + "tracked-changes", TEXT + "sequence-decls", TEXT + "variable-decls", OFFICE + "annotation",
    TEXT + "index-title-template",
}  # fmt: skip
_PARAGRAPH, _HEADING, _ITEM = TEXT + "p", TEXT + "h", TEXT + "list-item"
_TABLE, _ROW, _SLIDE = TABLE + "table", TABLE + "table-row", DRAW + "page"
_CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")
_WIDE = TABLE + "number-columns-repeated"
_REPLACED = (DRAW + "object", DRAW + "image", DRAW + "object-ole")  # what a frame shows, read otherwise
_ROW_GROUPS = (TABLE + "table-header-rows", TABLE + "table-rows", TABLE + "table-row-group")
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_EDGES = tuple(_STYLE + edge + page for edge in ("header", "footer") for page in ("", "-left", "-first"))
_HAS_EDGES = re.compile(rb":(?:header|footer)(?:-left|-first)?[\s>]")  # their styles are in every file
_STYLES = re.compile(rb"<([\w.-]+:)?document-styles[^>]*>")
_APART = (OFFICE + "annotation", DRAW + "text-box")
_REPEATED = 50  # times a cell is written
_NOTES = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}notes"


def read(source: Source) -> Document:
    document = package(source, styles=True)
    root, damage = xml.mended(document.body, "content.xml")
    body = next(root.iter(OFFICE + "body"), None) if root is not None else None
    if body is None:
        raise ExtractionFailed(damage or "damaged: it has no text")
    writer = Writer(source)
    walk = _OdtWalk(
        writer,
        document,
        has_shapes=any(_is_on_paragraph(shape) for shape in body.iter(*SHAPES)),
        has_objects=next(body.iter(*SHOWN), None) is not None,
    )
    walk.children(body)
    remarks = list(dict.fromkeys(comments(body)))
    if remarks and not writer.full:
        writer.mark(anchor="comments")
        writer.write("\n".join(remarks) + "\n\n")
    if values := list(dict.fromkeys(filled_in(body))):
        writer.mark(anchor="form")
        writer.write("\n".join(values) + "\n\n")
    if edges := _edges(document.styles):
        writer.mark(anchor="header and footer")
        writer.write("\n".join(edges) + "\n\n")
    writer.notes.extend([damage] if damage else [])
    return writer.document("odt", title=one_line(document.title) or walk.first_heading, date=document.date)


class _OdtWalk:
    """Where in the document the walk is: its headings, its slide."""

    def __init__(
        self, writer: Writer, document: OpenDocument, *, has_shapes: bool, has_objects: bool
    ) -> None:
        """`has_shapes`: paragraphs have some drawn on them. `has_objects`: frames show more than text."""
        self._writer, self._package = writer, document
        self._has_shapes, self._has_objects = has_shapes, has_objects
        self._outline = Outline()
        self._slides = 0
        self._anchor: str | None = None
        self.first_heading: str | None = None

    def children(self, element: Any) -> None:
        for child in element:
            if self._writer.full:
                return
            if isinstance(child.tag, str) and child.tag not in _SKIPPED:
                self._visit(child)

    def _visit(self, element: Any) -> None:
        tag = element.tag
        if tag == _PARAGRAPH:
            self._paragraph(element)
        elif tag == _HEADING:
            self._heading(element)
        elif tag == _TABLE:
            write_table(self._writer, _rows(element), heading=self._outline.path, anchor=self._anchor)
            for paragraph in element.iter(_PARAGRAPH) if self._has_shapes else ():
                self._beside(paragraph)
        elif tag == _SLIDE:
            self._slides += 1
            self._anchor = f"slide {self._slides}"
            self._writer.mark(anchor=self._anchor)
            self.children(element)
        elif tag == _NOTES:
            self._writer.mark(anchor=f"{self._anchor}, notes")
            self.children(element)
        elif tag in SHAPES:
            self._frame(element)
        else:
            self.children(element)

    def _heading(self, element: Any) -> None:
        title = one_line(text_of(element))
        if title:
            level = xml.attribute(element, "outline-level") or ""
            self.first_heading = self.first_heading or title
            path = self._outline.enter(int(level) if level.isdigit() else 1, title)
            self._writer.mark(heading=path, anchor=self._anchor)
            self._writer.write(title + "\n\n")
        self._beside(element)

    def _paragraph(self, element: Any) -> None:
        text = text_of(element).strip()
        if text:
            bullet = "- " if element.getparent().tag == _ITEM else ""
            self._writer.write(bullet + text + "\n\n")
        if self._has_shapes:
            self._beside(element)

    def _beside(self, paragraph: Any) -> None:
        """What is drawn on a paragraph, each shape for itself."""
        if not self._has_shapes or not len(paragraph):
            return
        for shape in drawn(paragraph):
            self._visit(shape)

    def _frame(self, frame: Any) -> None:
        if self._has_objects and (lines := object_lines(self._package, frame)):
            self._writer.write("\n".join(lines) + "\n\n")
        for child in frame:
            if child.tag not in _REPLACED and isinstance(child.tag, str):
                self._visit(child)


def _is_on_paragraph(shape: Any) -> bool:
    return next(shape.iterancestors(_PARAGRAPH, _HEADING), None) is not None


def _rows(table: Any) -> Iterator[list[str]]:
    for child in table:
        if child.tag in _ROW_GROUPS:
            yield from _rows(child)
        elif child.tag == _ROW:
            cells: list[str] = []
            for cell in child:
                if cell.tag in _CELLS:
                    count = cell.get(_WIDE) or ""
                    cells.extend([_cell(cell)] * (min(int(count), _REPEATED) if count.isdigit() else 1))
            yield cells


def _cell(cell: Any) -> str:
    parts = [
        text_of(child)
        for child in cell.iter(_PARAGRAPH, _HEADING)
        if next(child.iterancestors(*_APART), None) is None
    ]
    return " ".join(" ".join(parts).split())


def _edges(styles: bytes | None) -> list[str]:
    """What headers and footers of the pages say, each thing once."""
    masters = _masters(styles or b"")
    root = xml.mended(masters, "styles.xml")[0] if _HAS_EDGES.search(masters) else None
    texts: dict[str, None] = {}
    for master in root.iter(*_EDGES) if root is not None else ():
        for paragraph in master.iter(TEXT + "p"):
            text = one_line(text_of(paragraph))
            if text and sum(c.isalpha() for c in text) > 2:
                texts.setdefault(text)
    return list(texts)


def _masters(styles: bytes) -> bytes:
    """The styles without those of paragraphs and the like, which are most of them."""
    root = _STYLES.search(styles)
    start = styles.rfind(b"<%bmaster-styles" % (root[1] or b"")) if root else -1
    return styles[: root.end()] + styles[start:] if root and root.end() <= start else styles
