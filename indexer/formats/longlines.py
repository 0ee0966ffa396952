"""The long lines of a text, and their long words, found in steps instead of one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONG_WORD = 160  # characters of a long word: one of two neighbouring chunks of 60, a hundred apart, is inside
_CHUNK = re.compile(r"(?s)(?:(?![^ \n]{60}).{100})*+[^ \n]{60}")
_WORD_END = re.compile(r"[ \n]|\Z")


def long_lines(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line of at least so many characters, its line end not counted."""
    start, stop = 0, len(text)
    while stop - start >= least:
        last = text.rfind("\n", start, start + least)
        if last >= 0:  # everything that ends up to here is short
            start = last + 1
            continue
        end = text.find("\n", start + least, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1


def long_words(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of a line without a space, of at least LONG_WORD characters."""
    at = 0
    while match := _CHUNK.match(text, at):
        start = max(text.rfind(" ", at, match.end()), text.rfind("\n", at, match.end()), at - 1) + 1
        word_end = _WORD_END.search(text, match.end())
        end = word_end.start() if word_end else len(text)
        if end - start >= LONG_WORD:
            yield start, end
        at = end
