"""The vectors of the rows that a filter leaves, where they are few, in memory: who looks through a folder
asks again and again.

An index of a million vectors takes 25 ms of processor time to look up which of them are left, whatever is
asked. Ten thousand in memory are compared in one.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.scattered import Numbers
from searcher.store import datafiles
from searcher.store.datafiles import FAULTS
from searcher.store.lance import LanceTable, asking, of_one_version
from searcher.store.table import Store

MOST = 15_000  # rows; 15 MB of 256 dimensions
_BYTES, _FILTERS = 16 << 20, 16  # held of a store, whatever was asked last


@dataclass(frozen=True, slots=True)
class Few:
    """Rows of a version of the table that have a vector."""

    version: int
    numbers: Numbers
    vectors: Vectors  # float32 (n, dim), L2-normalised

    def nearest(self, query: Vectors, limit: int) -> tuple[Numbers, Vectors]:
        """The first by cosine with `query`, float32 (dim,), and these, for a query of length one."""
        cosines = np.einsum("ij,j->i", self.vectors, query)
        order = np.argsort(-cosines, kind="stable")[:limit]
        return self.numbers[order], cosines[order]


class Lately:
    """What the filters leave that were asked last, of one version; None for one that leaves many. Safe to use
    from many threads."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._left: OrderedDict[str, Few | None] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, store: Store, table: LanceTable, where: str) -> Few | None:
        with self._lock:
            if where in self._left:
                self._left.move_to_end(where)
                return self._left[where]
        few = _left_by(store, table, self.version, where)
        with self._lock:
            self._left[where] = few
            while len(self._left) > _FILTERS or (self._bytes() > _BYTES and len(self._left) > 1):
                self._left.popitem(last=False)
        return few

    def _bytes(self) -> int:
        return sum(few.vectors.nbytes for few in self._left.values() if few is not None)


def left_by(store: Store, table: LanceTable, where: str) -> Few | None:
    """What a condition leaves; None for many rows, and where they cannot be read here."""
    version = store.version(table)
    lately = store.kept.get("few")
    if not isinstance(lately, Lately) or lately.version != version:
        lately = store.kept["few"] = Lately(version)
    return lately.of(store, table, where)


def _left_by(store: Store, table: LanceTable, version: int, where: str) -> Few | None:
    if table.count_rows(where) > MOST:
        return None
    answered = of_one_version(table, asking(table).where(where).select(["_rowid"]).limit(MOST))
    files = datafiles.of(store, table, version)
    if files is None or answered is None or answered[0] != version:
        return None
    numbers = np.sort(answered[1][0]["_rowid"].to_numpy().astype(np.int64))
    try:
        vectors, valid = files.vectors(table, numbers)
    except FAULTS:
        return None
    vectors = vectors[valid]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return Few(version, numbers[valid], vectors)
