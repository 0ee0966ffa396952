"""Another model, dimension or chunker: a new table is built beside the live one and takes its place whole.

Search answers from the old table until then. The table being built keeps a catalogue of its own, so that an
interrupted build goes on where it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np

from indexer.catalogue import Catalogue, number_of
from indexer.chunking import VERSION
from searcher.embedding.base import ModelInfo, Vectors
from searcher.home import Home
from searcher.store import Store
from searcher.store.table import Live, create_table, drop_table, has_table, open_table, read_live, write_live

_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Target:
    """Where the indexer writes; `live` is None while the table is being built beside another."""

    store: Store
    catalogue: Catalogue
    building: bool


@contextmanager
def target(home: Home, model: ModelInfo) -> Iterator[Target]:
    """The live table when it fits the model, else the one that is to replace it."""
    wanted = _wanted(model)
    live = read_live(home)
    if live is None:
        create_table(home, wanted.table, model)
        write_live(home, wanted)
        home.catalogue.unlink(missing_ok=True)
    elif live != wanted and _swapped_halfway(home, wanted):
        write_live(home, wanted)
        live = wanted
    building = live is not None and live != wanted
    if live is not None and building and not (has_table(home, wanted.table) and home.building.exists()):
        _begin(home, live, wanted, model)
    catalogue = Catalogue(home, path=home.building if building else home.catalogue)
    try:
        catalogue.belong_to(wanted.table)
        yield Target(Store(open_table(home, wanted.table, write=True), wanted), catalogue, building)
    finally:
        catalogue.close()


def _swapped_halfway(home: Home, wanted: Live) -> bool:
    """Whether a crash came between the two steps of `swap`: the catalogue is the new table's already."""
    if not (home.catalogue.exists() and has_table(home, wanted.table)):
        return False
    catalogue = Catalogue(home)
    try:
        return catalogue.table == number_of(wanted.table)
    finally:
        catalogue.close()


def _begin(home: Home, live: Live, wanted: Live, model: ModelInfo) -> None:
    """An empty table to build in; one that was left half re-cut is begun anew."""
    home.building.unlink(missing_ok=True)
    create_table(home, wanted.table, model)
    if (live.fingerprint, live.chunker) == (wanted.fingerprint, wanted.chunker):
        _recut(home, live, wanted)
        Catalogue(home).copy_to(home.building)


def swap(home: Home, built: Target) -> None:
    """Make the table that was built the live one, and drop the old. The catalogue changes place first and
    says which table it tells of, so that the next start can finish what a crash cut in two."""
    old = read_live(home)
    built.catalogue.checkpoint()
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            os.unlink(f"{home.catalogue}{ending}")
    os.replace(home.building, home.catalogue)
    write_live(home, built.store.live)
    if old is not None and old.table != built.store.live.table:
        drop_table(home, old.table)


def _wanted(model: ModelInfo) -> Live:
    chunker = f"{VERSION}:{model.chunk_tokens}"
    return Live(
        table=f"chunks_{model.fingerprint[:12]}_{model.dim}_{chunker.replace(':', '_')}", model=model.name,
        fingerprint=model.fingerprint, dim=model.dim, native_dim=model.native_dim, chunker=chunker,
        source=model.path,
    )  # fmt: skip


def _recut(home: Home, live: Live, wanted: Live) -> None:
    """Another scan dimension of the same model: the full vectors are cut anew, nothing is embedded."""
    from searcher.embedding.int8 import dequantise

    old = Store(open_table(home, live.table, write=True), live)
    new = Store(open_table(home, wanted.table, write=True), wanted)
    kept = "full" if live.dim < live.native_dim else "vector"
    for batch in old.table.search().to_batches(_ROWS):
        rows = batch.to_pylist()
        embedded = [row for row in rows if row["vector"] is not None]
        full: Vectors = np.zeros((0, live.native_dim), np.float32)
        if embedded and kept == "full":
            codes = np.frombuffer(b"".join(row["full"] for row in embedded), np.int8)
            full = dequantise(codes.reshape(len(embedded), -1))
        elif embedded:
            full = np.array([row["vector"] for row in embedded], np.float32).reshape(len(embedded), -1)
        for row in rows:
            row["vector"] = None
            row.pop("full", None)
        new.upsert(rows)
        if embedded:
            new.fill_vectors([row["id"] for row in embedded], full)
