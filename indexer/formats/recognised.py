"""What was recognised in a picture, in stretches that stand together, each with its place on the page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom as shares of the page
Line: TypeAlias = tuple[str, Box]
REGION = re.compile(r"(?:^|, )region (\d+),(\d+)-(\d+),(\d+) %$")  # at the end of an anchor
_GAP = 1.3  # heights of a line that part two stretches
_LONGEST = 10  # lines of a stretch


@dataclass(frozen=True, slots=True)
class RecognisedText:
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(text for text, _ in self.lines)

    @property
    def region(self) -> str:
        """`region 8,10-92,34 %`: left, top, right and bottom in percent of the page."""
        return spelled(_around(box for _, box in self.lines))


def stretches(lines: Iterable[Line]) -> list[RecognisedText]:
    """Lines in their order, parted where a gap or another column begins."""
    groups: list[list[Line]] = []
    for line in lines:
        if groups and len(groups[-1]) < _LONGEST and _goes_on(groups[-1][-1][1], line[1]):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [RecognisedText(tuple(group)) for group in groups]


def from_json(given: dict[str, Sequence[Any]]) -> dict[int, tuple[Line, ...]]:
    """Lines by their page, as they came through a pipe."""
    return {int(page): tuple((text, tuple(box)) for text, box in lines) for page, lines in given.items()}


def spelled(box: Box) -> str:
    left, top, right, bottom = (round(100 * share) for share in box)
    return f"region {left},{top}-{right},{bottom} %"


def together(first: str, last: str) -> str:
    """The anchor of a passage from a region to another one of the same page; `first` where one has none."""
    one, other = REGION.search(first), REGION.search(last)
    if one is None or other is None:
        return first
    (a, b, c, d), (e, f, g, h) = (map(int, match.groups()) for match in (one, other))
    return f"{first[: one.start(1)]}{min(a, e)},{min(b, f)}-{max(c, g)},{max(d, h)} %"


def _goes_on(earlier: Box, later: Box) -> bool:
    """Whether two lines lie one below the other; of a page on its side, beside each other."""
    if all(bottom - top > 2 * (right - left) for left, top, right, bottom in (earlier, later)):
        earlier, later = ((top, left, bottom, right) for left, top, right, bottom in (earlier, later))
    height = max(earlier[3] - earlier[1], later[3] - later[1])
    overlap = later[0] < earlier[2] and earlier[0] < later[2]
    return overlap and max(later[1] - earlier[3], earlier[1] - later[3]) < _GAP * height


def _around(boxes: Iterable[Box]) -> Box:
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
