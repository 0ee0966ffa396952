"""Questions to the table. Filters always apply before the top-k, and every answer names its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.store.lance import AsyncQuery, LanceTable, asking, together
from searcher.store.table import Store
from searcher.store.where import quoted
from searcher.vectors.layout import Layout

# what ranking looks at, beside `doc_id`, which `id` begins with: each column of a row costs a read of the
# disk, 20 microseconds of a processor
RANKED = ["id", "doc_hash", "hash", "path", "terms", "kind", "language", "folder", "date"]
WIDER = 4  # times as many candidates where the scan is rough; the full vectors choose among them
_EXACT_MATCHES = 3_000  # rows a filter leaves; an exact scan of more takes longer than the index does
_BATCH = 5_000  # rows whose texts are in memory at once, 4 MB
PHRASE_ROWS = (
    50_000  # that are read for one phrase at all: those of two words that a million passages hold took 15 s
)
_TRIES = 3  # before the texts of a table that changes all the time are read at once
_EVERY_LIST = 1_000_000  # of a vector index; there are some 30 of a million rows
# candidates of the index whose vectors are then compared: with so many the first ten are those of an exact
# scan, at ten thousand to a million rows, whatever a filter leaves
_COMPARED, _TIMES = 400, 2


def nearest(store: Store, query: Vectors, where: str | None, limit: int) -> list[dict[str, Any]]:
    """Rows by cosine with `query`, float32 (native_dim,); each with its `full` vector, float32 (native_dim,).
    Waiting rows are not among them."""
    return both_arms(store, query, where, [], None, limit)[0]


def with_words(store: Store, terms: Sequence[str], where: str | None, limit: int) -> list[dict[str, Any]]:
    """Rows by BM25 over the `terms` column; as `nearest`, but `full` is None for a waiting row."""
    return both_arms(store, None, None, terms, where, limit)[1]


def both_arms(
    store: Store,
    direction: Vectors | None,
    near: str | None,
    terms: Sequence[str],
    written: str | None,
    limit: int,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What `nearest` and `with_words` give, each under a condition of its own, asked at once; nothing without
    a direction or terms."""
    columns = [*RANKED, *vector_columns(store.layout)]
    taken = limit * (WIDER if store.live.turned else 1)

    def ask(table: LanceTable) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        queries = []
        if direction is not None:
            queries.append(by_meaning(store, table, direction, near, taken).select([*columns, "_distance"]))
        if terms:
            queries.append(by_words(table, terms, written, limit).select([*columns, "_score"]))
        answers = iter(together(*queries))
        close = by_score = []
        if direction is not None:
            rows = next(answers)
            if taken > limit:
                cosines = full_vectors(rows, store.layout) @ direction
                rows = rows.take(np.argsort(-cosines, kind="stable")[:limit])
            close = plain(rows, store.layout)
        if terms:
            by_score = plain(next(answers), store.layout)
        return close, by_score

    return store.read(ask)


