"""PowerPoint: a mark a slide, its title as heading; tables, charts, SmartArt, notes and comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.office import slides
from indexer.formats.office.drawing import (
    MC,
    A,
    chosen,
    description,
    paragraph_text,
    paragraphs,
    related_lines,
)
from indexer.formats.office.package import Package, Relation
from indexer.formats.office.slides import P
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line, own_page
from searcher.errors import ExtractionFailed
from searcher.records import Document

_MACHINE = ("sldNum", "dt")  # placeholders that say nothing of the slide
_PROGRAM_TITLES = (None, "PowerPoint Presentation", "PowerPoint-Präsentation", "Présentation PowerPoint")


def read(source: Source) -> Document:
    with Package(source) as package:
        main = package.main("ppt/presentation.xml")
        writer = Writer(source)
        walk = _PptxWalk(writer, package, slides.area(package.root(main)))
        names = slides.names(package, main)
        if not names:
            raise ExtractionFailed("no slide in it")
        for number, name in enumerate(names, 1):
            if not walk.slide(number, name):
                break
        writer.notes.extend(package.notes)
        title, date = package.properties()
        named = one_line(title)
        return writer.document("pptx", title=walk.title if named in _PROGRAM_TITLES else named, date=date)


class _PptxWalk:
    def __init__(self, writer: Writer, package: Package, area: int) -> None:
        self._writer, self._package, self._area = writer, package, area
        self._footers: set[str] = set()
        self.title: str | None = None

    def slide(self, number: int, name: str) -> bool:
        root = self._package.root(name)
        if root is None:
            self._writer.notes.append(f"slide {number} is missing or damaged")
            return True
        relations = self._package.relations(name)
        shapes = list(_shapes(root))
        title = next(
            (t for shape in shapes if _placeholder(shape) in ("title", "ctrTitle") if (t := _words(shape))),
            None,
        )
        title = one_line(title)
        self.title = self.title or title
        heading, anchor = (title,) if title else (), f"slide {number}"
        self._writer.mark(anchor=anchor, heading=heading)
        self._writer.picture(own_page(number), title or anchor)
        targets = {r.id: r.target for r in relations}
        for shape in shapes:
            if not self._shape(shape, heading, anchor, targets):
                return False
        return self._beside(relations, anchor, heading)

    def _shape(self, shape: Any, heading: tuple[str, ...], anchor: str, targets: dict[str, str]) -> bool:
        kind = _placeholder(shape)
        if kind in _MACHINE:
            return True
        if shape.tag == P + "graphicFrame":
            table = next(shape.iter(A + "tbl"), None)
            if table is not None:
                return write_table(self._writer, _rows(table), heading=heading, anchor=anchor)
            lines = related_lines(self._package, shape, targets)
        elif shape.tag == P + "pic":
            lines = []
        else:
            lines = [_words(shape)]
            if kind in ("ftr", "hdr"):
                lines = [line for line in lines if line not in self._footers]
                self._footers.update(lines)
        lines.extend(text for e in shape.iter(P + "cNvPr") if (text := description(e)))
        text = "\n".join(filter(None, lines))
        return self._writer.write(text + "\n\n") if text else not self._writer.full

    def _beside(self, relations: list[Relation], anchor: str, heading: tuple[str, ...]) -> bool:
        """The speaker's notes and the comments of a slide."""
        for relation in relations:
            root = (
                self._package.root(relation.target) if relation.kind in ("notesSlide", "comments") else None
            )
            if root is None:
                continue
            if relation.kind == "notesSlide":
                bodies = [_words(shape) for shape in _shapes(root) if _placeholder(shape) == "body"]
                what, text = "notes", "\n".join(filter(None, bodies))
            else:
                what, text = "comments", "\n".join(_comments(root))
            if text:
                self._writer.mark(anchor=f"{anchor}, {what}", heading=heading)
                if not self._writer.write(text + "\n\n"):
                    return False
        return True


def _shapes(root: Any) -> Iterator[Any]:
    """Shapes in the order of the slide, those of groups included."""
    tree = next(root.iter(P + "spTree"), None)
    waiting = list(reversed(tree)) if tree is not None else []
    while waiting:
        shape = waiting.pop()
        if shape.tag == MC + "AlternateContent":
            version = chosen(shape)
            waiting.extend(reversed(version) if version is not None else ())
        elif shape.tag == P + "grpSp":
            waiting.extend(reversed(shape))
        elif shape.tag in (P + "sp", P + "graphicFrame", P + "pic", P + "cxnSp"):
            yield shape


def _placeholder(shape: Any) -> str | None:
    """title, body, ftr, ...: what the slide's layout means a shape for."""
    placeholder = next(shape.iter(P + "ph"), None)
    return (placeholder.get("type") or "body") if placeholder is not None else None


def _words(shape: Any) -> str:
    body = shape.find(P + "txBody")
    return "\n".join(paragraphs(body)) if body is not None else ""


def _rows(table: Any) -> Iterator[list[str]]:
    for row in table.iterchildren(A + "tr"):
        cells = (cell for cell in row.iterchildren(A + "tc"))
        yield [" ".join(" ".join(paragraph_text(p) for p in cell.iter(A + "p")).split()) for cell in cells]


def _comments(root: Any) -> Iterator[str]:
    """Comments of both sorts: plain text, or paragraphs in threads."""
    for element in xml.named(root, "cm", "reply"):
        plain = next((e.text for e in element if xml.local(e) == "text"), None)
        body = next((e for e in element if xml.local(e) == "txBody"), None)
        text = plain or (" ".join(paragraphs(body)) if body is not None else "")
        if text and text.strip():
            yield text.strip()
