"""Why a file is, or is not, among the answers to a query."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from searcher.embedding.base import Vectors
from searcher.paths import to_stored
from searcher.query import Query
from searcher.search import engine
from searcher.search.candidates import Candidate
from searcher.search.documents import grouped
from searcher.search.engine import Ranking
from searcher.search.narrowing import narrowing
from searcher.search.snippets import snippet
from searcher.store import Store
from searcher.store.reader import by_id, fetch, owner_of

_UNKNOWN = "not in the index: no such file was read into it"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where one file stands. Ranks are 1-based places among documents; None: beyond the candidates."""

    path: str
    indexed: bool
    reason: str  # one line that sums it up
    waiting: int = 0  # passages without a vector yet
    by_words: int = 0  # passages that get none: of mass data a few stand for the rest
    passages: int = 0
    filtered: bool = False  # the query's own filters leave it out
    rank: int | None = None
    rank_meaning: int | None = None
    rank_words: int | None = None
    cosine: float | None = None
    words: float | None = None  # share of the query's words' weight that the best passage holds
    snippet: str | None = None
    page: int | None = None
    line_start: int | None = None


def unknown(path: str | os.PathLike[str]) -> Explanation:
    """Said of every path alike: what there is outside the library is nobody's business."""
    return Explanation(os.fspath(path), False, _UNKNOWN)


def explain(
    store: Store, query: Query, vector: Vectors | None, ranking: Ranking, path: str | os.PathLike[str]
) -> Explanation:
    """Looks at one document among all, and alone."""
    stored = os.fspath(path)
    owner = owner_of(store, stored)
    columns = ["id", "vector", "path"]
    rows = fetch(store, f"doc_id = '{owner}'", columns)
    if not rows:
        stored = to_stored(Path(path).expanduser().resolve())
        owner = owner_of(store, stored)
        rows = fetch(store, f"doc_id = '{owner}'", columns)
    if not rows:
        return unknown(path)
    waiting = len(fetch(store, f"doc_id = '{owner}' AND {store.waiting}", ["id"]))
    by_words = sum(row["vector"] is None for row in rows) - waiting
    own = f"doc_id = '{owner}'"
    left = narrowing(store, query, own)
    if owner not in left.among([owner]) or (left.where and not fetch(store, left.where, ["id"], 1)):
        reason = "the query's filters, quoted words or excluded words leave it out"
        return Explanation(stored, True, reason, waiting, by_words, len(rows), filtered=True)
    best = engine.ranked(store, query, vector, ranking, mode="hybrid", where=own)
    ranks = {
        mode: _rank(engine.ranked(store, query, vector, ranking, mode=mode), owner)
        for mode in ("hybrid", "meaning", "words")
    }
    if not best:
        reason = "none of its passages has a vector yet, and none holds the query's words"
        return Explanation(stored, True, reason, waiting, by_words, len(rows))
    top = best[0]
    row = by_id(store, [top.row["id"]], ["text", "page", "line_start", "kind"])[top.row["id"]]
    text, _ = snippet(row["text"], query.text, code=row["kind"] == "code")
    return Explanation(
        stored,
        True,
        _reason(ranks["hybrid"], top),
        waiting,
        by_words,
        len(rows),
        rank=ranks["hybrid"],
        rank_meaning=ranks["meaning"],
        rank_words=ranks["words"],
        cosine=top.cosine,
        words=round(top.words, 3),
        snippet=text,
        page=row["page"],
        line_start=row["line_start"],
    )


def _rank(candidates: list[Candidate], owner: str) -> int | None:
    for number, document in enumerate(grouped(candidates), 1):
        if owner == document.doc_id or owner in document.copies:
            return number
    return None


def _reason(rank: int | None, best: Candidate) -> str:
    if rank is not None:
        return f"it is result {rank}"
    if best.words:
        return "others are nearer in meaning and hold more of the query's words"
    return "it holds none of the query's words, and others are nearer in meaning"
