"""How near a document's parts are to each other, beside the nearest of other documents: what it means that
documents are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.search.background import Background
from searcher.search.labels import Standing
from searcher.search.sample import Sample
from searcher.search.scale import Scale, scale
from searcher.store import Store
from searcher.store.lance import LanceTable
from searcher.store.reader import nearest, vectors_of

_DOCUMENTS = 40  # that are taken apart
_LONG = 4  # passages of one that is
_LONGEST = 64
_ITSELF = 0.999  # cosine from which a passage is the document itself


def cases_of_documents(
    store: Store, sample: Sample, background: Background | None
) -> tuple[list[Standing], list[bool]]:
    """Of longer documents, the first half asked for: where the second stands, which is right, and where the
    nearest of the other documents does, which seldom is."""
    standings, right = [], []
    for rows in _long_documents(store):
        half = len(rows) // 2
        asked, rest = direction_of(rows[:half]), np.stack([row["full"] for row in rows[half:]])
        above = scale_of(asked, sample, background)
        others = nearest(store, asked, f"doc_id != '{rows[0]['doc_id']}'", 1)
        if others:
            beside = np.stack([row["full"] for row in others])
            standings += [Standing(float(above.of(part).max()), 0.0) for part in (rest, beside)]
            right += [True, False]
    return standings, right


def direction_of(rows: Sequence[dict[str, Any]]) -> Vectors:
    """What passages mean together, float32 (native_dim,), L2-normalised."""
    mean = sum(row["full"] for row in rows) / len(rows)
    return np.asarray(mean / max(float((mean @ mean) ** 0.5), 1e-12), np.float32)


def scale_of(document: Vectors, sample: Sample, background: Background | None) -> Scale:
    """How far passages stand above the library for a document, float32 (native_dim,), whose own are left
    out."""
    if sample.vectors is None:
        return scale(document, sample, background, None)
    others = sample.vectors[sample.vectors @ document < _ITSELF]
    return scale(document, replace(sample, vectors=others if len(others) else None), background, None)


def _long_documents(store: Store) -> list[list[dict[str, Any]]]:
    """Evenly spaced over those with enough passages, each with its passages in their order."""

    def ask(table: LanceTable) -> list[str]:
        search = table.search().where(f"ordinal = {_LONG - 1} AND vector IS NOT NULL").select(["doc_id"])
        return sorted(search.limit(100_000).to_arrow()["doc_id"].to_pylist())

    owners = store.read(ask)
    count = min(len(owners), _DOCUMENTS)
    chosen = ", ".join(f"'{owners[n * len(owners) // count]}'" for n in range(count))
    if not chosen:
        return []
    rows = vectors_of(store, f"doc_id IN ({chosen}) AND ordinal < {_LONGEST} AND vector IS NOT NULL")
    rows.sort(key=lambda row: (row["doc_id"], row["ordinal"]))
    return [list(own) for _, own in groupby(rows, key=lambda row: row["doc_id"])]
