"""The long lines of a text, found in steps instead of line by line."""

from __future__ import annotations

from collections.abc import Iterator


def long_lines(text: str, least: int) -> Iterator[tuple[int, int]]:
    """Start and end of each line of at least so many characters, its line end not counted."""
    start = 0
    while len(text) - start >= least:
        last = text.rfind("\n", start, start + least)
        if last >= 0:  # every line that ends up to here is short
            start = last + 1
            continue
        end = text.find("\n", start + least)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1