def by_meaning(store: Store, table: LanceTable, query: Vectors, where: str | None, limit: int) -> AsyncQuery:
    """The nearest in what is searched of their vectors. An index only compares roughly, so that the whole
    vectors of more rows are compared after it."""
    search = _near(store, table, query, where).limit(limit)
    if not store.has_vector_index(table):
        return search
    if where and table.count_rows(where) <= _EXACT_MATCHES:
        return search.bypass_vector_index()
    return search.nprobes(_EVERY_LIST).refine_factor(max(_TIMES, -(-_COMPARED // limit)))


def roughly_near(
    store: Store, table: LanceTable, query: Vectors, where: str | None, limit: int
) -> AsyncQuery:
    """The first by the index alone, which compares roughly. For a table that has one."""
    return _near(store, table, query, where).nprobes(_EVERY_LIST).limit(limit)


def roughly(limit: int) -> int:
    """Of how many of `roughly_near` the vectors are compared for the first `limit`."""
    return max(_COMPARED, _TIMES * limit)


def _near(store: Store, table: LanceTable, query: Vectors, where: str | None) -> AsyncQuery:
    reduced = as_compared(store.layout, query)
    search = asking(table).nearest_to(reduced.astype(np.float16)).column("vector").distance_type("cosine")
    return search.where(where) if where else search


def as_compared(layout: Layout, query: Vectors) -> Vectors:
    """What is searched for a query, float32 (dim,) of (native_dim,): in float16, as the table's vectors."""
    return np.asarray(layout.reduced(query[None])[0].astype(np.float16), np.float32)


def by_words(table: LanceTable, terms: Sequence[str], where: str | None, limit: int) -> AsyncQuery:
    """The best by BM25."""
    search = asking(table).nearest_to_text(" ".join(terms), ["terms"]).limit(limit)
    return search.where(where) if where else search


def scores_by_words(
    store: Store, terms: Sequence[str], where: str | None, limit: int
) -> list[tuple[str, float]]:
    """Ids of the rows of `with_words` and their BM25."""
    columns = ["id", "_score"]
    [rows] = store.read(lambda table: together(by_words(table, terms, where, limit).select(columns)))
    return list(zip(rows["id"].to_pylist(), rows["_score"].to_pylist(), strict=True))


@dataclass(frozen=True, slots=True)
class Owners:
    """Documents with a row that passes a test."""

    doc_ids: frozenset[str]
    is_cut: bool = False  # more rows could have passed, and were not looked at


def owners_holding(
    store: Store, terms: Sequence[str], where: str | None = None, *, most: int | None = None
) -> Owners:
    """Of the rows that hold at least one term, `most` or all."""
    limit = None if most is None else most + 1
    rows = store.read(lambda table: _holding(table, [terms], ["doc_id"], limit, where))
    return Owners(frozenset(rows["doc_id"].unique().to_pylist()), most is not None and len(rows) > most)


def owners_where(
    store: Store,
    groups: Sequence[Sequence[str]],
    columns: Sequence[str],
    test: Callable[[dict[str, Any]], bool],
) -> Owners:
    """Of the rows that hold at least one term of each group, the best first. Few texts are in memory at a
    time, and those of a document that has passed are not read."""

    def ask(table: LanceTable) -> Owners:
        rows = _holding(table, groups, ["doc_id", *columns], _BATCH + 1)
        if len(rows) <= _BATCH:
            return Owners(frozenset(_passing(rows, test, frozenset())))
        for _ in range(_TRIES):
            version, owners = table.version, set[str]()
            numbers = _holding(table, groups, ["_rowid", "doc_id"], PHRASE_ROWS + 1)
            for batch in numbers.slice(0, PHRASE_ROWS).to_batches(_BATCH):
                each = zip(batch["_rowid"].to_pylist(), batch["doc_id"].to_pylist(), strict=True)
                if ids := [row for row, owner in each if owner not in owners]:
                    rows = table.take_row_ids(ids).select(["doc_id", *columns]).to_arrow()
                    owners |= _passing(rows, test, owners)
            if table.version == version:  # in another one the rows may have other numbers
                return Owners(frozenset(owners), len(numbers) > PHRASE_ROWS)
        rows = _holding(table, groups, ["doc_id", *columns], PHRASE_ROWS + 1)
        passing = _passing(rows.slice(0, PHRASE_ROWS), test, frozenset())
        return Owners(frozenset(passing), len(rows) > PHRASE_ROWS)

    return store.read(ask)


def _passing(rows: Any, test: Callable[[dict[str, Any]], bool], owners: Set[str]) -> set[str]:
    """doc_ids, beside the `owners`, of an Arrow table's rows that pass a test."""
    passed = set[str]()
    for batch in rows.to_batches(_BATCH):
        for row in batch.to_pylist():
            if row["doc_id"] not in owners and row["doc_id"] not in passed and test(row):
                passed.add(row["doc_id"])
    return passed


def _holding(
    table: LanceTable,
    groups: Sequence[Sequence[str]],
    columns: Sequence[str],
    most: int | None = None,
    where: str | None = None,
) -> Any:
    """Every row that holds at least one term of each group and satisfies a condition, or the first `most`,
    best first, as an Arrow table."""
    from lancedb import query as fts

    match: Any = fts.MatchQuery
    each = [(fts.Occur.MUST, match(" ".join(group), "terms")) for group in groups]
    search = table.search(fts.BooleanQuery(each), query_type="fts").select([*columns, "_score"])
    search = search.where(where) if where else search
    return search.limit(most or max(table.count_rows(), 1)).to_arrow().select(list(columns))


def nearest_ids(store: Store, query: Vectors, where: str | None, limit: int) -> list[str]:
    """Ids of the rows that `nearest` gives, nearly in its order, where they are many."""
    columns = ["id", "_distance"]

    def ask(table: LanceTable) -> list[str]:
        search = roughly_near(store, table, query, where, limit)
        ids: list[str] = together(search.select(columns))[0]["id"].to_pylist()
        return ids

    return store.read(ask)


def ids_with_words(store: Store, terms: Sequence[str], where: str | None, limit: int) -> list[str]:
    """Ids of the rows that `with_words` gives, in its order."""
    return [name for name, _ in scores_by_words(store, terms, where, limit)]


def doc_ids(store: Store, where: str) -> frozenset[str]:
    """Documents with a passage that satisfies a condition."""

    def ask(table: LanceTable) -> frozenset[str]:
        rows = table.search().where(where).select(["doc_id"]).limit(1_000_000_000).to_arrow()
        return frozenset(rows["doc_id"].to_pylist())

    return store.read(ask)


def values_of(store: Store, column: str) -> list[str]:
    """The different values of a column of text, sorted."""

    def ask(table: LanceTable) -> list[str]:
        values = table.search().select([column]).limit(1_000_000_000).to_arrow()[column].unique()
        return sorted(value for value in values.to_pylist() if value)

    return store.read(ask)


def batches(store: Store, columns: Sequence[str]) -> list[Any]:
    """Arrow record batches of some columns of every row."""
    return store.read(lambda table: list(table.search().select(list(columns)).to_batches(10_000)))


def fetch(store: Store, where: str, columns: Sequence[str], limit: int = 100_000) -> list[dict[str, Any]]:
    """Rows that satisfy a condition, in no order."""

    def ask(table: LanceTable) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = table.search().where(where).select(list(columns)).limit(limit).to_list()
        return rows

    return store.read(ask)


def by_id(
    store: Store, ids: Sequence[str], columns: Sequence[str], *, condition: str = "true"
) -> dict[str, dict[str, Any]]:
    """Rows by id, of those that satisfy the condition. Ids are hexadecimal and need no quoting."""
    if not ids:
        return {}
    listed = ", ".join(f"'{name}'" for name in ids)
    return {row["id"]: row for row in fetch(store, f"id IN ({listed}) AND {condition}", ["id", *columns])}


def owner_of(store: Store, stored: str) -> str:
    """The doc_id of the file at a stored path: this home's, else that of another machine's."""
    own = store.doc_id(stored)
    if not store.source or fetch(store, f"doc_id = '{own}'", ["id"], 1):
        return own
    others = fetch(store, f"path = {quoted(stored)}", ["doc_id"], 1)
    return str(others[0]["doc_id"]) if others else own


def vectors_of(store: Store, where: str) -> list[dict[str, Any]]:
    """Rows with `id`, `doc_id`, `ordinal`, their lines and `full` vector."""

    def ask(table: LanceTable) -> list[dict[str, Any]]:
        columns = ["id", "ordinal", "line_start", "line_end", *vector_columns(store.layout)]
        return plain(table.search().where(where).select(columns).limit(100_000).to_arrow(), store.layout)

    return store.read(ask)


def full_vectors(table: Any, layout: Layout) -> Vectors:
    """float32 (n, native_dim) of those rows of an Arrow table that have a vector."""
    column = table["vector"].drop_null().combine_chunks()
    reduced = column.flatten().to_numpy().astype(np.float32).reshape(len(column), layout.dim)
    if not layout.rest_bytes:
        return np.asarray(reduced)
    rest = np.frombuffer(b"".join(table["rest"].drop_null().to_pylist()), np.uint8)
    return layout.full(reduced, rest.reshape(len(column), layout.rest_bytes))


def vector_columns(layout: Layout) -> list[str]:
    """The columns that hold a vector."""
    return ["vector", "rest"] if layout.rest_bytes else ["vector"]


def plain(table: Any, layout: Layout) -> list[dict[str, Any]]:
    """Arrow to plain rows, each with its `full` vector or None."""
    rows: list[dict[str, Any]] = table.drop_columns(vector_columns(layout)).to_pylist()
    each = iter(full_vectors(table, layout))
    for row, has_vector in zip(rows, table["vector"].is_valid().to_pylist(), strict=True):
        row["full"] = next(each) if has_vector else None
        row["doc_id"] = row["id"].rpartition(":")[0]
    return rows
