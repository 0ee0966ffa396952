"""Files as people have them, made by libraries that searcher does not read with where there is another."""

from __future__ import annotations

from functools import cache

from corpus import (
    bad,
    books,
    depth,
    forms,
    kinds,
    letters,
    mails,
    media,
    office,
    old,
    papers,
    pdfs,
    sheets,
    texts,
    web,
)
from corpus.case import Case

__all__ = ["ROOMS", "Case", "cases"]

ROOMS = (
    texts,
    web,
    books,
    mails,
    letters,
    pdfs,
    forms,
    office,
    depth,
    old,
    kinds,
    media,
    papers,
    sheets,
    bad,
)


@cache
def cases() -> tuple[Case, ...]:
    return tuple(case for room in ROOMS for case in room.cases())
