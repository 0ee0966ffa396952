"""Numbers of Word's lists as they are printed: `2.`, `b)`, `iv.`, `1.2`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from indexer.formats.office.styles import Styles, W

_PLACE = re.compile(r"%([1-9])")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_DEEPEST = 8  # level, 0-based
_MOST = 100_000


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str  # "%1.%2", where %1 stands for the number of the outermost level
    start: int


@dataclass(slots=True)
class Lists:
    """The lists of one document, which are counted as their paragraphs are read in order."""

    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)  # by abstract list and level
    lists: dict[str, str] = field(default_factory=dict)  # abstract list by number
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    _counts: dict[str, list[int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    @classmethod
    def of(cls, root: Any) -> Lists:
        lists = cls()
        for abstract in root.iter(W + "abstractNum") if root is not None else ():
            key = abstract.get(W + "abstractNumId") or ""
            for level in abstract.iter(W + "lvl"):
                depth = _number(level.get(W + "ilvl"), 0)
                format, text = _value(level, "numFmt") or "decimal", _value(level, "lvlText") or ""
                lists.levels[key, depth] = _Level(format, text, _number(_value(level, "start"), 1))
        for number in root.iter(W + "num") if root is not None else ():
            key = number.get(W + "numId") or ""
            lists.lists[key] = _value(number, "abstractNumId") or ""
            for override in number.iter(W + "lvlOverride"):
                start = _value(override, "startOverride")
                if start is not None:
                    lists.restarts[key, _number(override.get(W + "ilvl"), 0)] = _number(start, 1)
        return lists

    def lead(self, paragraph: Any, styles: Styles) -> str:
        """What stands before a list's paragraph: its number, or a dash; empty where it is in no list."""
        number, depth = styles.listing(paragraph)
        if number is None or number == "0":
            return ""
        abstract = self.lists.get(number, "")
        level = self.levels.get((abstract, depth))
        if level is None or level.format in ("bullet", "none") or not _PLACE.search(level.text):
            return "- "
        counts = self._counts.setdefault(abstract, [0] * (_DEEPEST + 1))
        self._begin(number, abstract, depth, counts)
        counts[depth + 1 :] = [0] * (_DEEPEST - depth)
        return _PLACE.sub(lambda place: self._shown(abstract, int(place[1]) - 1, counts), level.text) + " "

    def _begin(self, number: str, abstract: str, depth: int, counts: list[int]) -> None:
        restart = self.restarts.get((number, depth))
        if restart is not None and (number, depth) not in self._begun:
            counts[depth] = restart
        elif counts[depth]:
            counts[depth] += 1
        else:
            counts[depth] = self.levels[abstract, depth].start
        self._begun.add((number, depth))

    def _shown(self, abstract: str, depth: int, counts: list[int]) -> str:
        level = self.levels.get((abstract, depth))
        return _written(counts[depth] or (level.start if level else 1), level.format if level else "decimal")


def _written(number: int, format: str) -> str:
    if not 0 < number < _MOST:
        return str(number)
    if format in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if format == "upperLetter" else letters
    if format in ("lowerRoman", "upperRoman") and number < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (number // value)
            number %= value
        return roman.upper() if format == "upperRoman" else roman
    return f"{number:02}" if format == "decimalZero" else str(number)


def _value(element: Any, name: str) -> str | None:
    child = element.find(W + name)
    value: str | None = child.get(W + "val") if child is not None else None
    return value


def _number(text: str | None, otherwise: int) -> int:
    return min(int(text), _MOST) if text and text.isascii() and text.isdigit() else otherwise
