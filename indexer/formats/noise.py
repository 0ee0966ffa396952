"""What is text only by its letters: encoded pictures, paths of drawings. No passage shows it.

Every document passes through here, whatever its format. Lines stay where they are.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from string import ascii_lowercase, ascii_uppercase
from string import digits as ten_digits

from indexer.formats.longlines import LONG_WORD, long_words
from searcher.errors import UnreadableKind
from searcher.records import Document, Mark

_CHUNK, _STEP = 60, 240  # characters: an encoded stretch of 300 has a chunk that is encoded from end to end


def _chunk_of(letters: str, step: int = _STEP) -> re.Pattern[str]:
    """Matches a text one of whose chunks, about a step apart, consists of these letters, up to the end of
    that one. It takes one call, and most texts have none. Eight steps are written out: a loop costs as much
    as a step does."""
    other = "[^" + letters[1:]
    passed = f"{letters}{{0,{_CHUNK - 1}}}+{other}.{{{step}}}"
    return re.compile(f"(?s)(?:{passed * 8})*+(?:{passed})*+{letters}{{{_CHUNK}}}")


_SOLID = _chunk_of(r"[!-z~\r\n]")  # of what all encodings write
_ENCODED = _chunk_of(r"[A-Za-z0-9+/=_%~\r\n\\-]")
_RUN_LETTERS = re.compile(rf"[A-Za-z0-9+/=_%~\r\n\\-]{{0,{LONG_WORD}}}")
_IN_BLOCK = re.compile(r"[A-Za-z0-9+/=\r\n]+")
_LOOKS = 200  # at chunks that turn out to be words, before a text is searched all the same
_FAR = 2_000  # characters between the beginning of a line and what is encoded in it
_DATA_URI = re.compile(r"data:[\w.+-]{0,40}(?:/[\w.+-]{0,60})?(?:;[\w=.+-]{1,60}){0,4},(?=[^\s\"')]{60})")
_DATA = re.compile(r"(?:[A-Za-z0-9+/=%_.~!$&*@:;?-]|\\[nr/]|,|\(|\)(?=[A-Za-z0-9%]))+")
_BASE64_LINE = r"[ \t>\"'*#/]{0,12}[A-Za-z0-9+/]{48,200}={0,2}[\"',\\n ]{0,4}"
_BLOCK = re.compile(  # begun by a line's end, which is found twenty times as quickly as a line's beginning
    rf"\n(?=[ \t>\"'*#/]{{0,12}}+[A-Za-z0-9+/]{{36}})"  # of which most lines have none
    rf"((?:{_BASE64_LINE}\r?\n){{4,}}(?:[ \t]*[A-Za-z0-9+/]{{1,200}}={{0,2}}$)?)",
    re.M,
)
_RUN = re.compile(
    rf"(?<![A-Za-z0-9+/_-])(?=\S{{{LONG_WORD}}})"
    r"(?:[A-Za-z0-9+/_-]++|\\[nr/]|%[0-9A-Fa-f]{2})++={0,2}"
)
_HEX = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[\s,]{0,2}){100,}|(?:0x[0-9A-Fa-f]{1,8}[\s,]{1,12}){60,}"
)
_HEX_STEP = 140
_HEX_CHUNK = _chunk_of(r"[0-9A-Fa-fx\s,]", _HEX_STEP)
_UUENCODED = re.compile(r"^(?:M[!-`]{60}\r?\n){3,}(?:[!-M][!-`]{1,60}\r?\n)?", re.M)
_UUENCODED_CHUNK = _chunk_of(r"[!-`\r\n]")
_DRAWN = ("<path", "points=", "pathData")
_DRAWING = r"\s*(?P<quote>[\"'])(?P<path>[MmLlHhVvCcSsQqTtAaZz\d\s,.eE+-]{160,})(?P=quote)"
_PATH_CHUNK = _chunk_of(r"[MmLlHhVvCcSsQqTtAaZz\d\s,.eE+-]", 100)
_PATHS = (
    re.compile("=" + _DRAWING),
    re.compile(":" + _DRAWING),
)  # found quickly by what begins them
_PATH_NAME = re.compile(r"\b(?:d|points|path|values|transform|pathData)\s*\Z")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f\s>\"',]+")
_WORD = re.compile(r"[a-z]{4,}")
_LARGE, _SMALL, _DIGITS = (letters.encode() for letters in (ascii_uppercase, ascii_lowercase, ten_digits))
_SIGN = "\u2026"


def without_noise(document: Document) -> Document:
    """The document without what only machines read. Raises UnreadableKind where nothing else is in it."""
    text = document.text
    is_solid = _SOLID.match(text) is not None
    spans = list(_noise(text)) if is_solid and _may_be_encoded(text) else []
    if "<" in text and _PATH_CHUNK.match(text) and any(sign in text for sign in _DRAWN):
        spans.extend(_drawn(text))
    if is_solid and _UUENCODED_CHUNK.match(text) and ("\nbegin " in text or text.startswith("begin ")):
        spans.extend(match.span() for match in _UUENCODED.finditer(text))
    if not spans:
        return document
    cleaned, places = _cut(text, _merged(spans))
    if not any(c.isalpha() for c in cleaned.replace(_SIGN, "")):
        raise UnreadableKind("encoded data that a program made, not text")
    marks = tuple(replace(mark, start=_moved(mark.start, places)) for mark in document.marks)
    pictures = tuple((_moved(at, places), address, words) for at, address, words in document.pictures)
    return replace(document, text=cleaned, marks=_apart(marks, len(cleaned)), pictures=pictures)


def _may_be_encoded(text: str) -> bool:
    """Whether a chunk looks so: not as rules of `====`, long names and addresses do."""
    at = 0
    for _ in range(_LOOKS):
        if (match := _ENCODED.match(text, at)) is None:
            return False
        at = match.end()
        chunk = text[at - _CHUNK : at]
        if _looks_random(chunk, share=0.05, words=0.5) and (
            _IN_BLOCK.fullmatch(chunk) or _length_of_run(text, at) >= LONG_WORD
        ):
            return True
        repeated = text[at - _CHUNK : at + 300]
        if len(set(repeated)) <= 3 and (repeated[0].isalnum() or "\n" not in repeated):
            return True
        line = text.rfind("\n", max(at - _FAR, 0), at) + 1
        if "data:" in text[line or max(at - _FAR, 0) : at]:
            return True
    return True


def _length_of_run(text: str, at: int) -> int:
    """Characters around the end of a chunk, as far as they count, that encodings write."""
    before = text[max(at - LONG_WORD, 0) : at][::-1]
    return sum(len(run[0]) for run in (_RUN_LETTERS.match(before), _RUN_LETTERS.match(text, at)) if run)


def _drawn(text: str) -> Iterator[tuple[int, int]]:
    for pattern in _PATHS:
        for match in pattern.finditer(text):
            if _PATH_NAME.search(text, max(0, match.start() - 20), match.start()):
                yield match.span("path")


def _noise(text: str) -> Iterator[tuple[int, int]]:
    for match in _DATA_URI.finditer(text):
        data = _DATA.match(text, match.end())
        if data is not None:
            yield match.end(), data.end()
    for match in _BLOCK.finditer("\n" + text):
        if _looks_random(match[1]):
            yield match.start(1) - 1, match.end(1) - 1
    for start, end in long_words(text):
        for match in _RUN.finditer(text, start, end):
            if len(match[0]) >= LONG_WORD and _looks_random(match[0]):
                yield match.span()
    for start, end in _hexadecimal(text):
        for match in _HEX.finditer(text, start, end):
            if any(c.isalpha() for c in match[0][:400]) and any(c.isdigit() for c in match[0][:400]):
                yield match.span()


def _hexadecimal(text: str) -> list[tuple[int, int]]:
    """Where bytes may be written out: of two hundred characters of them one of the samples is within."""
    near: list[tuple[int, int]] = []
    at = 0
    while match := _HEX_CHUNK.match(text, at):
        at = match.end()
        near.append((max(at - _CHUNK - _HEX_STEP, 0), at + _HEX_STEP))
    return _merged(near)


def _looks_random(run: str, *, share: float = 0.1, words: float = 0.25) -> bool:
    """Whether letters and digits follow each other as no language has them: a share of both large and small
    letters, and no more than so much of it in words."""
    sample = run[:2_000]
    signs = sample.encode("ascii", "replace")
    large, small, digits = (
        len(signs) - len(signs.translate(None, letters)) for letters in (_LARGE, _SMALL, _DIGITS)
    )
    if digits > 0.2 * len(sample) and bool(small) != bool(large) and _HEXADECIMAL.fullmatch(sample):
        return True
    if small and large and digits:
        in_words = sum(map(len, _WORD.findall(sample)))
        return min(large, small) > share * len(sample) and in_words < words * len(sample)
    return len(set(sample)) <= 3 and len(sample) > 400  # AAAA...: an empty picture


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _cut(text: str, spans: list[tuple[int, int]]) -> tuple[str, list[tuple[int, int, int]]]:
    """The text with a sign and its line ends for each span; (end, shift behind it, place of the sign)."""
    parts: list[str] = []
    places: list[tuple[int, int, int]] = []
    at = length = 0
    for start, end in spans:
        sign = _SIGN + "\n" * text.count("\n", start, end)
        parts += [text[at:start], sign]
        length += start - at
        places.append((end, length + len(sign) - end, length))
        length += len(sign)
        at = end
    parts.append(text[at:])
    return "".join(parts), places


def _moved(start: int, places: list[tuple[int, int, int]]) -> int:
    """Where a place of the old text is in the new one; inside a span it is at its sign."""
    number = bisect_right(places, start, key=lambda place: place[0])
    shifted = start + (places[number - 1][1] if number else 0)
    return min(shifted, places[number][2]) if number < len(places) else shifted


def _apart(marks: tuple[Mark, ...], length: int) -> tuple[Mark, ...]:
    """Of marks that now stand at one place, the last."""
    by_place = {mark.start: mark for mark in marks if mark.start < length}
    return tuple(by_place[start] for start in sorted(by_place))
