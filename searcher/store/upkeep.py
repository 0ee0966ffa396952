"""Indexes and compaction, on a cadence that keeps searches quick and the disk small."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from searcher.store.table import Store

TERMS_INDEX = "terms_idx"
_KEEP_VERSIONS = timedelta(minutes=10)  # longer than any reader holds one
_MANY_FRAGMENTS = 100
_MANY_UNINDEXED = 5_000
_EXACT_UP_TO = 50_000  # rows; below, an exact scan is quicker than an index is worth


def create_indexes(table: Any) -> None:
    """The indexes every table has from its first row on."""
    from lancedb.index import FTS, BTree

    words = FTS(
        base_tokenizer="whitespace", stem=False, remove_stop_words=False, lower_case=False,
        ascii_folding=False, max_token_length=64,
    )  # fmt: skip
    table.create_index("terms", config=words, name=TERMS_INDEX)
    for column in ("id", "doc_id", "hash"):
        table.create_index(column, config=BTree())


def upkeep(store: Store, *, idle: bool) -> bool:
    """Compact when it pays; True when something was done. Only for the writer."""
    table = store.table
    fragments = table.stats()["fragment_stats"]["num_fragments"]
    unindexed = table.index_stats(TERMS_INDEX).num_unindexed_rows
    if fragments < _MANY_FRAGMENTS and unindexed < _MANY_UNINDEXED and not (idle and unindexed):
        return False
    try:
        # files of no version are those of a writer that was killed or had no space: there is no other writer
        table.optimize(cleanup_older_than=_KEEP_VERSIONS, delete_unverified=True)
    except RuntimeError as error:
        if "commit conflict" not in str(error):
            raise
        return False
    if table.count_rows("vector IS NOT NULL") > _EXACT_UP_TO:
        _vector_index(table)
    return True


def _vector_index(table: Any) -> None:
    """IVF_RQ, built again once many small additions have made it slow."""
    from lancedb.index import IvfRq

    known = next((index.name for index in table.list_indices() if index.columns == ["vector"]), None)
    if known is None or table.index_stats(known).num_indices > 8:
        table.create_index("vector", config=IvfRq(distance_type="cosine"), name="vector_idx", replace=True)
