"""Looking for something in the text of a document."""

from __future__ import annotations

import re
from bisect import bisect_left

MOST = 10_000  # matches that are counted

Stretch = tuple[int, int]


def pattern(asked: str) -> re.Pattern[str]:
    """Letters of either case, white space of any kind; at a line's end a word may be anywhere."""
    return re.compile(r"\s+".join(map(re.escape, asked.split())), re.IGNORECASE)


def matches(text: str, asked: str) -> list[Stretch]:
    """Where `asked` stands in `text`, in its order; of more than there can be counted the first."""
    found: list[Stretch] = []
    if asked.strip():
        for match in pattern(asked).finditer(text):
            found.append(match.span())
            if len(found) == MOST:
                break
    return found


def chosen(found: list[Stretch], nth: int, place: int) -> int:
    """Index of the match to show: number `nth`, or without one the first at or behind character `place`."""
    if nth:
        return min(nth, len(found)) - 1
    behind = bisect_left(found, (place, 0))
    return behind if behind < len(found) else 0
