"""The stretch of a passage that shows why it was found, and the letters to mark in it."""

from __future__ import annotations

import re

from searcher.text import stopwords
from searcher.text.terms import fold, terms

_LENGTH = 320  # characters of a window, where sentences allow
_LONGEST = 2000  # of a piece, looked at for words
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"\w+", re.UNICODE)


def snippet(
    text: str, query: str, *, code: bool = False, language: str | None = None
) -> tuple[str, list[list[int]]]:
    """The best window and [start, end) offsets of the query's words in it; words that every text of the
    `language` holds are not marked."""
    window = _window(text, {term for term in terms(query) if len(term) > 1}, code=code)
    return window, asked(query, window, code=code, language=language)


def asked(query: str, text: str, *, code: bool = False, language: str | None = None) -> list[list[int]]:
    """[start, end) offsets of the query's words in the whole of a text."""
    wanted = {term for term in terms(query) if len(term) > 1}
    return marks(text, wanted if code else _telling(wanted, language))


def _telling(wanted: set[str], language: str | None) -> set[str]:
    """The terms that say something in a language; all of them when none does."""
    return wanted - stopwords.of(language) or wanted if language else wanted


def marks(text: str, wanted: set[str]) -> list[list[int]]:
    """Offsets of words that fold to a wanted term; in scripts without spaces, of the term itself."""
    found: list[list[int]] = []
    long = tuple(term for term in wanted if len(term) > 3)
    for word in _WORD.finditer(text):
        folded = fold(word[0])
        plain = word[0].isalpha() and (word[0].islower() or word[0].istitle())
        if (
            folded in wanted
            or folded.startswith(long)
            or (not plain and wanted.intersection(long, terms(word[0])))
        ):
            found.append([word.start(), word.end()])
        elif not word[0].isascii():
            for term in wanted:
                at = word[0].casefold().find(term)
                while at >= 0 and not term.isascii():
                    found.append([word.start() + at, word.start() + at + len(term)])
                    at = word[0].casefold().find(term, at + 1)
    return _merged(found)


def _merged(spans: list[list[int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _window(text: str, wanted: set[str], *, code: bool) -> str:
    pieces: list[tuple[int, int]] = []
    start = 0
    for gap in (re.compile(r"\n") if code else _SENTENCE).finditer(text):
        pieces.append((start, gap.start()))
        start = gap.end()
    pieces.append((start, len(text)))
    pieces = [(a, b) for a, b in pieces if text[a:b].strip()] or [(0, len(text))]
    held = [wanted & set(terms(text[a:b][:_LONGEST])) for a, b in pieces]
    best, chosen = -1, (0, 0)
    for first in range(len(pieces)):
        last = first
        while last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= _LENGTH:
            last += 1
        # longer terms say more: a whole identifier more than its parts
        score = sum(map(len, set().union(*held[first : last + 1])))
        if score > best:
            best, chosen = score, (first, last)
    window = text[pieces[chosen[0]][0] : pieces[chosen[1]][1]].rstrip()
    window = window if code else window.strip()
    return window if len(window) <= 2 * _LENGTH else window[: 2 * _LENGTH].rsplit(" ", 1)[0] + "…"
