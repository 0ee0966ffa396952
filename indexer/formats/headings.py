"""Heading paths: a flat list of headings with levels becomes marks that know their parents."""

from __future__ import annotations

from collections.abc import Iterable

from searcher.records import Mark


class Outline:
    """The headings that enclose the present place."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def enter(self, level: int, title: str) -> tuple[str, ...]:
        """The path, outermost first, once a heading of `level` (1 is outermost) begins."""
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        self._stack.append((level, title))
        return self.path

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(title for _, title in self._stack)


def heading_marks(headings: Iterable[tuple[int, int, str]]) -> tuple[Mark, ...]:
    """Marks for (start, level, title) in the order of the text."""
    outline = Outline()
    return tuple(Mark(start, heading=outline.enter(level, title)) for start, level, title in headings)
