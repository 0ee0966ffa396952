"""Both arms of a query of a large table: numbers of rows first, then the columns of all these rows together.

Each column of a row that an arm brings costs a read of its own. The long columns of a row take a tenth of
that where they are read from the files here, and the short ones are in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.scattered import Numbers
from searcher.store import briefs, datafiles
from searcher.store.datafiles import FAULTS, DataFiles, Truths
from searcher.store.few import Few, left_by
from searcher.store.fresh import unindexed
from searcher.store.lance import LanceTable, first_of, of_one_version, taking, together
from searcher.store.manifest import Unreadable
from searcher.store.reader import (
    RANKED,
    WIDER,
    as_compared,
    both_arms,
    by_meaning,
    by_words,
    full_vectors,
    roughly,
    roughly_near,
    vector_columns,
)
from searcher.store.table import Store

Rows = list[dict[str, Any]]


def both(
    store: Store,
    direction: Vectors | None,
    near: str | None,
    terms: Sequence[str],
    written: str | None,
    limit: int,
) -> tuple[Rows, Rows]:
    """As `both_arms`."""
    # of an object store the numbers alone would be fifteen times as many requests
    if store.at is None:
        rows = store.read(lambda table: _by_numbers(store, table, direction, near, terms, written, limit))
        if rows is not None:
            return rows
        store.look()
    return both_arms(store, direction, near, terms, written, limit)


def terms_and_vectors(store: Store, table: LanceTable, numbers: Numbers) -> tuple[list[str], Vectors]:
    """Terms of rows, and the full vectors of those that have one, float32 (m, native_dim)."""
    files = datafiles.of(store, table, table.version) if store.at is None else None
    if files is not None:
        with suppress(*FAULTS):
            (reduced, has_vector), (terms, rest) = files.vectors(table, numbers), files.long(table, numbers)
            full = reduced if rest is None else store.layout.full(reduced, rest)
            return [each.decode() for each in terms], full[has_vector]
    columns = ["terms", *vector_columns(store.layout)]
    [rows] = together(taking(table, numbers.tolist()).select(columns))
    return [terms or "" for terms in rows["terms"].to_pylist()], full_vectors(rows, store.layout)


def _by_numbers(
    store: Store,
    table: LanceTable,
    direction: Vectors | None,
    near: str | None,
    terms: Sequence[str],
    written: str | None,
    limit: int,
) -> tuple[Rows, Rows] | None:
    """None where LanceDB has to read the rows. A commit that comes meanwhile changes no row's number: what it
    adds or moves has numbers that are not known here yet, and is left to LanceDB."""
    if (files := datafiles.of(store, table, store.version(table))) is None:
        return None
    taken = limit * (WIDER if store.live.turned else 1)
    few = left_by(store, table, near) if direction is not None and near else None
    is_rough, queries, lacking = False, [], None
    if direction is not None and few is None:
        is_rough = store.has_vector_index(table)
        many = roughly(taken) if is_rough else taken
        search = (roughly_near if is_rough else by_meaning)(store, table, direction, near, many)
        if is_rough and not near and (lacking := unindexed(store, table)) is not None:
            search = search.fast_search()
        queries.append((search.select(["_rowid", "_distance"]), many))
    if terms:
        queries.append((by_words(table, terms, written, limit).select(["_rowid", "_score"]), limit))
    numbers = [answer["_rowid"].to_numpy().astype(np.int64) for answer in first_of(*queries)]
    best = numbers.pop() if terms else np.empty(0, np.int64)
    close = numbers.pop() if numbers else np.empty(0, np.int64)
    if few is not None and direction is not None:
        close, _ = few.nearest(as_compared(store.layout, direction), taken)
    try:
        if is_rough and direction is not None:
            query = as_compared(store.layout, direction)
            close, found = _compared(table, files, query, close, best, lacking, taken)
        else:
            every = np.union1d(close, best)
            found = (every, *files.vectors(table, every))
        rows = _rows(store, table, files, *found)
    except FAULTS:  # also of files that were pruned meanwhile
        return None
    nearest = [rows[number] for number in close.tolist() if number in rows]
    if direction is not None and taken > limit and nearest:
        cosines = np.stack([row["full"] for row in nearest]) @ direction
        nearest = [nearest[place] for place in np.argsort(-cosines, kind="stable")[:limit].tolist()]
    return nearest, [rows[number] for number in best.tolist() if number in rows]


def _compared(
    table: LanceTable,
    files: DataFiles,
    query: Vectors,
    close: Numbers,
    best: Numbers,
    lacking: Few | None,
    taken: int,
) -> tuple[Numbers, tuple[Numbers, Vectors, Truths]]:
    """The nearest of what the index brings, `close`, and of what it lacks; all rows, with their vectors."""
    read = np.union1d(close, best)
    vectors, has_vector = files.vectors(table, read)
    own = vectors[np.searchsorted(read, close)]
    cosines = own @ query / np.maximum(np.linalg.norm(own, axis=1), 1e-12)
    if lacking is not None:
        new, nearness = lacking.nearest(query, taken)
        close, cosines = np.concatenate([close, new]), np.concatenate([cosines, nearness])
    close = close[np.argsort(-cosines, kind="stable")[:taken]]
    every = np.union1d(close, best)
    at = np.minimum(np.searchsorted(read, every), len(read) - 1)
    vectors, has_vector = vectors[at], has_vector[at]
    if (new := read[at] != every).any():
        vectors[new], has_vector[new] = files.vectors(table, every[new])
    return close, (every, vectors, has_vector)


def _rows(
    store: Store,
    table: LanceTable,
    files: DataFiles,
    numbers: Numbers,
    reduced: Vectors,
    has_vector: Truths,
) -> dict[int, dict[str, Any]]:
    """By their numbers, without those that were removed meanwhile."""
    terms, rest = files.long(table, numbers)
    full = reduced if rest is None else store.layout.full(reduced, rest)
    every = numbers.tolist()
    short = briefs.of(store).rows(store, files, numbers)
    if missing := [number for number, row in zip(every, short, strict=True) if row is None]:
        taken = _short(table, files, missing)
        short = [row or taken.get(number) for number, row in zip(every, short, strict=True)]
    rows = {}
    columns = zip(every, short, terms, full, has_vector.tolist(), strict=True)
    for number, row, own, vector, is_there in columns:
        if row is not None:
            row["terms"], row["full"] = own, vector if is_there else None
            rows[number] = row
    return rows


def _short(table: LanceTable, files: DataFiles, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What `briefs` holds, read by LanceDB. Raises Unreadable."""
    columns = [name for name in RANKED if name != "terms"]
    answered = of_one_version(table, taking(table, numbers).select([*columns, "_rowid"]))
    if answered is None or answered[0] != files.version:
        raise Unreadable("another version")
    rows = {row.pop("_rowid"): row for row in answered[1][0].to_pylist()}
    for row in rows.values():
        row["doc_id"] = row["id"].rpartition(":")[0]
    return rows
