"""Pieces to spans: each about as long as aimed at, cut where the text itself is cut."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.chunking.pieces import SENTENCE, WORD, Piece

_SHORTEST, _LONGEST, _TAIL = 0.6, 1.2, 0.25  # of the room
PIECE_SHARE = 8  # a cut sentence goes into parts of this share of the room; one of them is the overlap


@dataclass(slots=True)
class Span:
    """text[start:end] with its tokens; `overlap` characters of it also end the span before."""

    start: int
    end: int
    tokens: int
    overlap: int = 0


def pack(text: str, pieces: Iterable[Piece], *, room: int, most: int, overlap: bool) -> Iterator[Span]:
    """Spans over `pieces`, about `room` tokens each and never over `most`.

    Among equally good cuts the content decides, not the distance from the start, so that an edit moves
    only the cuts near it (content-defined chunking; Muthitacharoen et al. 2001). Without `overlap` the text
    is records: a span is rather short than that it ends within one."""
    low, high = room * _SHORTEST, min(room * _LONGEST, most - room // PIECE_SHARE)
    window: list[Piece] = []
    total = 0
    held: Span | None = None
    before: Piece | None = None  # the last piece of the span before
    for piece in pieces:
        while window and total + piece.tokens > high:
            at = _best(text, window, piece, low, whole=not overlap)
            span = _span(window[:at], before if overlap else None)
            if held:
                yield held
            before = window[at - 1] if at > 1 else None
            held, window = span, window[at:]
            total = sum(p.tokens for p in window)
        window.append(piece)
        total += piece.tokens
    if window:
        span = _span(window, before if overlap else None)
        if held and span.tokens < room * _TAIL and held.tokens + span.tokens <= most:
            held = Span(held.start, span.end, held.tokens + total, held.overlap)
        else:
            if held:
                yield held
            held = span
    if held:
        yield held


def _best(text: str, window: list[Piece], following: Piece, low: float, *, whole: bool) -> int:
    """How many pieces of the window make the next span; at least one."""
    best, best_key, total = len(window), (-1.0, 0), 0
    shorter = 0
    for index, piece in enumerate(window, 1):
        total += piece.tokens
        after = window[index] if index < len(window) else following
        if total < low and index < len(window):
            shorter = index if after.level >= SENTENCE else shorter
            continue
        key = (
            after.level,
            zlib.crc32(text[after.start : min(after.end, after.start + 64)].encode("utf-8", "replace")),
        )
        if key > best_key:
            best, best_key = index, key
    return shorter if whole and shorter and best_key[0] <= WORD else best


def _span(pieces: list[Piece], before: Piece | None) -> Span:
    first = pieces[0]
    tokens = sum(piece.tokens for piece in pieces)
    if before is None or first.level > WORD or before.tokens > tokens / 2:
        return Span(first.start, pieces[-1].end, tokens)
    return Span(before.start, pieces[-1].end, tokens + before.tokens, first.start - before.start)
