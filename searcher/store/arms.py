"""Both arms of a query of a large table: rows and scores first, then the columns of all these rows together.

Each column of a row that an arm brings costs a read of its own; read together they take two thirds of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.store import reader
from searcher.store.lance import LanceTable
from searcher.store.reader import RANKED, full_vectors, nearest, vector_columns, with_words
from searcher.store.table import Store

_TRIES = 3  # on a table that changes all the time
Rows = list[dict[str, Any]]


def both(
    store: Store,
    direction: Vectors,
    near: str | None,
    terms: Sequence[str],
    written: str | None,
    limit: int,
    threads: Executor,
) -> tuple[Rows, Rows]:
    """What `nearest` and `with_words` give, each under a condition of its own."""

    def ask(table: LanceTable) -> tuple[Rows, Rows] | None:
        for _ in range(_TRIES):
            version = table.version
            by_words = threads.submit(reader.by_words, table, terms, written, limit, ["_rowid"])
            by_meaning = threads.submit(reader.by_meaning, store, table, direction, near, limit, ["_rowid"])
            close, numbers = by_meaning.result(), by_words.result()["_rowid"].to_pylist()
            rows = _columns(store, table, close, numbers)
            if table.version == version:  # in another one the rows may have other numbers
                return [rows[n] for n in close["_rowid"].to_pylist()], [rows[n] for n in numbers]
        return None

    if store.at is None and (answer := store.read(ask)) is not None:
        return answer
    # of an object store they would be fifteen times as many requests
    by_words = threads.submit(with_words, store, terms, written, limit)
    by_meaning = threads.submit(nearest, store, direction, near, limit)
    return by_meaning.result(), by_words.result()


def _columns(
    store: Store, table: LanceTable, close: Any, written: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Rows by their numbers, each with its `full` vector or None, which the `close` ones bring already."""
    full = dict(zip(close["_rowid"].to_pylist(), full_vectors(close, store.layout), strict=True))
    numbers = list(dict.fromkeys([*full, *written]))
    columns = (
        table.take_row_ids(numbers).select([*RANKED, "_rowid"]).to_arrow().to_pylist() if numbers else []
    )
    if others := [number for number in numbers if number not in full]:
        vectors = table.take_row_ids(others).select([*vector_columns(store.layout), "_rowid"]).to_arrow()
        has_vector = vectors["vector"].is_valid().to_numpy(zero_copy_only=False)
        embedded = vectors["_rowid"].to_numpy()[np.flatnonzero(has_vector)].tolist()
        full |= dict(zip(embedded, full_vectors(vectors, store.layout), strict=True))
    rows = {}
    for row in columns:
        number = row.pop("_rowid")
        row["full"], row["doc_id"] = full.get(number), row["id"].rpartition(":")[0]
        rows[number] = row
    return rows
