"""OpenDocument text and presentations: headings, lists, tables, slides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.headings import Outline
from indexer.formats.opendocument import DRAW, TABLE, TEXT, content, text_of
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_SKIPPED = {TEXT + "tracked-changes", TEXT + "sequence-decls", TEXT + "variable-decls"}


def read(source: Source) -> Document:
    body, title, date = content(source)
    root = xml.parse(body, "content.xml")
    writer = Writer(source)
    walk = _Walk(writer)
    walk.children(root)
    return writer.document("odt", title=title or walk.first_heading, date=date)


class _Walk:
    """Where in the document the walk is: its headings, its slide."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
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
        if tag == TEXT + "h":
            self._heading(element)
        elif tag == TEXT + "p":
            self._paragraph(element)
        elif tag == TABLE + "table":
            write_table(self._writer, _rows(element), heading=self._outline.path, anchor=self._anchor)
        elif tag == DRAW + "page":
            self._slides += 1
            self._anchor = f"slide {self._slides}"
            self._writer.mark(anchor=self._anchor)
            self.children(element)
        else:
            self.children(element)

    def _heading(self, element: Any) -> None:
        title = one_line(text_of(element))
        if title:
            level = int(xml.attribute(element, "outline-level") or 1)
            self.first_heading = self.first_heading or title
            self._writer.mark(heading=self._outline.enter(level, title), anchor=self._anchor)
            self._writer.write(title + "\n\n")

    def _paragraph(self, element: Any) -> None:
        text = text_of(element).strip()
        if text:
            bullet = "- " if element.getparent().tag == TEXT + "list-item" else ""
            self._writer.write(bullet + text + "\n\n")


def _rows(table: Any) -> Iterator[list[str]]:
    for row in table.iter(TABLE + "table-row"):
        cells = [cell for cell in row if cell.tag == TABLE + "table-cell"]
        yield [" ".join(" ".join(text_of(p) for p in cell.iter(TEXT + "p")).split()) for cell in cells]
