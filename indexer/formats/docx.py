"""Word by python-docx: headings by style, tables with their header, lists, text boxes, notes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.headings import Outline
from indexer.formats.packed import open_zip
from indexer.formats.source import Source
from indexer.formats.tables import write_table
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_MACROS = (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
)
_NOTES = re.compile(r"/word/(footnotes|endnotes|comments)\d*\.xml$")


def read(source: Source) -> Document:
    open_zip(source).close()
    from docx.opc.part import PartFactory
    from docx.package import Package
    from docx.parts.document import DocumentPart

    for content_type in _MACROS:  # templates and files with macros hold the same document
        PartFactory.part_type_for[content_type] = DocumentPart
    package: Any = Package.open(io.BytesIO(source.data))
    part = package.main_document_part
    xml.refuse_entities(part.element, "the document")
    properties = part.core_properties
    writer = Writer(source)
    outline = Outline()
    levels = _heading_levels(part)
    listed = {
        s.styleId for s in part.styles.element.style_lst if s.find(_W + "pPr/" + _W + "numPr") is not None
    }
    title = one_line(properties.title)
    for block in _blocks(part.element.body):
        if block.tag == _W + "tbl":
            going_on = write_table(writer, _rows(block), heading=outline.path)
        else:
            going_on = _write_paragraph(writer, block, outline, levels, listed)
            title = title or _title(block, levels)
        if not going_on:
            break
    _write_notes(writer, package)
    return writer.document("docx", title=title, date=iso_date(properties.created))


def _blocks(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also inside content controls."""
    for child in body:
        if child.tag in (_W + "p", _W + "tbl"):
            yield child
        elif child.tag == _W + "sdt":
            content = child.find(_W + "sdtContent")
            if content is not None:
                yield from _blocks(content)


def _heading_levels(part: Any) -> dict[str, int]:
    """Outline level (0 for the title) by style id, inherited from the style it is based on."""
    levels: dict[str, int] = {}
    based: dict[str, str] = {}
    for style in part.styles.element.style_lst:
        name = (style.name_val or "").lower()
        if match := re.fullmatch(r"heading ([1-9])", name):
            levels[style.styleId] = int(match[1])
        elif name == "title":
            levels[style.styleId] = 0
        elif style.basedOn_val:
            based[style.styleId] = style.basedOn_val
    for style_id in based:
        seen, parent = {style_id}, based[style_id]
        while parent in based and parent not in seen:
            seen.add(parent)
            parent = based[parent]
        if parent in levels:
            levels[style_id] = levels[parent]
    return levels


def _write_paragraph(
    writer: Writer, paragraph: Any, outline: Outline, levels: dict[str, int], listed: set[str]
) -> bool:
    text = _text(paragraph).strip()
    if text:
        level = levels.get(paragraph.style or "", -1)
        properties = paragraph.pPr
        if level > 0:
            writer.mark(heading=outline.enter(level, one_line(text) or text))
        elif paragraph.style in listed or (properties is not None and properties.numPr is not None):
            text = "- " + text
        if not writer.write(text + "\n\n"):
            return False
    for box in paragraph.iter(_W + "txbxContent"):
        if not any(a.tag == _FALLBACK for a in box.iterancestors()):
            inside = "\n".join(filter(None, (_text(p).strip() for p in box.iter(_W + "p"))))
            if inside and not writer.write(inside + "\n\n"):
                return False
    return True


def _title(paragraph: Any, levels: dict[str, int]) -> str | None:
    return one_line(_text(paragraph)) if levels.get(paragraph.style or "", -1) in (0, 1) else None


def _text(paragraph: Any) -> str:
    """What is printed of a paragraph: no deleted text, no field codes, no text boxes."""
    parts = []
    for element in paragraph.iter(_W + "t", *_BREAKS):
        if element.tag == _W + "t":
            text = element.text or ""
        elif element.getparent().tag == _W + "r":  # a tab in paragraph properties is a tab stop
            text = _BREAKS[element.tag]
        else:
            continue
        if not _elsewhere(element, paragraph):
            parts.append(text)
    return "".join(parts)


def _elsewhere(element: Any, paragraph: Any) -> bool:
    ancestor = element.getparent()
    while ancestor is not None and ancestor is not paragraph:
        if ancestor.tag in (_W + "txbxContent", _FALLBACK, _W + "del"):
            return True
        ancestor = ancestor.getparent()
    return False


def _rows(table: Any) -> Iterator[list[str]]:
    for row in table.iter(_W + "tr"):
        if row.getparent() is table:
            yield [_cell(cell) for cell in row.iter(_W + "tc") if cell.getparent() is row]


def _cell(cell: Any) -> str:
    return " ".join(" ".join(_text(paragraph) for paragraph in cell.iter(_W + "p")).split())


def _write_notes(writer: Writer, package: Any) -> None:
    """Footnotes, endnotes and comments, after the text."""
    for part in package.iter_parts():
        match = _NOTES.match(str(part.partname))
        if not match or writer.full:
            continue
        root = getattr(part, "element", None)
        root = xml.parse(part.blob, match[1]) if root is None else root
        texts = filter(None, (_text(p).strip() for p in root.iter(_W + "p")))
        body = "\n".join(texts)
        if body:
            writer.mark(anchor=match[1])
            writer.write(body + "\n\n")
