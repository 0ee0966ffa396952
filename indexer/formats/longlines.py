"""The long lines of a text, and their long words, found in steps instead of one by one."""

from __future__ import annotations

from collections.abc import Iterator


def long_lines(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line of at least so many characters, its line end not counted."""
    return _long(text, "\n", least, 0, len(text))


def long_words(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Start and end of each stretch of a line without a space, of at least so many characters."""
    for start, end in long_lines(text, least):
        yield from _long(text, " ", least, start, end)


def _long(text: str, sign: str, least: int, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start >= least:
        last = text.rfind(sign, start, start + least)
        if last >= 0:  # everything that ends up to here is short
            start = last + 1
            continue
        end = text.find(sign, start + least, stop)
        end = stop if end < 0 else end
        yield start, end
        start = end + 1
