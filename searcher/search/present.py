"""Ranked documents to hits: full rows fetched, files looked at on disk, snippets cut."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from searcher.errors import IndexUnreachable
from searcher.objects import container, is_address
from searcher.paths import from_stored, to_stored
from searcher.query import Query
from searcher.records import Hit, Passage
from searcher.search.candidates import Candidate
from searcher.search.documents import RankedDocument
from searcher.search.freshness import Freshness
from searcher.search.sentences import Nearest
from searcher.search.snippets import Excerpt, asked, excerpt
from searcher.store import Store
from searcher.store.reader import fetch
from searcher.store.small import shown_of
from searcher.text import language

Label = Callable[[Candidate], str]

_FIRST = 3  # hits in another language than the query's that are marked for their meaning though weak


def hits(
    store: Store,
    documents: Iterable[RankedDocument],
    query: Query,
    label: Label,
    *,
    limit: int,
    offset: int = 0,
    freshness: Freshness,
    nearest: Nearest | None = None,
) -> list[Hit]:
    """Hits number `offset` + 1 on, at most `limit`, of documents whose files still exist. `nearest` marks
    those that hold no word of the query, the weak ones only among the first and across languages."""
    shown: list[Hit] = []
    skipped = 0
    waiting = list(documents)
    while waiting and len(shown) < limit:
        batch, waiting = waiting[: limit + offset], waiting[limit + offset :]
        rows = shown_of(store, [c.row["id"] for document in batch for c in document.passages])
        paths = _paths(store, [copy for document in batch for copy in document.copies])
        for document in batch:
            if len(shown) == limit:
                break
            row = rows.get(document.best.row["id"])
            if row is None:
                continue
            there: tuple[Path, os.stat_result | None] | None = from_stored(row["path"]), None
            if not _is_elsewhere(store, row):
                there = freshness.whereabouts(row)
            if there is None:
                continue
            if skipped < offset:
                skipped += 1
                continue
            copies = [paths[copy] for copy in document.copies if copy in paths]
            rank = offset + len(shown) + 1
            hit = _hit(rank, document, row, rows, there, copies, query, label, freshness, nearest)
            shown.append(replace(hit, source=_machine(store, row)) if there[1] is None else hit)
    return shown


def _hit(
    rank: int,
    document: RankedDocument,
    row: dict[str, Any],
    rows: dict[str, dict[str, Any]],
    there: tuple[Path, os.stat_result | None],
    copies: list[str],
    query: Query,
    label: Label,
    freshness: Freshness,
    nearest: Nearest | None,
) -> Hit:
    """`row` is that of the best passage, `rows` those of all by id, `there` where the file is now; without a
    status for one on another machine, which is as it was indexed for all that is known here."""
    path, status = there
    text, stale = freshness.text(row, path, status) if status else (str(row["text"]), False)
    changed = status.st_mtime if status else row["mtime_ns"] / 1e9
    match = label(document.best)
    own, of_query = "en" if row["kind"] == "code" else row["language"], language.of_query(query.text)
    foreign = rank <= _FIRST and of_query is not None and own != of_query
    shown = _excerpt(text, row, query, nearest if match != "weak" or foreign else None)
    first, last = _lines(row, text, shown)
    modified = datetime.fromtimestamp(changed).astimezone().isoformat(timespec="seconds")
    best = document.best
    others = [c for c in document.passages[1:] if c.row["id"] in rows]
    return Hit(
        rank=rank,
        path=to_stored(path) if status else row["path"],
        title=row["title"],
        score=round(best.score, 4),
        cosine=None if best.cosine is None else round(best.cosine, 4),
        match=match,
        kind=row["kind"],
        language=row["language"],
        page=row["page"],
        line_start=first,
        line_end=last,
        heading=row["heading"],
        symbol=row["symbol"],
        snippet=shown.text,
        highlights=shown.highlights,
        chunk_id=row["id"],
        modified=modified,
        date=_date(best.row["date"], modified),
        anchor=row["anchor"],
        passages=[_passage(c, rows[c.row["id"]], query) for c in others],
        copies=copies,
        stale=stale,
    )


def _is_elsewhere(store: Store, row: dict[str, Any]) -> bool:
    """Whether its file is on another machine, or an object."""
    return is_address(row["path"]) or (bool(store.source) and row["source"] != store.source)


def _machine(store: Store, row: dict[str, Any]) -> str:
    """What the machine that wrote a row is called, or the address of the bucket that an object is in."""
    if is_address(row["path"]):
        return container(row["path"])
    try:
        names = store.at.sources() if store.at is not None else {}
    except IndexUnreachable:
        names = {}
    return names.get(row["source"], str(row["source"]))


def _passage(candidate: Candidate, row: dict[str, Any], query: Query) -> Passage:
    shown = _excerpt(row["text"], row, query, None)
    first, last = _lines(row, row["text"], shown)
    return Passage(
        cosine=None if candidate.cosine is None else round(candidate.cosine, 4),
        page=row["page"],
        line_start=first,
        line_end=last,
        heading=row["heading"],
        symbol=row["symbol"],
        anchor=row["anchor"],
        snippet=shown.text,
        highlights=shown.highlights,
        chunk_id=row["id"],
    )


def _excerpt(text: str, row: dict[str, Any], query: Query, nearest: Nearest | None) -> Excerpt:
    """By the query's words, or by meaning where none of them is there."""
    kind, of_text, of_query = row["kind"], row["language"], language.of_query(query.text)
    is_written = nearest is None or asked(
        query.text, text, code=kind == "code", language=of_text, spoken_in=of_query
    )
    sentence = None if nearest is None or is_written else nearest.sentence(text, kind)
    return excerpt(text, query.text, kind=kind, language=of_text, spoken_in=of_query, sentence=sentence)


def _lines(row: dict[str, Any], text: str, shown: Excerpt) -> tuple[int | None, int | None]:
    """Of the file, where what is shown stands; the whole passage's where its text is not line for line the
    file's."""
    first, last = row["line_start"], row["line_end"]
    if first is None or last is None or text.rstrip("\n").count("\n") != last - first:
        return first, last
    begins = min(first + shown.line, last)
    return begins, min(begins + shown.lines - 1, last)


def _date(seconds: int | None, modified: str) -> str:
    """The document's own day, ISO, where the person is; else that of its last change."""
    try:
        return datetime.fromtimestamp(seconds or 0).date().isoformat() if seconds else modified[:10]
    except (OverflowError, OSError, ValueError):
        return modified[:10]


def _paths(store: Store, doc_ids: list[str]) -> dict[str, str]:
    if not doc_ids:
        return {}
    listed = ", ".join(f"'{name}'" for name in doc_ids)
    rows = fetch(store, f"doc_id IN ({listed}) AND ordinal = 0", ["doc_id", "path"])
    return {row["doc_id"]: row["path"] for row in rows}
