"""Questions to the table. Filters always apply before the top-k, and every answer names its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors, cut
from searcher.embedding.int8 import dequantise
from searcher.store.table import Store

RANKED = [
    "id",
    "doc_id",
    "doc_hash",
    "hash",
    "name",
    "terms",
    "kind",
    "language",
    "folder",
    "date",
]  # what ranking looks at
_EXACT_MATCHES = 20_000  # rows a filter leaves; below, an exact scan is both quicker and complete


def nearest(store: Store, query: Vectors, where: str | None, limit: int) -> list[dict[str, Any]]:
    """Rows by cosine with `query`, float32 (native_dim,); each with its `full` vector, float32 (native_dim,)
    (or the scan dimension's, where the table keeps no more). Waiting rows are not among them."""
    reduced = cut(query[None], store.live.dim)[0].astype(np.float16)
    kept = _kept(store)

    def ask(table: Any) -> list[dict[str, Any]]:
        search = table.search(reduced, vector_column_name="vector").distance_type("cosine")
        search = search.select([*RANKED, kept, "_distance"]).limit(limit)
        if where:
            search = search.where(where)
        if any("vector" in index.columns for index in table.list_indices()):
            if where and table.count_rows(where) <= _EXACT_MATCHES:
                search = search.bypass_vector_index()
            else:
                search = search.nprobes(100).refine_factor(10)
        return _rows(search.to_arrow(), store)

    return store.read(ask)


def with_words(store: Store, terms: Sequence[str], where: str | None, limit: int) -> list[dict[str, Any]]:
    """Rows by BM25 over the `terms` column; as `nearest`, but `full` is None for a waiting row."""
    kept = _kept(store)

    def ask(table: Any) -> list[dict[str, Any]]:
        search = table.search(" ".join(terms), query_type="fts", fts_columns="terms")
        search = search.select([*RANKED, kept, "_score"]).limit(limit)
        return _rows((search.where(where) if where else search).to_arrow(), store)

    return store.read(ask)


def fetch(store: Store, where: str, columns: Sequence[str], limit: int = 100_000) -> list[dict[str, Any]]:
    """Rows that satisfy a condition, in no order."""

    def ask(table: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = table.search().where(where).select(list(columns)).limit(limit).to_list()
        return rows

    return store.read(ask)


def by_id(store: Store, ids: Sequence[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows by id. Ids are hexadecimal and need no quoting."""
    if not ids:
        return {}
    listed = ", ".join(f"'{name}'" for name in ids)
    return {row["id"]: row for row in fetch(store, f"id IN ({listed})", ["id", *columns])}


def vectors_of(store: Store, where: str) -> list[dict[str, Any]]:
    """Rows with `id`, `ordinal`, their lines and `full` vector."""
    kept = _kept(store)

    def ask(table: Any) -> list[dict[str, Any]]:
        columns = ["id", "ordinal", "line_start", "line_end", kept]
        return _rows(table.search().where(where).select(columns).limit(100_000).to_arrow(), store)

    return store.read(ask)


def _kept(store: Store) -> str:
    return "full" if "full" in store.table.schema.names else "vector"


def _rows(table: Any, store: Store) -> list[dict[str, Any]]:
    """Arrow to plain rows, vectors straight into numpy."""
    kept = _kept(store)
    column = table[kept].combine_chunks()
    rows: list[dict[str, Any]] = table.drop_columns([kept]).to_pylist()
    present = column.drop_null()
    if kept == "full":
        raw = np.frombuffer(b"".join(present.to_pylist()), np.int8).reshape(len(present), -1)
        vectors = dequantise(raw)
    else:
        flat = present.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
        vectors = flat.reshape(len(present), store.live.dim)
    each = iter(vectors)
    for row, known in zip(rows, column.is_valid().to_pylist(), strict=True):
        row["full"] = next(each) if known else None
    return rows
