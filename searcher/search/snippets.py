"""The stretch of a passage that shows why it was found, and the letters to mark in it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from searcher.text import stopwords
from searcher.text.terms import fold, terms

_LENGTH = 320  # characters of a window, where sentences allow
_LONGEST = 2000  # of a piece, looked at for words
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_LINE = re.compile(r"\n")
_DEFINITION = re.compile(
    r"\s*(?:(?:export|public|private|protected|static|async|default|pub|final|abstract|override)\s+)*"
    r"(?:def|class|function|func|fn|fun|interface|struct|enum|trait|impl|module|type|sub)\b"
)
_COMMENT = re.compile(r"\s*(?:#|//|/?\*|--|\"\"\"|''\')\s*\w")
_SHORTEST = 12  # characters of a sentence that is marked for its meaning
_FRONT_MATTER = re.compile(r"---\n.*?\n---\n", re.DOTALL)
_MARKED_UP = ("md", "html", "org", "rst")
_MARKUP = tuple(
    (re.compile(pattern, re.MULTILINE), plain)
    for pattern, plain in (
        (r"^\s*\|?[\s:|-]*-{3,}[\s:|-]*$\n?", ""),  # rules, and what parts a table's head from its body
        (r"</?[a-zA-Z][^<>\n]*>|<!--.*?-->", ""),
        (r"!?\[\[(?:[^\[\]|\n]*\|)?([^\[\]|\n]+)\]\]", r"\1"),
        (r"!?\[([^\]\n]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)", r"\1"),
        (r"^(?:#{1,6}|>+)\s+", ""),
        (r"(\*\*|__|`+)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"^\s*\|\s*|\s*\|\s*$", ""),
        (r"\s+\|\s+", " · "),
    )
)
_WORD = re.compile(r"\w+", re.UNICODE)
_UNJOINED = str.maketrans("", "", "-'_`")  # what a term may be written without


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What of a passage is shown, and where in it that stands."""

    text: str
    highlights: list[list[int]]  # [start, end) offsets into `text`
    line: int  # 0-based, of the passage's lines, where it begins
    lines: int  # that it covers, at least 1


def excerpt(
    text: str,
    query: str,
    *,
    kind: str = "",
    language: str | None = None,
    spoken_in: str | None = None,
    sentence: tuple[int, int] | None = None,
) -> Excerpt:
    """The best window of a passage: code dedented, from its definition on; markup as a person reads it. Words
    that every text of the `language`, or of the query's, `spoken_in`, holds are not marked. The one with
    `sentence`, [start, end) of the passage, where that is given, which is marked then."""
    code = kind == "code"
    if sentence is not None:
        start, end = _around(text, sentence, code=code)
    else:
        start, end = _window(text, _wanted(query, language, spoken_in, code=code), code=code)
    window = text[start:end].rstrip()
    if not code:
        start += len(window) - len(window.lstrip())
        window = window.strip()
    line, lines = text.count("\n", 0, start), window.count("\n") + 1
    window = textwrap.dedent(window) if code else spoken(window, kind)
    if len(window) > 2 * _LENGTH:
        window = window[: 2 * _LENGTH].rsplit(" ", 1)[0] + "…"
    marked = asked(query, window, code=code, language=language, spoken_in=spoken_in)
    if sentence is not None:
        said = spoken(text[slice(*sentence)].strip(), kind)
        at = window.find(said)
        marked = [[at, at + len(said)]] if at >= 0 else marked
    return Excerpt(window, marked, line, lines)


def snippet(
    text: str, query: str, *, code: bool = False, language: str | None = None
) -> tuple[str, list[list[int]]]:
    """The text and the highlights of an excerpt."""
    best = excerpt(text, query, kind="code" if code else "", language=language)
    return best.text, best.highlights


def spoken(text: str, kind: str) -> str:
    """Markdown without its marks, HTML without its tags; other kinds as they are."""
    if kind not in _MARKED_UP:
        return text
    for pattern, plain in _MARKUP:
        text = pattern.sub(plain, text)
    return text.strip() or "…"


def spoken_places(text: str, kind: str) -> tuple[str, Sequence[int]]:
    """As `spoken`, with white space at the ends, and where in `text` each of its characters stands."""
    places: Sequence[int] = range(len(text))
    for pattern, plain in _MARKUP if kind in _MARKED_UP else ():
        said, at, kept, start = [], [], list(places), 0
        for match in pattern.finditer(text):
            here = match.span(match.lastindex) if match.lastindex else (0, 0)  # the group that stays
            said += [text[start : match.start()], text[slice(*here)] if match.lastindex else plain]
            at += kept[start : match.start()] + kept[slice(*here)]
            at += [kept[match.start()]] * (0 if match.lastindex else len(plain))
            start = match.end()
        text, places = "".join([*said, text[start:]]), at + kept[start:]
    return text, places


