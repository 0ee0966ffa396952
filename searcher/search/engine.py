"""A query through the table: meaning, words, fusion, one result a document."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from searcher.embedding import Embedder
from searcher.embedding.base import Vectors, cut
from searcher.paths import from_stored
from searcher.records import Hit, Passage
from searcher.search.analyzer import terms
from searcher.search.query import Query
from searcher.search.snippets import snippet
from searcher.search.sql import condition
from searcher.store import Store

CANDIDATES = 200
_COLUMNS = [
    "id", "doc_id", "path", "folder", "kind", "title", "language", "page", "line_start", "line_end",
    "heading",     "symbol", "anchor", "text", "terms", "size", "mtime_ns", "doc_hash", "date",
]  # fmt: skip


@dataclass(slots=True)
class Candidate:
    """A passage on its way to being a hit."""

    row: dict[str, Any]
    cosine: float | None = None
    words: float = 0.0  # share of the query's weight of words it holds
    score: float = 0.0


def candidates(store: Store, query: Query, vector: Vectors | None, *, mode: str) -> list[Candidate]:
    """Passages by meaning, by words or both, best first."""
    where = condition(query)
    found: dict[str, Candidate] = {}
    if vector is not None and mode != "words":
        for row in store.read(lambda table: _by_meaning(table, vector, where, store.live.dim)):
            found[row["id"]] = Candidate(row, cosine=1.0 - row.pop("_distance"))
    wanted = terms(query.text)
    if wanted and mode != "meaning":
        for row in store.read(lambda table: _by_words(table, wanted, where)):
            row.pop("_score", None)
            found.setdefault(row["id"], Candidate(row))
    ranked = list(found.values())
    _weigh(ranked, set(wanted))
    for candidate in ranked:
        meaning = candidate.cosine if candidate.cosine is not None else 0.0
        candidate.score = candidate.words if mode == "words" else meaning
        if mode == "hybrid":
            candidate.score += 0.05 * candidate.words
    return sorted(ranked, key=lambda c: -c.score)


def _by_meaning(table: Any, vector: Vectors, where: str | None, dim: int) -> list[dict[str, Any]]:
    search = table.search(cut(vector, dim)[0].astype(np.float16), vector_column_name="vector")
    search = search.distance_type("cosine").select([*_COLUMNS, "_distance"]).limit(CANDIDATES)
    return (search.where(where) if where else search).to_list()


def _by_words(table: Any, wanted: Sequence[str], where: str | None) -> list[dict[str, Any]]:
    if not any(index.name == "terms_idx" for index in table.list_indices()):
        return []
    search = table.search(" ".join(wanted), query_type="fts", fts_columns="terms")
    search = search.select([*_COLUMNS, "_score"]).limit(CANDIDATES)
    return (search.where(where) if where else search).to_list()


def _weigh(ranked: list[Candidate], wanted: set[str]) -> None:
    """How much of the query's words each candidate holds, rare words counting more."""
    if not wanted:
        return
    held = [wanted & set(candidate.row["terms"].split()) for candidate in ranked]
    seen = {term: sum(term in words for words in held) for term in wanted}
    weight = {term: np.log1p(len(ranked) / (1 + seen[term])) if seen[term] else 1.0 for term in wanted}
    total = sum(weight.values())
    for candidate, words in zip(ranked, held, strict=True):
        candidate.words = float(sum(weight[term] for term in words) / total)


def hits(ranked: list[Candidate], query: Query, *, limit: int, offset: int = 0) -> list[Hit]:
    """One hit a document that still exists, its best passage first, identical files folded."""
    documents: dict[str, list[Candidate]] = {}
    copies: dict[str, set[str]] = {}
    for candidate in ranked:
        key = candidate.row["doc_hash"]
        copies.setdefault(key, set()).add(candidate.row["path"])
        passages = documents.setdefault(key, [])
        if not passages or passages[0].row["path"] == candidate.row["path"]:
            passages.append(candidate)
    shown: list[Hit] = []
    for key, passages in documents.items():
        if len(shown) == offset + limit:
            break
        row = passages[0].row
        try:
            status = from_stored(row["path"]).stat()
        except OSError:
            continue
        stale = (status.st_size, status.st_mtime_ns) != (row["size"], row["mtime_ns"])
        others = sorted(copies[key] - {row["path"]})
        shown.append(_hit(len(shown) + 1, passages, query, stale=stale, copies=others))
    return shown[offset:]


def _hit(rank: int, passages: list[Candidate], query: Query, *, stale: bool, copies: list[str]) -> Hit:
    best = passages[0]
    row = best.row
    text, marked = snippet(row["text"], query.text, code=row["kind"] == "code")
    return Hit(
        rank=rank, path=row["path"], title=row["title"], score=round(best.score, 4), cosine=best.cosine,
        match=_label(best), kind=row["kind"], language=row["language"], page=row["page"],
        line_start=row["line_start"], line_end=row["line_end"], heading=row["heading"], symbol=row["symbol"],
        snippet=text, highlights=marked, chunk_id=row["id"], anchor=row["anchor"], stale=stale, copies=copies,
        modified=datetime.fromtimestamp(row["mtime_ns"] / 1e9).astimezone().isoformat(timespec="seconds"),
        passages=[_passage(other, query) for other in passages[1:4]],
    )  # fmt: skip


def _passage(candidate: Candidate, query: Query) -> Passage:
    row = candidate.row
    text, marked = snippet(row["text"], query.text, code=row["kind"] == "code")
    return Passage(
        cosine=candidate.cosine, page=row["page"], line_start=row["line_start"], line_end=row["line_end"],
        heading=row["heading"], symbol=row["symbol"], anchor=row["anchor"], snippet=text, highlights=marked,
        chunk_id=row["id"],
    )  # fmt: skip


def _label(candidate: Candidate) -> str:
    if candidate.cosine is None:
        return "likely" if candidate.words > 0.6 else "weak"
    return "strong" if candidate.cosine > 0.86 else "likely" if candidate.cosine > 0.82 else "weak"


def embed_query(embedder: Embedder, query: Query, task: str) -> tuple[Vectors | None, float]:
    """float32 (1, native_dim) and the milliseconds it took; None for a query without words."""
    if not query.text.strip():
        return None, 0.0
    start = time.perf_counter()
    vector = embedder.embed_full([query.text], kind="query", task=task)
    return vector, (time.perf_counter() - start) * 1000
