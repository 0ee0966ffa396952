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

__all__ = ["Case", "cases"]


@cache
def cases() -> tuple[Case, ...]:
    rooms = (
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
    return tuple(case for room in rooms for case in room.cases())
