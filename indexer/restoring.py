"""A catalogue that was lost, made again from the table: it tells of every document that is whole there."""

from __future__ import annotations

from pathlib import Path

from indexer.catalogue import Catalogue, FileRow, number_of, remove_database
from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.store import Store

NOTE = "the catalogue of files could not be used and was made again from the table"


def fitting(home: Home, path: Path, store: Store) -> tuple[Catalogue, str]:
    """The catalogue at `path`, made again when it is broken or not of this table; and a note if it held
    anything before."""
    held = path.exists()
    try:
        catalogue = Catalogue(home, path=path)
        if catalogue.table == number_of(store.live.table):
            return catalogue, ""
        held = bool(catalogue.folders())
        catalogue.close()
    except IndexDamaged:
        pass
    remove_database(path)
    catalogue = Catalogue(home, path=path)
    found = documents(store)
    catalogue.put(found)
    catalogue.belong_to(store.live.table)
    return catalogue, NOTE if held or found else ""


def documents(store: Store) -> list[FileRow]:
    """A row for each document whose passages are all there and of one writing. Offline ones count as indexed
    until the next pass; the device is not known (0)."""
    columns = ["doc_id", "ordinal", "gen", "path", "folder", "size", "mtime_ns", "doc_hash", "kind"]
    table = store.read(lambda table: table.search().select(columns).to_arrow())
    counts: dict[str, int] = {}
    last: dict[str, int] = {}
    mixed: set[str] = set()
    writings: dict[str, int] = {}
    for owner, ordinal, gen in zip(
        *(table[name].to_pylist() for name in ("doc_id", "ordinal", "gen")), strict=True
    ):
        counts[owner] = counts.get(owner, 0) + 1
        last[owner] = max(last.get(owner, 0), ordinal)
        if writings.setdefault(owner, gen) != gen:
            mixed.add(owner)
    first = table.filter(_first(table))
    return [
        FileRow(row["path"], row["folder"], row["size"], row["mtime_ns"], 0, hash=row["doc_hash"],
                kind=row["kind"], chunks=counts[row["doc_id"]], indexed_at=row["gen"] / 1e9)
        for row in first.to_pylist()
        if counts[row["doc_id"]] == last[row["doc_id"]] + 1 and row["doc_id"] not in mixed
    ]  # fmt: skip


def _first(table: object) -> object:
    import pyarrow.compute as compute

    return compute.equal(table["ordinal"], 0)  # type: ignore[index]
