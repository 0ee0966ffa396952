"""What of a damaged table can still be read, and the table made of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.store import place
from searcher.store.indexes import SCALAR, create_indexes
from searcher.store.lance import LanceTable, TableQuery
from searcher.store.table import open_table

_VERSIONS = "_versions"  # where a table keeps its manifests
_BLOCK = 4096  # rows read at once
_FAILURES = (RuntimeError, OSError, ValueError)  # what the database raises for its own files


def open_newest(home: Home, name: str) -> tuple[LanceTable | None, int]:
    """The newest version whose manifest can be read, and how many newer manifests were removed for it; None
    when there is no such version."""
    at = place.of(home)
    address = at.table_address(name)
    # counted down: the newest has the smallest name
    manifests = sorted(each for each in place.sizes(address, _VERSIONS) if each.endswith(".manifest"))
    for removed in range(len(manifests) + 1):
        try:
            return open_table(home, name, write=True), removed
        except IndexDamaged:
            if removed == len(manifests):
                break
            for each in (manifests[removed], "latest_version_hint.json"):
                at.remove_file(name, _VERSIONS, each)
    return None, len(manifests)


def readable(table: LanceTable) -> Iterator[Any]:
    """Record batches of every row whose data file can be read."""
    ids = table.search().select(["_rowid"]).to_arrow()["_rowid"].to_pylist()  # told by the manifest alone
    for _, of_one_file in groupby(ids, key=lambda row: row >> 32):
        rows = list(of_one_file)
        for start in range(0, len(rows), _BLOCK):
            try:
                yield from table.take_row_ids(rows[start : start + _BLOCK]).to_arrow().to_batches()
            except _FAILURES:
                continue


def lost_rows(table: LanceTable) -> int:
    """Rows that cannot be read, 0 for a whole table."""
    try:
        there: int = sum(batch.num_rows for batch in table.search().to_batches(_BLOCK))
    except _FAILURES:
        there = sum(batch.num_rows for batch in readable(table))
    return table.count_rows() - there


def broken_indexes(table: LanceTable) -> list[str]:
    """Columns whose index is missing or cannot be asked."""
    rows = table.search().select(["id", "doc_id", "hash", "terms"]).limit(1).to_list()
    indexed = {column for index in table.list_indices() for column in index.columns}
    expected = [column for column in SCALAR if column in table.schema.names]
    broken = [column for column in (*expected, "terms") if column not in indexed]
    for row in rows:
        for column in ("id", "doc_id", "hash"):
            query = table.search().where(f"{column} = '{row[column]}'").select(["path"]).limit(1)
            broken += [] if _answers(query) else [column]
        words = table.search((row["terms"] or "").split(" ")[0], query_type="fts", fts_columns="terms")
        broken += [] if _answers(words.select(["path"]).limit(1)) else ["terms"]
        if "vector" in indexed:
            width = table.schema.field("vector").type.list_size
            near = table.search([1.0] * width, vector_column_name="vector").distance_type("cosine")
            near = near.nprobes(1_000_000).select(["path"]).limit(1)
            broken += [] if _answers(near) else ["vector"]
    return sorted(set(broken))


def keep_readable(home: Home, name: str, table: LanceTable) -> int:
    """Replace the table by its readable rows, in one commit; how many there are."""
    import pyarrow as pa

    batches = pa.RecordBatchReader.from_batches(table.schema, readable(table))
    database = place.of(home).connect(write=True)
    fresh = database.create_table(name, data=batches, schema=table.schema, mode="overwrite")
    return int(fresh.count_rows())


def make_indexes(table: LanceTable, broken: list[str]) -> None:
    """Build the indexes anew; that of the vectors comes back with the next upkeep."""
    if "vector" in broken:
        for index in table.list_indices():
            if index.columns == ["vector"]:
                table.drop_index(index.name)
    create_indexes(table)


def remove(home: Home, name: str) -> None:
    """A table of which nothing can be read."""
    place.of(home).remove_table(name)


def _answers(query: TableQuery) -> bool:
    try:
        query.to_arrow()
    except _FAILURES:
        return False
    return True
