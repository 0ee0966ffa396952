"""Org: the file's own text, headings by stars, `#+TITLE:` and its like as fields."""

from __future__ import annotations

import re

from indexer.formats.dates import iso_date
from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_HEADING = re.compile(r"^(\*+)[ \t]+([^\r\n]+)", re.M)
_DECORATION = re.compile(r"^(?:TODO|DONE|NEXT|WAITING|CANCELLED)\s+|^\[#[A-Z]\]\s+|\s+(?::[\w@#%]+)+:\s*$")
_FIELD = re.compile(r"^#\+(title|date|filetags|keywords):[ \t]*([^\r\n]+)", re.M | re.I)
_BLOCK = re.compile(r"^[ \t]*#\+begin_(\w+).*?^[ \t]*#\+end_\1", re.M | re.I | re.S)


def read(source: Source) -> Document:
    text, notes = own_text(source)
    fields = {name.lower(): value.strip() for name, value in reversed(_FIELD.findall(text[:10_000]))}
    headings = []
    blocks = [match.span() for match in _BLOCK.finditer(text)] if "#+" in text else []
    for match in _HEADING.finditer(text):
        while blocks and blocks[0][1] < match.start():
            blocks.pop(0)
        if blocks and blocks[0][0] < match.start():
            continue
        if title := one_line(_bare(match[2])):
            headings.append((match.start(), len(match[1]), title))
    return Document(
        text,
        "org",
        title=one_line(fields.get("title")) or next((title for _, _, title in headings), None),
        marks=heading_marks(headings),
        date=iso_date(fields.get("date", "").strip("<>[]")),
        tags=tuple(filter(None, re.split(r"[:,\s]+", fields.get("filetags", "")))),
        notes=notes,
    )


def _bare(title: str) -> str:
    """Without task state, priority and tags."""
    before = None
    while before != title:
        before, title = title, _DECORATION.sub("", title)
    return title
