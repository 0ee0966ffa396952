"""The rows that the index of the vectors has not taken in yet, in memory.

LanceDB compares them in each query, and reads the vectors of all that the index found to go with them. So
from one saved file to the next compaction a query of a million passages took twice the processor's time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.scattered import Numbers
from searcher.store import datafiles
from searcher.store.few import MOST, Few
from searcher.store.lance import LanceTable, of_one_version, taking
from searcher.store.table import Store


@dataclass(frozen=True, slots=True)
class _Rows:
    """Those of a fragment that have a vector."""

    identity: object
    numbers: Numbers
    vectors: Vectors  # float32 (n, dim), L2-normalised


@dataclass(frozen=True, slots=True)
class _Kept:
    """Of the version that was asked for last."""

    version: int
    rows: Few | None
    fragments: dict[int, _Rows]


def unindexed(store: Store, table: LanceTable) -> Few | None:
    """All rows that the index lacks; None where they are many, or not known here."""
    version = store.version(table)
    kept = store.kept.get("fresh")
    if isinstance(kept, _Kept) and kept.version == version:
        return kept.rows
    files = datafiles.of(store, table, version)
    if files is None:
        return None
    there, known = files.unindexed(), kept.fragments if isinstance(kept, _Kept) else {}
    held: dict[int, _Rows] = {}
    rows = None
    if sum(written for written, _ in there.values()) <= MOST:
        for fragment, (written, identity) in there.items():
            one = known.get(fragment)
            if one is None or one.identity != identity:
                one = _read(store, table, version, fragment, written, identity)
            if one is None:
                return None
            held[fragment] = one
        numbers = [np.empty(0, np.int64), *(one.numbers for one in held.values())]
        vectors = [np.empty((0, store.layout.dim), np.float32), *(one.vectors for one in held.values())]
        rows = Few(version, np.concatenate(numbers), np.concatenate(vectors))
    store.kept["fresh"] = _Kept(version, rows, held)
    return rows


def _read(
    store: Store, table: LanceTable, version: int, fragment: int, written: int, identity: object
) -> _Rows | None:
    """None where another version came meanwhile."""
    first = fragment << datafiles.ROW_BITS
    every = taking(table, range(first, first + written)).select(["vector", "_rowid"])
    answered = of_one_version(table, every)
    if answered is None or answered[0] != version:
        return None
    [found] = answered[1]
    found = found.filter(found["vector"].is_valid())
    flat = found["vector"].combine_chunks().flatten().to_numpy()
    vectors = flat.astype(np.float32).reshape(len(found), store.layout.dim)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return _Rows(identity, found["_rowid"].to_numpy().astype(np.int64), vectors)
