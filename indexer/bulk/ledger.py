"""Shards to the table and the catalogue, each once, wherever the writer is killed.

What the catalogue is to be told is written down before the table is written, and a commit is known by its
`gen`: so the next pass sees whether the table has it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import astuple

from indexer.bulk.shards import Shard
from indexer.catalogue import Catalogue, FileRow
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.store import Store


def append(home: Home, store: Store, catalogue: Catalogue, shards: Sequence[Shard]) -> None:
    """One commit of new files. The table must have no passages of them."""
    import pyarrow as pa

    gen = time.time_ns()
    files = [file for shard in shards for file in shard.files]
    rows = pa.concat_tables([shard.rows for shard in shards])
    number = rows.schema.get_field_index("gen")
    rows = rows.set_column(number, rows.schema.field(number), pa.repeat(pa.scalar(gen), len(rows)))
    write_json(home.ledger, {"gen": gen, "files": [astuple(file) for file in files]})
    if len(rows):
        store.table.add(rows)
    catalogue.put(files)
    home.ledger.unlink()


def settle(home: Home, store: Store, catalogue: Catalogue) -> None:
    """Tell the catalogue of a commit after which the writer was killed; without it the files are new as
    before. To be called before what the catalogue does not know is taken out of the table."""
    held = read_json(home.ledger)
    if isinstance(held, dict) and store.table.count_rows(f"gen = {int(held['gen'])} AND {store.own}"):
        catalogue.put(FileRow(*file) for file in held["files"])
    home.ledger.unlink(missing_ok=True)
