"""Documents like a document, or like one passage of it: its vectors are the question."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from searcher.embedding.base import Vectors
from searcher.errors import FolderError
from searcher.paths import doc_id, to_stored
from searcher.query import parse
from searcher.records import Answer
from searcher.search import engine, envelope, labels
from searcher.search.candidates import Candidate
from searcher.search.documents import grouped
from searcher.search.envelope import Stopwatch
from searcher.search.freshness import Freshness
from searcher.search.generation import Generation
from searcher.search.sample import Sample
from searcher.search.scale import Scale, scale
from searcher.store import Store
from searcher.store.reader import nearest, vectors_of

_ITSELF = 0.999  # cosine from which a passage is the document itself


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
        raise FolderError(f"{path} is not in the index; `searcher explain '' {path}` says why")
    mean = sum(row["full"] for row in rows) / len(rows)
    vector = mean / max(float((mean @ mean) ** 0.5), 1e-12)
    others = nearest(store, vector, f"doc_id != '{doc_id(stored)}'", engine.CANDIDATES)
    above = _scale(vector, generation.sample)
    ranked = [
        Candidate(row, cosine=float(row["full"] @ vector), meaning=float(above.of(row["full"])))
        for row in others
    ]
    for candidate in ranked:
        candidate.score = candidate.cosine or 0.0
    ranked.sort(key=lambda candidate: -candidate.score)
    documents = grouped(ranked)
    labeller = labels.of_similar(documents)
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
    rows = vectors_of(store, f"doc_id = '{doc_id(stored)}' AND vector IS NOT NULL")
    if not rows:
        stored = to_stored(Path(path).expanduser().resolve())
        rows = vectors_of(store, f"doc_id = '{doc_id(stored)}' AND vector IS NOT NULL")
    return stored, rows


def _scale(document: Vectors, sample: Sample) -> Scale:
    """How far passages stand above the library for a document, float32 (native_dim,), whose own are left
    out."""
    if sample.vectors is None:
        return scale(document, sample, None, None)
    others = sample.vectors[sample.vectors @ document < _ITSELF]
    return scale(document, replace(sample, vectors=others if len(others) else None), None, None)
