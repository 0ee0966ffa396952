"""Whether a text holds a phrase, however either is broken into lines, hyphenated, spelt or accented."""

from __future__ import annotations

import re
import unicodedata

from searcher.text.terms import CONTINUOUS, MARKS, clean, fold, written_out

_BETWEEN = re.compile(rf"(?:[^\w+#{MARKS}]|(?<![\w+#])[+#])+")  # the signs of C++ and C# belong to them
_HYPHEN = re.compile(r"-\s*")
_GAP = re.compile(rf"(?<=[{CONTINUOUS}])\s+(?=[{CONTINUOUS}])")
_EDGE = re.compile(rf"[{CONTINUOUS}]")


def holds(text: str, phrase: str) -> bool:
    """Whole words only, but in scripts that put no spaces between them."""
    asked, given = _readings(phrase), _readings(text)
    return any(one and _bounded(one) in f" {other} " for one in asked for other in given)


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
