"""Documents to passages sized by the embedding model's own tokens."""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from indexer.language import detect
from searcher.records import Chunk, Document, Mark

_LEVELS = [
    re.compile(p)
    for p in (r"\n[ \t]*\r?\n\s*", r"\n", r"(?<=[.!?…])\s+|(?<=[。！？؟])", r"\s+", r"(?s)(?<=.)")
]
_NO_MARK = Mark(0)


def chunk(
    document: Document,
    *,
    path: str,
    count: Callable[[Sequence[str]], list[int]],
    target: int,
    limit: int,
) -> list[Chunk]:
    """Passages whose spans tile the text, none over `limit` tokens as `count` sees them."""
    text = document.text
    bounds = sorted({0, len(text), *(mark.start for mark in document.marks)})
    lines = [m.start() for m in re.finditer(r"\r\n|\n|\r", text)]
    starts = [mark.start for mark in document.marks]
    chunks: list[Chunk] = []
    for start, end in itertools.pairwise(bounds):
        mark = (
            document.marks[bisect.bisect_right(starts, start) - 1]
            if starts and starts[0] <= start
            else _NO_MARK
        )
        for low, high in _pieces(text, start, end, count, min(target, limit), 0):
            piece = text[low:high]
            if not piece.strip():
                continue
            first = low + len(piece) - len(piece.lstrip())
            last = low + len(piece.rstrip()) - 1
            heading = " > ".join(mark.heading) or None
            context = " > ".join(
                filter(None, [document.title, heading if heading != document.title else None])
            )
            tokens = count([f"{context}\n{piece}"])[0]
            if tokens > limit:
                context, tokens = "", count([piece])[0]
            chunks.append(
                Chunk(
                    ordinal=len(chunks), text=piece, char_start=low, char_end=high, context=context,
                    tokens=tokens,
                    page=mark.page, heading=heading, anchor=mark.anchor, symbol=mark.symbol,
                    symbol_kind=mark.symbol_kind, language=document.language or detect(piece),
                    line_start=bisect.bisect_left(lines, first) + 1 if document.has_lines else None,
                    line_end=bisect.bisect_left(lines, last) + 1 if document.has_lines else None,
                )
            )  # fmt: skip
    return chunks


def _pieces(
    text: str, start: int, end: int, count: Callable[[Sequence[str]], list[int]], target: int, level: int
) -> Iterator[tuple[int, int]]:
    """Spans of at most `target` tokens: split at the highest level that helps, small neighbours merged."""
    if start == end:
        return
    if level == len(_LEVELS) or count([text[start:end]])[0] <= target:
        yield start, end
        return
    cuts = [m.end() for m in _LEVELS[level].finditer(text, start, end) if start < m.end() < end]
    edges = [start, *cuts, end]
    sizes = count([text[a:b] for a, b in itertools.pairwise(edges)])
    low, total = start, 0
    for size, (a, _b) in zip(sizes, itertools.pairwise(edges), strict=True):
        if low < a and total + size > target:
            yield from _pieces(text, low, a, count, target, level + 1) if total > target else [(low, a)]
            low, total = a, 0
        total += size
    yield from _pieces(text, low, end, count, target, level + 1) if total > target else [(low, end)]
