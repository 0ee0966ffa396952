"""Tables of older versions, brought up to what is expected now."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

import pyarrow as pa

from searcher.records import MASS_KINDS
from searcher.store.lance import LanceTable
from searcher.store.rows import spread


def add_embedded(table: LanceTable) -> None:
    """The column `embedded`, unless it is there: in one commit, after which it is right."""
    if "embedded" not in table.schema.names:
        table.add_columns({"embedded": "vector IS NOT NULL"})


def add_spread(table: LanceTable) -> None:
    """The column `spread`, unless it is there. What the rows do not tell, as whether a program wrote some
    code, is known when the file is read again."""
    if "spread" in table.schema.names:
        return
    table.add_columns({"spread": "CAST(NULL AS INT)"})
    kinds = ", ".join(f"'{kind}'" for kind in sorted(MASS_KINDS))
    mass = table.search().where(f"kind IN ({kinds})").select(["id", "doc_id", "ordinal"]).limit(100_000_000)
    rows = mass.to_arrow().sort_by([("doc_id", "ascending"), ("ordinal", "ascending")]).to_pylist()
    ids: list[str] = []
    places: list[int] = []
    for _, own in groupby(rows, key=itemgetter("doc_id")):
        passages = [row["id"] for row in own]
        ids += passages
        places += spread(len(passages))
    if ids:
        columns = [pa.array(ids, pa.string()), pa.array(places, pa.int32())]
        fields = [table.schema.field("id"), table.schema.field("spread")]
        batch = pa.table(columns, schema=pa.schema(fields))
        table.merge_insert("id").when_matched_update_all().execute(batch, on_bad_vectors="null")
