"""Both arms of a query of a large table: rows and scores first, then the columns of all these rows together.

Each column of a row that an arm brings costs a read of its own. Read together they take two thirds of that,
and a tenth where the long ones are read from the files here and the short ones are in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.store import briefs, datafiles, reader
from searcher.store.datafiles import FAULTS, DataFiles, Numbers
from searcher.store.lance import LanceTable
from searcher.store.reader import (
    RANKED,
    WIDER,
    full_vectors,
    nearest,
    numbers_near,
    vector_columns,
    with_words,
)
from searcher.store.table import Store

_TRIES = 3  # on a table that changes all the time
_SCATTERED = 50  # rows that LanceDB has to read: of more, it reads all
Rows = list[dict[str, Any]]
ByNumber = dict[int, dict[str, Any]]


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
            rows = None
            if (files := datafiles.of(store, table, version)) is not None:
                compared = threads.submit(numbers_near, store, table, direction, near, limit * _wider(store))
                numbers = by_words.result()["_rowid"].to_pylist()
                rows = _of_files(store, table, files, direction, *compared.result(), numbers, limit)
            if rows is None:
                by_meaning = threads.submit(
                    reader.by_meaning, store, table, direction, near, limit, ["_rowid"]
                )
                arrow, numbers = by_meaning.result(), by_words.result()["_rowid"].to_pylist()
                rows = arrow["_rowid"].to_pylist(), _columns(store, table, arrow, numbers)
            if table.version == version:  # in another one the rows may have other numbers
                close, by_number = rows
                return [by_number[n] for n in close], [by_number[n] for n in numbers]
        return None

    if store.at is None and (answer := store.read(ask)) is not None:
        return answer
    # of an object store they would be fifteen times as many requests
    by_words = threads.submit(with_words, store, terms, written, limit)
    by_meaning = threads.submit(nearest, store, direction, near, limit)
    return by_meaning.result(), by_words.result()


def _wider(store: Store) -> int:
    return WIDER if store.live.turned else 1


def _of_files(
    store: Store,
    table: LanceTable,
    files: DataFiles,
    query: Vectors,
    compared: Numbers,
    is_ordered: bool,
    written: Sequence[int],
    limit: int,
) -> tuple[list[int], ByNumber] | None:
    """The `limit` nearest of the rows to be compared, and these and the `written` ones by their numbers. None
    where LanceDB has to read them."""
    every = np.unique(np.concatenate([compared, np.array(written, np.int64)]))
    can = files.can_read(table, every)
    if np.count_nonzero(~can) > _SCATTERED:
        return None
    try:
        others = _taken(store, table, every[~can].tolist())
        if not is_ordered:
            reduced = store.layout.reduced(query[None])[0].astype(np.float16).astype(np.float32)
            vectors = _vectors(files, compared, np.isin(compared, every[can]), others)
            cosines = vectors @ reduced / np.maximum(np.linalg.norm(vectors, axis=1), 1e-12)
            compared = compared[np.argsort(-cosines, kind="stable")[: limit * _wider(store)]]
        wanted = np.unique(np.concatenate([compared, np.array(written, np.int64)]))
        rows = _read(store, table, files, wanted[np.isin(wanted, every[can])]) | others
        if len(compared) > limit:
            full = np.stack([rows[number]["full"] for number in compared.tolist()])
            compared = compared[np.argsort(-(full @ query), kind="stable")[:limit]]
    except FAULTS:  # also of files that were pruned, and rows that were removed, meanwhile
        return None
    return compared.tolist(), rows


def _vectors(files: DataFiles, numbers: Numbers, here: Any, others: ByNumber) -> Vectors:
    """What is searched of rows: of those that are `here`, bool (n,), from the files."""
    read = files.vectors(numbers[here])
    vectors = np.empty((len(numbers), read.shape[1]), np.float32)
    vectors[here] = read
    for place in np.flatnonzero(~here).tolist():
        vectors[place] = others[int(numbers[place])]["reduced"]
    return vectors


def _read(store: Store, table: LanceTable, files: DataFiles, numbers: Numbers) -> ByNumber:
    """Rows of the files."""
    long = files.read(numbers)
    full = long.reduced if long.rest is None else store.layout.full(long.reduced, long.rest)
    has_vector = long.has_vector.tolist()
    every = numbers.tolist()
    short = briefs.of(store).rows(store, files, numbers)
    if missing := [number for number, row in zip(every, short, strict=True) if row is None]:
        columns = [name for name in RANKED if name != "terms"]
        taken = table.take_row_ids(missing).select([*columns, "_rowid"]).to_arrow().to_pylist()
        found = {row.pop("_rowid"): row for row in taken}
        for row in found.values():
            row["doc_id"] = row["id"].rpartition(":")[0]
        short = [found[number] if row is None else row for number, row in zip(every, short, strict=True)]
    rows = {}
    for number, row, terms, vector, is_there in zip(every, short, long.terms, full, has_vector, strict=True):
        if row is not None:
            row["terms"], row["full"] = terms, vector if is_there else None
            rows[number] = row
    return rows


def _taken(store: Store, table: LanceTable, numbers: Sequence[int]) -> ByNumber:
    """Rows as LanceDB reads them."""
    if not numbers:
        return {}
    columns = [*RANKED, *vector_columns(store.layout), "_rowid"]
    arrow = table.take_row_ids(numbers).select(columns).to_arrow()
    reduced = iter(arrow["vector"].drop_null().to_pylist())
    rows = {}
    for row, own in zip(reader.plain(arrow, store.layout), arrow["_rowid"].to_pylist(), strict=True):
        row["reduced"] = np.array(next(reduced), np.float32) if row["full"] is not None else None
        rows[own] = row
    return rows


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
