"""Ranked documents to hits: full rows fetched, files looked at on disk, snippets cut."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from searcher.paths import from_stored, to_stored
from searcher.query import Query
from searcher.records import Document, Hit, Passage
from searcher.search import moved
from searcher.search.documents import RankedDocument
from searcher.search.fusion import Candidate
from searcher.search.snippets import snippet
from searcher.store import Store
from searcher.store.reader import by_id, fetch

Label = Callable[[Candidate], str]
Reread = Callable[[Path], Document]

_SHOWN = [
    "path",
    "folder",
    "kind",
    "title",
    "language",
    "page",
    "line_start",
    "line_end",
    "heading",
    "symbol",
    "anchor",
    "text",
    "char_start",
    "char_end",
    "size",
    "mtime_ns",
]


def hits(
    store: Store,
    found: Iterable[RankedDocument],
    query: Query,
    label: Label,
    *,
    limit: int,
    offset: int = 0,
    reread: Reread | None = None,
) -> list[Hit]:
    """Hits number `offset` + 1 on, at most `limit`, of documents whose files still exist."""
    shown: list[Hit] = []
    skipped = 0
    waiting = list(found)
    while waiting and len(shown) < limit:
        batch, waiting = waiting[: limit + offset], waiting[limit + offset :]
        rows = by_id(store, [c.row["id"] for document in batch for c in document.passages], _SHOWN)
        paths = _paths(store, [copy for document in batch for copy in document.copies])
        for document in batch:
            hit = _hit(document, rows, paths, query, label, reread)
            if hit is None:
                continue
            if skipped < offset:
                skipped += 1
            elif len(shown) < limit:
                shown.append(hit(offset + len(shown) + 1))
    return shown


def _hit(
    document: RankedDocument,
    rows: dict[str, dict[str, Any]],
    paths: dict[str, str],
    query: Query,
    label: Label,
    reread: Reread | None,
) -> Callable[[int], Hit] | None:
    """A function from rank to hit, or None when neither the file nor a copy of it is there any more."""
    row = rows.get(document.best.row["id"])
    if row is None:
        return None
    copies = [paths[copy] for copy in document.copies if copy in paths]
    there = _there(row)
    if there is None:
        return None
    path, status = there
    stale = (status.st_size, status.st_mtime_ns) != (row["size"], row["mtime_ns"])
    text = _reread(row, path, reread) if stale and reread else row["text"]
    stale = stale and (reread is None or text != row["text"])  # touched alone is not changed
    shown, marked = snippet(text, query.text, code=row["kind"] == "code", language=row["language"])
    modified = datetime.fromtimestamp(status.st_mtime).astimezone().isoformat(timespec="seconds")
    others = [c for c in document.passages[1:] if c.row["id"] in rows]
    best = document.best

    def at(rank: int) -> Hit:
        return Hit(
            rank=rank,
            path=to_stored(path),
            title=row["title"],
            score=round(best.score, 4),
            cosine=None if best.cosine is None else round(best.cosine, 4),
            match=label(best),
            kind=row["kind"],
            language=row["language"],
            page=row["page"],
            line_start=row["line_start"],
            line_end=row["line_end"],
            heading=row["heading"],
            symbol=row["symbol"],
            snippet=shown,
            highlights=marked,
            chunk_id=row["id"],
            modified=modified,
            anchor=row["anchor"],
            passages=[_passage(c, rows[c.row["id"]], query) for c in others],
            copies=copies,
            stale=stale,
        )

    return at


def _there(row: dict[str, Any]) -> tuple[Path, os.stat_result] | None:
    """Where the file is now, if it is anywhere in its folder."""
    path = from_stored(row["path"])
    try:
        return path, path.stat()
    except OSError:
        new = moved.find(from_stored(row["folder"]), path, row["size"], row["mtime_ns"])
    try:
        return (new, new.stat()) if new else None
    except OSError:
        return None


def _passage(candidate: Candidate, row: dict[str, Any], query: Query) -> Passage:
    text, marked = snippet(row["text"], query.text, code=row["kind"] == "code", language=row["language"])
    return Passage(
        cosine=None if candidate.cosine is None else round(candidate.cosine, 4),
        page=row["page"],
        line_start=row["line_start"],
        line_end=row["line_end"],
        heading=row["heading"],
        symbol=row["symbol"],
        anchor=row["anchor"],
        snippet=text,
        highlights=marked,
        chunk_id=row["id"],
    )


def _reread(row: dict[str, Any], path: Path, reread: Reread) -> str:
    """The same stretch of the file as it is now; the indexed text when it still stands somewhere in the file,
    or the file cannot be read."""
    try:
        text = reread(path).text
    except Exception:
        return str(row["text"])
    if row["text"] in text:
        return str(row["text"])
    part = text[row["char_start"] or 0 : row["char_end"] or len(text)]
    return part if part.strip() else str(row["text"])


def _paths(store: Store, doc_ids: list[str]) -> dict[str, str]:
    if not doc_ids:
        return {}
    listed = ", ".join(f"'{name}'" for name in doc_ids)
    rows = fetch(store, f"doc_id IN ({listed}) AND ordinal = 0", ["doc_id", "path"])
    return {row["doc_id"]: row["path"] for row in rows}