def asked(
    query: str, text: str, *, code: bool = False, language: str | None = None, spoken_in: str | None = None
) -> list[list[int]]:
    """[start, end) offsets of the query's words in the whole of a text."""
    return marks(text, _wanted(query, language, spoken_in, code=code))


def sentences(text: str, kind: str) -> list[tuple[int, int]]:
    """[start, end) of what may be marked for its meaning: of code, what is defined and what is said of it."""
    if kind != "code":
        return [(a, b) for a, b in _pieces(text, code=False) if len(text[a:b].strip()) >= _SHORTEST]
    lines = _pieces(text, code=True)
    return [(a, b) for a, b in lines if _DEFINITION.match(text[a:b]) or _COMMENT.match(text[a:b])]


@lru_cache(maxsize=256)  # asked for each passage that a query shows
def _wanted(query: str, language: str | None, spoken_in: str | None, *, code: bool) -> frozenset[str]:
    """The terms that say something in the text's language and the query's; all of them when none does. In
    code a common English word may be a keyword."""
    words = frozenset(term for term in terms(query) if len(term) > 1)
    telling = words
    for one in (None if code else language, None if code and spoken_in == "en" else spoken_in):
        telling = telling - stopwords.of(one) if one else telling
    return telling or words


def marks(text: str, words: Set[str]) -> list[list[int]]:
    """Offsets of words that fold to a wanted term; in scripts without spaces, of the term itself."""
    spans: list[list[int]] = []
    if not _may_hold(text, words):
        return spans
    long = tuple(term for term in words if len(term) > 3)
    for word in _WORD.finditer(text):
        written = word[0]
        folded = fold(written)
        if folded in words or folded.startswith(long) or (long and _has_part(written, long)):
            spans.append([word.start(), word.end()])
        elif not written.isascii():
            for term in words:
                at = written.casefold().find(term)
                while at >= 0 and not term.isascii():
                    spans.append([word.start() + at, word.start() + at + len(term)])
                    at = written.casefold().find(term, at + 1)
    return _merged(spans)


def _may_hold(text: str, words: Set[str]) -> bool:
    """False for a text that holds none of the terms, as most passages that are shown; its own terms take
    twenty times as long to make."""
    if not text.isascii():
        return True
    written = text.lower()
    joined = written.translate(_UNJOINED)
    return any(term in written or term in joined for term in words)


def _has_part(word: str, names: Sequence[str]) -> bool:
    """Whether an identifier or compound holds one of the terms."""
    if word.isalpha() and (word.islower() or word.istitle()):
        return False
    return not set(names).isdisjoint(terms(word))


def _merged(spans: list[list[int]]) -> list[list[int]]:
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def _pieces(text: str, *, code: bool) -> list[tuple[int, int]]:
    """[start, end) of the sentences, of code the lines, that are not empty; at least one."""
    pieces: list[tuple[int, int]] = []
    matter = _FRONT_MATTER.match(text)
    start = matter.end() if matter and text[matter.end() :].strip() else 0
    for gap in (_LINE if code else _SENTENCE).finditer(text, start):
        pieces.append((start, gap.start()))
        start = gap.end()
    pieces.append((start, len(text)))
    return [(a, b) for a, b in pieces if text[a:b].strip()] or [(0, len(text))]


def _around(text: str, sentence: tuple[int, int], *, code: bool) -> tuple[int, int]:
    """[start, end) of the stretch that begins with a sentence."""
    start, end = sentence
    for _, last in _pieces(text, code=code):
        if end < last <= start + _LENGTH:
            end = last
    return start, end


def _window(text: str, words: Set[str], *, code: bool) -> tuple[int, int]:
    """[start, end) of the stretch with most of the wanted words, from the first piece that holds one."""
    pieces = _pieces(text, code=code)
    held: list[Set[str]] = [frozenset()] * len(pieces)
    if _may_hold(text, words):
        held = [words & set(terms(text[a:b][:_LONGEST])) for a, b in pieces]
    best, chosen = -1, (0, 0)
    for first in range(len(pieces) if any(held) else 1):
        last = first
        while last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= _LENGTH:
            last += 1
        # longer terms say more: a whole identifier more than its parts
        score = sum(map(len, set().union(*held[first : last + 1])))
        if score > best:
            best, chosen = score, (first, last)
    first, last = chosen
    definitions = [n for n in range(len(pieces)) if code and _DEFINITION.match(text[slice(*pieces[n])])]
    if best <= 0 and definitions:  # nothing of the query is written: what is defined says most
        first = definitions[0]
    while first < last and best > 0 and not held[first] and first not in definitions:
        first += 1
    while last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= _LENGTH:
        last += 1
    return pieces[first][0], pieces[max(first, last)][1]
