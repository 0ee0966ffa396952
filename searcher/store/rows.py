"""One extracted file as rows of the table."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from searcher.paths import doc_id
from searcher.records import Chunk, Document
from searcher.text.terms import terms


def chunk_hash(chunk: Chunk) -> str:
    """Of what the model reads; equal hashes share a vector."""
    return hashlib.blake2b(f"{chunk.context}\x1f{chunk.text}".encode(), digest_size=16).hexdigest()


def embedded_text(context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


def rows(
    document: Document,
    chunks: list[Chunk],
    *,
    path: str,
    folder: str,
    size: int,
    mtime_ns: int,
    doc_hash: str,
    gen: int,
    source: str = "",
) -> list[dict[str, Any]]:
    name = Path(path).name
    owner = doc_id(path, source)
    places = spread(len(chunks)) if document.mass else [None] * len(chunks)
    return [
        {
            "id": f"{owner}:{chunk.ordinal}",
            "doc_id": owner,
            "ordinal": chunk.ordinal,
            "path": path,
            "folder": folder,
            "source": source,
            "name": name.casefold(),
            "ext": Path(path).suffix.lstrip(".").lower(),
            "kind": document.kind,
            "title": document.title,
            "language": chunk.language,
            "page": chunk.page,
            "line_start": chunk.line_start,
            "line_end": chunk.line_end,
            "char_start": chunk.char_start,
            "char_end": chunk.char_end,
            "heading": chunk.heading,
            "anchor": chunk.anchor,
            "symbol": chunk.symbol,
            "symbol_kind": chunk.symbol_kind,
            "text": chunk.text,
            "context": chunk.context,
            "hash": chunk_hash(chunk),
            "doc_hash": doc_hash,
            "tokens": chunk.tokens,
            "terms": row_terms(
                title=document.title,
                names=document.names,
                path=path,
                kind=document.kind,
                language=chunk.language,
                heading=chunk.heading,
                symbol=chunk.symbol,
                text=chunk.text,
            ),
            "size": size,
            "mtime_ns": mtime_ns,
            "date": _date(document, mtime_ns),
            "tags": " ".join(document.tags),
            "gen": gen,
            "spread": place,
            "vector": None,
        }
        for chunk, place in zip(chunks, places, strict=True)
    ]


def spread(count: int) -> list[int]:
    """The place of each of so many passages in an order of which any beginning lies evenly over all of them;
    the first passage is the first."""
    bits = max(count - 1, 1).bit_length()
    ordered = sorted(range(count), key=lambda ordinal: int(f"{ordinal:0{bits}b}"[::-1], 2))
    places = [0] * count
    for place, ordinal in enumerate(ordered):
        places[ordinal] = place
    return places


def row_terms(
    *,
    title: str | None,
    path: str,
    kind: str,
    language: str | None,
    heading: str | None,
    symbol: str | None,
    text: str,
    names: tuple[str, ...] = (),
) -> str:
    """What a passage is found by, for the column `terms`. Code is found by its language's name as well, so
    that "python" in a query says nothing where all is Python; the words in its names are mostly English."""
    spoken = [title or "", *names, Path(path).name, heading or "", symbol or "", text]
    if kind == "code":
        return " ".join(terms(" ".join([language or "", *spoken]), ("en",)))
    return " ".join(terms(" ".join(spoken), (language or "en",)))


def _date(document: Document, mtime_ns: int) -> int:
    """Epoch seconds of the date a document gives itself, else of its last change."""
    try:
        return int(datetime.fromisoformat(document.date or "").timestamp())  # without a zone: local time
    except (ValueError, OverflowError, OSError):
        return mtime_ns // 1_000_000_000
