"""reStructuredText: the file's own text, underlined headings, `:date:` and its like as fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from indexer.formats.dates import iso_date
from indexer.formats.headings import heading_marks
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document

_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}[ \t]*$")
_FIELD = re.compile(r"^:(date|tags|keywords):[ \t]*([^\r\n]+)", re.M | re.I)


def read(source: Source) -> Document:
    text, notes = own_text(source)
    headings = list(_headings(text))
    fields = {name.lower(): value for name, value in reversed(_FIELD.findall(text[:5_000]))}
    words = fields.get("tags") or fields.get("keywords") or ""
    return Document(
        text,
        "rst",
        title=next((title for _, _, title in headings), None),
        marks=heading_marks(headings),
        date=iso_date(fields.get("date")),
        tags=tuple(filter(None, (word.strip() for word in words.split(",")))),
        notes=notes,
    )


def _headings(text: str) -> Iterator[tuple[int, int, str]]:
    """Levels are given to the kinds of underline in the order of their first use."""
    styles: list[tuple[str, bool]] = []
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    number = 1
    while number < len(lines):
        under = _UNDERLINE.match(lines[number].rstrip())
        title = lines[number - 1].rstrip() if under else ""
        if not under or not title or (title[0].isspace() and number < 2) or _UNDERLINE.match(title):
            number += 1
            continue
        above = _UNDERLINE.match(lines[number - 2].rstrip()) if number >= 2 else None
        over = above is not None and above[1] == under[1]
        title = title.strip()
        if len(lines[number].rstrip()) < len(title) and not over:
            number += 1
            continue
        style = (under[1], over)
        if style not in styles:
            styles.append(style)
        if cleaned := one_line(title):
            yield starts[number - (2 if over else 1)], styles.index(style) + 1, cleaned
        number += 2
