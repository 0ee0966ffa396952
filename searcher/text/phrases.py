"""Whether a text holds a phrase, however either is broken into lines, hyphenated, spelt or accented."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from searcher.text.terms import CONTINUOUS, MARKS, clean, fold, written_out

_BETWEEN = re.compile(rf"(?:[^\w+#{MARKS}]|(?<![\w+#])[+#])+")  # the signs of C++ and C# belong to them
_HYPHEN = re.compile(r"-\s*")
_GAP = re.compile(rf"(?<=[{CONTINUOUS}])\s+(?=[{CONTINUOUS}])")
_EDGE = re.compile(rf"[{CONTINUOUS}]")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that many texts are looked at for."""

    bounded: tuple[str, ...]  # its readings, each between the spaces that whole words have around them
    words: re.Pattern[str]  # what every ASCII text with a reading of it holds: its words, in their order

    @classmethod
    def of(cls, phrase: str) -> Phrase:
        readings = sorted(filter(None, _readings(phrase)))
        each = [_BETWEEN.pattern.join(map(re.escape, reading.split(" "))) for reading in readings]
        return cls(tuple(map(_bounded, readings)), re.compile("|".join(each) or r"(?!)"))

    def is_in(self, text: str) -> bool:
        """Whole words only, but in scripts that put no spaces between them."""
        if text.isascii():  # most of them are dismissed for a thirtieth of what reading them takes
            plain = clean(text).lower()
            search = self.words.search
            if not search(plain) and not ("-" in plain and search(_HYPHEN.sub("", plain))):
                return False
        return any(one in f" {other} " for other in _readings(text) for one in self.bounded)


def holds(text: str, phrase: str) -> bool:
    """`Phrase.is_in` for a single text."""
    return Phrase.of(phrase).is_in(text)


def has_words(phrase: str) -> bool:
    return any(reading.strip("+# ") for reading in _readings(phrase))


def _readings(text: str) -> set[str]:
    """Words between single spaces: a hyphen as a space and as nothing, umlauts as one letter and as two."""
    plain = clean(text)
    spellings = {fold(plain), written_out(unicodedata.normalize("NFC", plain))}
    parted = {hyphens for spelling in spellings for hyphens in (spelling, _HYPHEN.sub("", spelling))}
    return {_GAP.sub("", _BETWEEN.sub(" ", one)).strip() for one in parted}


def _bounded(phrase: str) -> str:
    before = "" if _EDGE.match(phrase[0]) else " "
    after = "" if _EDGE.match(phrase[-1]) else " "
    return f"{before}{phrase}{after}"
