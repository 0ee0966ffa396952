"""What a document is divided into: headings, slides, cells, pages, or the symbols of code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from indexer.formats.recognised import REGION
from searcher.records import Mark

_MOST = 1_000  # entries of an outline
_LONG = 90  # characters of a title


@dataclass(frozen=True, slots=True)
class Landmark:
    """From character `start` of the text on; `depth` is 0 for the outermost."""

    title: str
    depth: int
    start: int
    page: int | None = None


def entries(marks: Sequence[Mark], named: Callable[[str], str] = str) -> list[Landmark]:
    """By symbols or headings where there are any, else by what the document itself counts. Where a page has
    no name the page is None and the title is empty. `named` words what is counted."""
    for found in (_symbols, _headings, partial(_counted, named)):
        if len(listed := list(islice(found(marks), _MOST))) > 1:
            return listed
    return []


def _symbols(marks: Sequence[Mark]) -> Iterator[Landmark]:
    for mark in marks:
        if mark.symbol:
            above, _, own = mark.symbol.rpartition(".")
            yield Landmark(_short(own), above.count(".") + bool(above), mark.start, mark.page)


def _headings(marks: Sequence[Mark]) -> Iterator[Landmark]:
    before: tuple[str, ...] = ()
    for mark in marks:
        if mark.heading and mark.heading != before and mark.heading != before[: len(mark.heading)]:
            yield Landmark(_short(mark.heading[-1]), len(mark.heading) - 1, mark.start, mark.page)
        before = mark.heading or before


def _counted(named: Callable[[str], str], marks: Sequence[Mark]) -> Iterator[Landmark]:
    """Slides, cells, chapters; else pages."""
    before: str | int | None = None
    for mark in marks:
        name = REGION.sub("", mark.anchor or "")
        if (name or mark.page) not in (None, before):
            yield Landmark(_short(named(name)), 0, mark.start, mark.page)
        before = name or mark.page or before


def _short(title: str) -> str:
    return title if len(title) <= _LONG else title[: _LONG - 1] + "…"
