"""The indexes of the table: for words and ids from its first row on, for vectors once it is large."""

from __future__ import annotations

from searcher.store.lance import LanceTable

TERMS_INDEX = "terms_idx"
_ROWS_A_LIST = 32_768  # of the index of vectors; usual are 8,192

BTREE = ("id", "doc_id", "hash", "path", "date")
BITMAP = ("folder", "language", "kind", "ext", "source", "embedded")  # few different values
SCALAR = (*BTREE, *BITMAP)


def create_indexes(table: LanceTable) -> None:
    """The indexes every table has from its first row on."""
    from lancedb.index import FTS

    words = FTS(
        base_tokenizer="whitespace",
        stem=False,
        remove_stop_words=False,
        lower_case=False,
        ascii_folding=False,
        max_token_length=64,
    )
    table.create_index("terms", config=words, name=TERMS_INDEX)
    for column in SCALAR:
        _index_column(table, column)


def add_missing(table: LanceTable) -> None:
    """Indexes of columns that a table of an older version has none for."""
    indexed = {column for index in table.list_indices() for column in index.columns}
    for column in SCALAR:
        if column not in indexed and column in table.schema.names:
            _index_column(table, column)


def _index_column(table: LanceTable, column: str) -> None:
    from lancedb.index import Bitmap, BTree

    table.create_index(column, config=BTree() if column in BTREE else Bitmap())


def index_vectors(table: LanceTable, *, anew: bool = False) -> None:
    """IVF_RQ, built again once many small additions have made it slow, or `anew` in any case.

    Two bits a component and every list looked at find in refined 2 x 200 what an exact scan finds; a training
    of 40 vectors a list takes a third of the time of the usual 256, and loses nothing that was measured. As
    every list is looked at, few are quicker: a quarter as many as usual take 22 s of processor time in place
    of 60 to make for a million rows.
    """
    from lancedb.index import IvfRq

    name = next((index.name for index in table.list_indices() if index.columns == ["vector"]), None)
    if name is None or anew or table.index_stats(name).num_indices > 8:
        how = IvfRq(
            distance_type="cosine",
            num_bits=2,
            sample_rate=40,
            max_iterations=8,
            target_partition_size=_ROWS_A_LIST,
        )
        table.create_index("vector", config=how, name="vector_idx", replace=True)
