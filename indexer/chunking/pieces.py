"""The smallest stretches a passage is put together from, and how good a cut before each would be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

Count = Callable[[Sequence[str]], list[int]]

# how good a cut is: the larger the better. Below SENTENCE it goes through a sentence.
SECTION, BLOCK, LINE, SENTENCE, WORD, CHARACTER = 6.0, 5.0, 4.0, 3.0, 1.0, 0.0
THROUGH_SENTENCE = 2.0

_BATCH = 256  # texts a call of the tokenizer
_CHARACTERS_A_TOKEN = 4  # more than any script has on average: only to bound what is counted at once

_SPACE = re.compile(r"\s+")
_PUNCTUATION = re.compile(r"[,;:|/\\)\]}>،、，；：]+")
_UNCUTTABLE_AFTER = "\r\u200d"
_VARIATION = re.compile(r"[\u0300-\u036f\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u0900-\u0903\u093a-\u094f]")


@dataclass(frozen=True, slots=True)
class Piece:
    """text[start:end]; `level` is how good a cut before it is, `tokens` are its own alone."""

    start: int
    end: int
    level: float
    tokens: int = 0


class Measure:
    """Counts tokens of stretches of one text, without what the model adds around every text."""

    def __init__(self, text: str, count: Count) -> None:
        self.text, self._count = text, count
        self.overhead = count([""])[0]

    def tokens(self, texts: Sequence[str]) -> list[int]:
        return [max(0, n - self.overhead) for n in self._count(texts)] if texts else []

    def whole(self, texts: Sequence[str]) -> list[int]:
        """With prefix and special tokens."""
        return self._count(texts) if texts else []

    def sized(self, pieces: Iterable[Piece], *, most: int, grain: int) -> Iterator[Piece]:
        """The pieces with their tokens; those over `most` in parts of at most `grain`, cut at words, else
        at characters."""
        source = self._cut_long(pieces, 2 * most * _CHARACTERS_A_TOKEN, grain * _CHARACTERS_A_TOKEN)
        while batch := list(islice(source, _BATCH)):
            yield from self._refined(batch, most, grain)

    def _cut_long(self, pieces: Iterable[Piece], longest: int, size: int) -> Iterator[Piece]:
        for piece in pieces:
            if piece.end - piece.start <= longest:
                yield piece
            else:
                yield from parts(self.text, piece, size)

    def _refined(self, batch: list[Piece], most: int, grain: int) -> Iterator[Piece]:
        counts = self.tokens([self.text[p.start : p.end] for p in batch])
        for piece, tokens in zip(batch, counts, strict=True):
            length = piece.end - piece.start
            if tokens <= most or length <= 1:
                yield Piece(piece.start, piece.end, piece.level, tokens)
                continue
            smaller = list(parts(self.text, piece, max(1, min(length * grain // tokens, length // 2))))
            if len(smaller) == 1:
                yield Piece(piece.start, piece.end, piece.level, tokens)
            else:
                yield from self._refined(smaller, most, grain)


def parts(text: str, piece: Piece, size: int) -> Iterator[Piece]:
    """`piece` in parts of at most about `size` characters; linear in its length."""
    start, level = piece.start, piece.level
    while piece.end - start > size:
        end, next_level = _cut(text, start, start + size, piece.end)
        if end >= piece.end:
            break
        yield Piece(start, end, level)
        start, level = end, next_level
    yield Piece(start, piece.end, level)


def _cut(text: str, start: int, limit: int, end: int) -> tuple[int, float]:
    """The last place to cut in the second half of [start, wanted]: after white space, after punctuation,
    else between two characters that are not one to a reader."""
    low = start + max(1, (limit - start) // 2)
    for pattern, level in ((_SPACE, WORD), (_PUNCTUATION, WORD / 2)):
        last = None
        for match in pattern.finditer(text, low, limit):
            last = match
        if last is not None and last.end() < end:
            return last.end(), level
    cut = limit
    while cut < end and (text[cut - 1] in _UNCUTTABLE_AFTER or _VARIATION.match(text[cut])):
        cut += 1
        if cut - limit > 32:  # a tower of combining marks: no reader to protect
            return limit, CHARACTER
    return cut, CHARACTER


def tiles(start: int, end: int, cuts: Iterable[tuple[int, float]], first: float) -> Iterator[Piece]:
    """Pieces between increasing (offset, level) cuts inside [start, end)."""
    edges = [(start, first), *((o, level) for o, level in cuts if start < o < end), (end, first)]
    for (low, level), (high, _) in pairwise(edges):
        if low < high:
            yield Piece(low, high, level)
