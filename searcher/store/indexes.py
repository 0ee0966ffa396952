"""The indexes of the table: for words and ids from its first row on, for vectors once it is large."""

from __future__ import annotations

from searcher.store.lance import LanceTable

TERMS_INDEX = "terms_idx"


def create_indexes(table: LanceTable) -> None:
    """The indexes every table has from its first row on."""
    from lancedb.index import FTS, BTree

    words = FTS(
        base_tokenizer="whitespace",
        stem=False,
        remove_stop_words=False,
        lower_case=False,
        ascii_folding=False,
        max_token_length=64,
    )
    table.create_index("terms", config=words, name=TERMS_INDEX)
    for column in ("id", "doc_id", "hash"):
        table.create_index(column, config=BTree())


def index_vectors(table: LanceTable, *, anew: bool = False) -> None:
    """IVF_RQ, built again once many small additions have made it slow, or `anew` in any case."""
    from lancedb.index import IvfRq

    name = next((index.name for index in table.list_indices() if index.columns == ["vector"]), None)
    if name is None or anew or table.index_stats(name).num_indices > 8:
        table.create_index("vector", config=IvfRq(distance_type="cosine"), name="vector_idx", replace=True)
