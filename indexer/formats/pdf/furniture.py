"""Headers, footers and page numbers: what page after page repeats is kept where it first stands."""

from __future__ import annotations

import re
from collections.abc import Sequence

_EDGE = 3  # lines at the top and at the bottom
_REACH = 2  # pages back: left and right pages have headers of their own
_LONGEST = 150  # characters of such a line
_LEFT = 3  # lines that a page must keep
_NUMBER = re.compile(r"\d{1,5}")


def without_furniture(pages: Sequence[str]) -> list[str]:
    """The pages without lines that an edge of one of the two pages before has too, but for page numbers."""
    lines = [page.split("\n") for page in pages]
    edges = [_edges([n for n, line in enumerate(page) if line.strip()]) for page in lines]
    cleaned = []
    for number, page in enumerate(lines):
        gone: set[int] = set()
        for side in (0, 1):
            for place in edges[number][side]:
                if not _stands_before(page[place].strip(), number, lines, edges, side):
                    break
                gone.add(place)
        left = sum(1 for n, line in enumerate(page) if line.strip() and n not in gone)
        cleaned.append("\n".join(line for n, line in enumerate(page) if left < _LEFT or n not in gone))
    return cleaned


def _edges(filled: list[int]) -> tuple[list[int], list[int]]:
    """Indexes of a page's first lines, and of its last ones from the outside in."""
    return filled[:_EDGE], filled[: -_EDGE - 1 : -1]


def _stands_before(
    line: str, number: int, lines: list[list[str]], edges: list[tuple[list[int], list[int]]], side: int
) -> bool:
    if len(line) > _LONGEST:
        return False
    return any(
        _counts_on(lines[before][place].strip(), line, number - before)
        for before in range(max(number - _REACH, 0), number)
        for place in edges[before][side]
    )


def _counts_on(earlier: str, line: str, distance: int) -> bool:
    """Whether two lines are one but for a page number that went on by `distance`."""
    if earlier == line:
        return any(c.isalpha() for c in line)
    if _NUMBER.sub("#", earlier) != _NUMBER.sub("#", line):
        return False
    changed = [
        int(new) - int(old)
        for old, new in zip(_NUMBER.findall(earlier), _NUMBER.findall(line), strict=True)
        if old != new
    ]
    return changed == [distance]
