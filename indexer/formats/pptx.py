"""PowerPoint by python-pptx: a mark a slide, its title as heading, tables and speaker notes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.packed import open_zip
from indexer.formats.source import Source
from indexer.formats.tables import cell_text, write_table
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_NESTED_GROUPS = 20


def read(source: Source) -> Document:
    open_zip(source).close()
    import pptx

    presentation: Any = pptx.Presentation(io.BytesIO(source.data))
    writer = Writer(source)
    first_title: str | None = None
    for number, slide in enumerate(presentation.slides, 1):
        xml.refuse_entities(slide.element, f"slide {number}")
        title = _title(slide)
        first_title = first_title or title
        if not _write_slide(writer, slide, number, (title,) if title else ()):
            break
    properties = presentation.core_properties
    named = one_line(properties.title)
    return writer.document(
        "pptx",
        title=first_title if named in (None, "PowerPoint Presentation") else named,
        date=iso_date(properties.created),
    )


def _title(slide: Any) -> str | None:
    shape = slide.shapes.title
    return one_line(shape.text_frame.text) if shape is not None and shape.has_text_frame else None


def _write_slide(writer: Writer, slide: Any, number: int, heading: tuple[str, ...]) -> bool:
    anchor = f"slide {number}"
    writer.mark(anchor=anchor, heading=heading)
    for shape in _shapes(slide.shapes):
        if getattr(shape, "has_table", False) and shape.has_table:
            rows = ([cell_text(cell.text) for cell in row.cells] for row in shape.table.rows)
            if not write_table(writer, rows, heading=heading, anchor=anchor):
                return False
        elif (
            shape.has_text_frame
            and (text := shape.text_frame.text.strip())
            and not writer.write(text + "\n\n")
        ):
            return False
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        notes = frame.text.strip() if frame is not None else ""
        if notes:
            writer.mark(anchor=f"{anchor}, notes", heading=heading)
            return writer.write(notes + "\n\n")
    return True


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """Shapes in the order of the slide, those of groups included."""
    for shape in shapes:
        if hasattr(shape, "shapes") and depth < _NESTED_GROUPS:
            yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape
