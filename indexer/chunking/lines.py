"""Which line a character is on. Lines end as in editors: at LF, CR LF or CR; not at U+000B or U+2028."""

from __future__ import annotations

import re
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n|\n|\r")


class Lines:
    """Starts of all lines of a text."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in _LINE_END.finditer(text))]

    def of(self, offset: int) -> int:
        """1-based line of the character at `offset`. A line's end belongs to the line it ends."""
        return bisect_right(self._starts, offset)

    def span(self, text: str, start: int, end: int) -> tuple[int, int]:
        """First and last line with something visible in [start, end)."""
        first, last = visible(text, start, end)
        return self.of(first), self.of(last)


def visible(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets of the first and the last character of [start, end) that is not white space."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + max(len(piece.rstrip()), 1) - 1
