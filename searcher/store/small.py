"""Questions to a table that is small, answered from memory.

Any question takes the table 5 ms of processor time, however few rows there are: half of what a query of a
small library cost. So the rows of one version are read at once, and words alone are asked for in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.store import reader
from searcher.store.lance import LanceTable
from searcher.store.reader import RANKED, WIDER, full_vectors, vector_columns
from searcher.store.table import Store

MOST = 5_000  # passages: 25 MB with 384 dimensions
SHOWN = [
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
]  # what a hit shows

Row = dict[str, Any]


class SmallTable:
    """The rows of one version. Whoever is given rows leaves them as they are: they are everybody's."""

    def __init__(self, table: LanceTable, store: Store) -> None:
        shown = _columns(store)
        names = dict.fromkeys([*RANKED, "doc_id", *shown, *vector_columns(store.layout)])
        rows = table.search().select(list(names)).limit(MOST * 2).to_arrow()
        self._store = store
        self.rows: list[Row] = rows.select([*RANKED, "doc_id"]).to_pylist()
        self._at = {row["id"]: number for number, row in enumerate(self.rows)}
        self._shown = rows.select(["id", *shown])
        full = full_vectors(rows, store.layout)
        self._embedded = np.flatnonzero(rows["vector"].is_valid().to_numpy())
        for row in self.rows:
            row["full"] = None
        for number, vector in zip(self._embedded.tolist(), full, strict=True):
            self.rows[number]["full"] = vector
        reduced = rows["vector"].drop_null().combine_chunks().flatten().to_numpy().astype(np.float32)
        reduced = reduced.reshape(len(self._embedded), store.layout.dim)
        self._reduced = reduced / np.maximum(np.linalg.norm(reduced, axis=1, keepdims=True), 1e-12)

    def nearest(self, query: Vectors, where: str | None) -> list[Row]:
        """All rows with a vector that satisfy a condition, by cosine with `query`, float32 (native_dim,)."""
        asked = self._store.layout.reduced(query[None])[0].astype(np.float16).astype(np.float32)
        order = np.argsort(-(self._reduced @ asked), kind="stable")
        rows = [self.rows[number] for number in self._embedded[order].tolist()]
        if where is None:
            return rows
        allowed = self._satisfying(where)
        return [row for row in rows if row["id"] in allowed]

    def best(self, near: list[Row], query: Vectors, limit: int) -> list[Row]:
        """The first of `nearest`; where that is rough, by their full vectors."""
        if not self._store.live.turned or len(near) <= limit:
            return near[:limit]
        near = near[: limit * WIDER]
        order = np.argsort(-(np.stack([row["full"] for row in near]) @ query), kind="stable")
        return [near[number] for number in order[:limit].tolist()]

    def with_words(self, terms: Sequence[str], where: str | None) -> list[Row]:
        """All rows with one of the terms, by BM25; of those that are as good, in the order of the table."""
        scores = reader.scores_by_words(self._store, terms, where, len(self.rows))
        ordered = sorted((-score, self._at[name]) for name, score in scores if name in self._at)
        return [self.rows[number] for _, number in ordered]

    def shown(self, ids: Sequence[str]) -> dict[str, Row]:
        """What is shown of rows, by id."""
        numbers = [self._at[name] for name in ids if name in self._at]
        return {row["id"]: row for row in self._shown.take(numbers).to_pylist()} if numbers else {}

    def _satisfying(self, where: str) -> frozenset[str]:
        return frozenset(row["id"] for row in reader.fetch(self._store, where, ["id"]))


def small(store: Store) -> SmallTable | None:
    """That of the version which is read now; None for a large table, and for one that is written here: its
    versions are too many."""
    if store.count() <= MOST:  # of a large one the version need not be asked for
        store.look()
    return _remembered(store)


def _remembered(store: Store) -> SmallTable | None:
    if not store.behind or store.count() > MOST:
        return None
    return store.read(lambda table: store.once(table, "small", lambda: SmallTable(table, store)))


def _columns(store: Store) -> list[str]:
    """What a hit shows; of an index that several machines write, also whose it is."""
    return [*SHOWN, "source"] if store.source else SHOWN


def shown_of(store: Store, ids: Sequence[str]) -> dict[str, Row]:
    """What a hit shows of passages, by id."""
    rows = _remembered(store)
    return rows.shown(ids) if rows is not None else reader.by_id(store, ids, _columns(store))
