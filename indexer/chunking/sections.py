"""Stretches of a document with one address, and which of them may share a passage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

from indexer.formats.recognised import REGION, together
from searcher.records import Document, Mark

_TIME = re.compile(r"\d{1,2}:\d\d")
_ASIDE = re.compile(r", (?:notes|output|\d{1,2}:\d\d(?::\d\d)?)$")  # of a slide, a cell, a film: part of it
_ROWS = re.compile(r"(?P<sheet>.*)!(?P<first>[A-Z]*\d+):(?P<last>[A-Z]*\d+)$")


@dataclass(frozen=True, slots=True)
class Section:
    """text[start:end] under one mark. A `lead` opens what follows it: a bare heading, imports, the head of
    a class. A `closing` ends what precedes it: a bracket."""

    start: int
    end: int
    mark: Mark
    lead: bool = False
    closing: bool = False
    signature: str = ""  # of a definition, for its parts that do not show it
    parent: str = ""  # symbol of the definition around it

    @property
    def group(self) -> tuple[int | None, str | None]:
        """Sections of different groups never share a passage."""
        anchor = self.mark.anchor
        if anchor is None or _TIME.match(anchor):
            return self.mark.page, None
        rows = _ROWS.match(anchor)
        if rows:
            return self.mark.page, rows["sheet"]
        return self.mark.page, _ASIDE.sub("", REGION.sub("", anchor)) or None


def of_marks(document: Document) -> Iterator[Section]:
    """Sections between a document's marks, tiling its text."""
    text, marks = document.text, [m for m in document.marks if m.start < len(document.text)]
    if not marks or marks[0].start > 0:
        marks.insert(0, Mark(0))
    distinct = [marks[0]]
    for mark in marks[1:]:
        if mark.start == distinct[-1].start:
            distinct[-1] = mark
        elif not _runs_on(distinct[-1], mark):
            distinct.append(mark)
    following = [*distinct[1:], Mark(len(text))]
    for mark, after in zip(distinct, following, strict=True):
        deeper = len(after.heading) > len(mark.heading) and after.heading[: len(mark.heading)] == mark.heading
        head_of_table = after.table_header is not None and mark.table_header is None
        yield Section(mark.start, after.start, mark, lead=(deeper and bool(mark.heading)) or head_of_table)


def _runs_on(mark: Mark, after: Mark) -> bool:
    """The same stretch as far as cutting goes: the next cue of a film, the next row of a sheet."""
    same = (mark.page, mark.heading, mark.symbol, mark.table_header) == (
        after.page,
        after.heading,
        after.symbol,
        after.table_header,
    )
    if not same or mark.anchor is None or after.anchor is None:
        return same and mark.anchor == after.anchor
    if _TIME.match(mark.anchor) and _TIME.match(after.anchor):
        return True
    rows, next_rows = _ROWS.match(mark.anchor), _ROWS.match(after.anchor)
    return bool(rows and next_rows and rows["sheet"] == next_rows["sheet"]) or mark.anchor == after.anchor


def anchor_of(marks: list[Mark]) -> str | None:
    """One anchor for a passage over these marks: the first one, or the range from it to the last."""
    regions = [mark.anchor for mark in marks if mark.anchor and REGION.search(mark.anchor)]
    if regions:
        return reduce(together, regions)
    first, last = marks[0].anchor, marks[-1].anchor
    if first is None or last is None or first == last:
        return first
    opening, closing = _ROWS.match(first), _ROWS.match(last)
    if opening and closing and opening["sheet"] == closing["sheet"]:
        return f"{opening['sheet']}!{opening['first']}:{closing['last']}"
    return first
