"""Documents like a document, or like one passage of it: its vectors are the question."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from searcher.errors import FolderError
from searcher.paths import to_stored
from searcher.query import parse
from searcher.records import Answer
from searcher.search import engine, envelope, labels
from searcher.search.alike import direction_of, scale_of
from searcher.search.candidates import Candidate
from searcher.search.documents import grouped
from searcher.search.envelope import Stopwatch
from searcher.search.freshness import Freshness
from searcher.search.generation import Generation
from searcher.store import Store
from searcher.store.reader import nearest, owner_of, vectors_of


def unknown(path: str | os.PathLike[str]) -> FolderError:
    """Said of every path alike that is not indexed."""
    return FolderError(f"{path} is not in the index; `searcher explain '' {path}` says why")


def similar(
    generation: Generation,
    path: str | os.PathLike[str],
    line: int | None,
    freshness: Freshness,
    *,
    limit: int = 10,
) -> Answer:
    """Raises FolderError for a document that is not indexed, IndexDamaged."""
    watch, store = Stopwatch(), generation.store
    stored, rows = _passages(store, path)
    if line is not None:
        rows = [r for r in rows if r["line_start"] and r["line_start"] <= line <= r["line_end"]] or rows[:1]
    if not rows:
        raise unknown(path)
    vector = direction_of(rows)
    others = nearest(store, vector, f"doc_id != '{rows[0]['doc_id']}'", engine.CANDIDATES)
    above = scale_of(vector, generation.sample, generation.background)
    ranked = []
    for row in others:
        cosine = float(row["full"] @ vector)
        near = float(above.of(row["full"]))
        ranked.append(Candidate(row, cosine=cosine, meaning=near, nearness=near, score=cosine))
    ranked.sort(key=lambda candidate: -candidate.score)
    documents = grouped(ranked)
    labeller = labels.of_similar(documents, generation.labels)
    return envelope.answer(
        generation,
        [document for document in documents if labeller.is_worth_showing(document.best)],
        labeller,
        freshness,
        watch,
        asked=stored,
        query=parse(""),
        mode="meaning",
        task="similar",
        limit=limit,
    )


def _passages(store: Store, path: str | os.PathLike[str]) -> tuple[str, list[dict[str, Any]]]:
    """The stored path and its passages that have a vector."""
    stored = path if isinstance(path, str) else to_stored(path)
    rows = vectors_of(store, f"doc_id = '{owner_of(store, stored)}' AND vector IS NOT NULL")
    if not rows:
        stored = to_stored(Path(path).expanduser().resolve())
        rows = vectors_of(store, f"doc_id = '{owner_of(store, stored)}' AND vector IS NOT NULL")
    return stored, rows
