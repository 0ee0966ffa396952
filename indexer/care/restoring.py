"""A catalogue that was lost, made again from the table: it tells of every document there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue, FileRow, number_of, remove_database, unread
from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.store import Store, place

COLUMNS = ["doc_id", "ordinal", "gen", "path", "folder", "size", "mtime_ns", "doc_hash", "kind"]
NOTE = "the catalogue of files could not be used and was made again from the table"


def fitting(home: Home, path: Path, store: Store) -> tuple[Catalogue, str]:
    """The catalogue at `path`, made again when it is broken or not of this table; and a note if it held
    anything before."""
    held = path.exists()
    try:
        catalogue = Catalogue(home, path=path)
        if catalogue.table == number_of(place.of(home).full_name(store.live.table)):
            return catalogue, ""
        held = bool(catalogue.folders())
        catalogue.close()
    except IndexDamaged:
        pass
    rows = documents(store.read(lambda table: table.search().where(store.own).select(COLUMNS).to_batches()))
    return made(home, path, store.live.table, rows), NOTE if held or rows else ""


def made(home: Home, path: Path, table: str, rows: list[FileRow]) -> Catalogue:
    """A new catalogue of a table, with these rows."""
    remove_database(path)
    catalogue = Catalogue(home, path=path)
    catalogue.put(rows)
    catalogue.belong_to(place.of(home).full_name(table))
    return catalogue


def documents(batches: Iterable[Any]) -> list[FileRow]:
    """A row for each document in record batches with COLUMNS. One that lacks passages in its middle, or has
    some of an older writing, is to be read again while its vectors are still there to be reused. Offline ones
    count as indexed until the next pass; the device is not known (0)."""
    first_rows: dict[str, FileRow] = {}
    seen: dict[str, tuple[int, int, set[int]]] = {}  # passages, highest ordinal, writings
    for batch in batches:
        for row in batch.select(COLUMNS).to_pylist():
            owner = row["doc_id"]
            count, last, writings = seen.get(owner, (0, 0, set()))
            seen[owner] = count + 1, max(last, row["ordinal"]), writings | {row["gen"]}
            if owner not in first_rows:
                first_rows[owner] = FileRow(
                    row["path"],
                    row["folder"],
                    row["size"],
                    row["mtime_ns"],
                    0,
                    hash=row["doc_hash"],
                    kind=row["kind"],
                    indexed_at=row["gen"] / 1e9,
                )
    rows = []
    for owner, (count, last, writings) in seen.items():
        row = replace(first_rows[owner], chunks=count)
        rows.append(row if count == last + 1 and len(writings) == 1 else unread(row))
    return rows
