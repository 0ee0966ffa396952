"""The parts of LanceDB that are used, with their types: its own are of no help to a checker."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, Self, cast

from searcher.store.waiting import waited


class TableQuery(Protocol):
    """A search that is put together step by step and asked by one of the `to_` methods."""

    def where(self, condition: str) -> Self: ...
    def select(self, columns: list[str]) -> Self: ...
    def limit(self, rows: int) -> Self: ...
    def distance_type(self, name: str) -> Self: ...
    def nprobes(self, number: int) -> Self: ...
    def refine_factor(self, number: int) -> Self: ...
    def bypass_vector_index(self) -> Self: ...
    def to_arrow(self) -> Any: ...
    def to_list(self) -> list[dict[str, Any]]: ...
    def to_batches(self, rows: int = ...) -> Any: ...


class AsyncQuery(Protocol):
    """The same for a search that is asked beside others, by `together`."""

    def where(self, condition: str) -> Self: ...
    def select(self, columns: list[str]) -> Self: ...
    def limit(self, rows: int) -> Self: ...
    def nearest_to(self, vector: Any) -> Self: ...
    def column(self, name: str) -> Self: ...
    def distance_type(self, name: str) -> Self: ...
    def nprobes(self, number: int) -> Self: ...
    def refine_factor(self, number: int) -> Self: ...
    def fast_search(self) -> Self: ...
    def bypass_vector_index(self) -> Self: ...
    def nearest_to_text(self, text: str, columns: list[str]) -> Self: ...


class Merge(Protocol):
    """A write by key; `execute` makes the commit."""

    def when_matched_update_all(self) -> Self: ...
    def when_not_matched_insert_all(self) -> Self: ...
    def execute(self, rows: Any, *, on_bad_vectors: str) -> Any: ...


class Index(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> list[str]: ...


class IndexStats(Protocol):
    @property
    def num_indices(self) -> int: ...
    @property
    def num_unindexed_rows(self) -> int: ...


class Deleted(Protocol):
    @property
    def num_deleted_rows(self) -> int: ...


class LanceTable(Protocol):
    """An open table. Its errors are RuntimeError, OSError and ValueError: see `searcher.trouble`."""

    @property
    def version(self) -> int: ...
    @property
    def schema(self) -> Any: ...
    @property
    def uri(self) -> str: ...

    def search(
        self,
        query: Any = ...,
        vector_column_name: str = ...,
        query_type: str = ...,
        *,
        fts_columns: str = ...,
    ) -> TableQuery: ...
    def take_row_ids(self, ids: Sequence[int]) -> TableQuery: ...
    def take_offsets(self, offsets: Sequence[int]) -> TableQuery: ...
    def count_rows(self, where: str | None = ...) -> int: ...
    def add(self, rows: Any) -> Any: ...
    def merge_insert(self, on: str) -> Merge: ...
    def update(
        self, *, where: str, values: Mapping[str, Any] | None = ..., values_sql: Mapping[str, str] = ...
    ) -> Any: ...
    def add_columns(self, columns: Mapping[str, str]) -> Any: ...
    def delete(self, where: str) -> Deleted: ...

    def checkout(self, version: int) -> None: ...
    def checkout_latest(self) -> None: ...
    def list_versions(self) -> list[dict[str, Any]]: ...
    def optimize(
        self, *, cleanup_older_than: timedelta | None = ..., delete_unverified: bool = ...
    ) -> None: ...
    def stats(self) -> dict[str, Any]: ...

    def list_indices(self) -> Sequence[Index]: ...
    def index_stats(self, name: str) -> IndexStats: ...
    def create_index(self, column: str, **how: Any) -> None: ...
    def drop_index(self, name: str) -> None: ...
    def set_unenforced_primary_key(self, column: str) -> None: ...


def asking(table: LanceTable) -> AsyncQuery:
    """A search that is put together without what the other way checks, which takes a third of the time of one
    by vector and half of one by words."""
    from lancedb.query import AsyncQuery as Query

    return cast(AsyncQuery, Query(_inner(table).query()))  # one that is given the table reads its schema


def taking(table: LanceTable, numbers: Sequence[int]) -> AsyncQuery:
    """Rows by their numbers."""
    public: Any = table
    return cast(AsyncQuery, public._table.take_row_ids(numbers))


def _inner(table: LanceTable) -> Any:
    public: Any = table
    return public._table._inner


def together(*queries: AsyncQuery) -> list[Any]:
    """What they give, as Arrow tables, all asked at once."""
    return waited(_asked(queries))


def first_of(*queries: tuple[AsyncQuery, int]) -> list[Any]:
    """The same, of queries that give so many rows or less: where there are as many, the end need not be asked
    for."""
    return waited(_gathered(_rows(query, most) for query, most in queries))


def of_one_version(table: LanceTable, *queries: AsyncQuery) -> tuple[int, list[Any]] | None:
    """As `together`, and the table's version; None where another one came meanwhile."""
    inner = _inner(table)

    async def ask() -> tuple[int, list[Any]] | None:
        version = await inner.version()
        answers = await _asked(queries)
        return (version, answers) if await inner.version() == version else None

    return waited(ask())


async def _asked(queries: Sequence[AsyncQuery]) -> list[Any]:
    return await _gathered(_rows(query, math.inf) for query in queries)


async def _gathered(answers: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    return list(await asyncio.gather(*answers))


async def _rows(query: AsyncQuery, most: float) -> Any:
    """An Arrow table. LanceDB's own way reads what it gives twice, and waits for the end of it."""
    import pyarrow as pa

    public: Any = query
    stream = await public._inner.execute()
    batches = []
    async for batch in stream:
        batches.append(batch)
        most -= len(batch)
        if most <= 0:
            break
    return pa.Table.from_batches(batches, stream.schema)
