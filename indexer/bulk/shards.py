"""A shard of new files: read, cut and embedded by whoever, without the table and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.catalogue import FileRow
from indexer.changes.scan import Task
from indexer.references.zotero import Zotero
from indexer.work.committer import is_within, written
from indexer.work.reader import Reader
from searcher.embedding import Embedder, open_embedder
from searcher.errors import ModelMismatch
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.rows import embedded_text
from searcher.store.table import Live, vector_columns
from searcher.text import language
from searcher.vectors.layout import Layout

_FILES = 32  # a shard, and some hundred passages: what is lost where one is cut short
_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """What whoever makes shards has to know. `schema` is Arrow's of the table, `source` this home's id."""

    home: Home
    settings: Settings
    live: Live
    layout: Layout
    schema: Any
    source: str

    @classmethod
    def of(cls, home: Home, settings: Settings, store: Store) -> ShardPlan:
        return cls(home, settings, store.live, store.layout, store.table.schema, store.source)


@dataclass(frozen=True, slots=True)
class Shard:
    """Files for the catalogue and their passages for the table, as an Arrow table. `embedded` and `tokens`
    are of the passages for which a vector was computed, `reused` got the same."""

    files: list[FileRow]
    rows: Any
    embedded: int = 0
    reused: int = 0
    tokens: int = 0


def shards(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """The tasks in their order, so many to a shard; a large file is one alone."""
    shard: list[Task] = []
    size = 0
    for task in tasks:
        if shard and (len(shard) == _FILES or size + task.entry.size > _BYTES):
            yield shard
            shard, size = [], 0
        shard.append(task)
        size += task.entry.size
    if shard:
        yield shard


class _Stage:
    """Keeps the model open from the first shard on, and is closed at the end."""

    def __init__(self) -> None:
        self._embedder: Embedder | None = None

    def open(self, plan: ShardPlan) -> str:
        """A note where it does not compute as the settings ask. Raises ModelMismatch, and whatever
        `open_embedder` raises."""
        return self._opened(plan).note

    def _opened(self, plan: ShardPlan) -> Embedder:
        if self._embedder is None:
            embedder = open_embedder(plan.home.create(), plan.settings, role="index")
            model = embedder.model
            if (model.fingerprint, model.dim) != (plan.live.fingerprint, plan.live.dim):
                embedder.close()
                raise ModelMismatch(
                    f"a worker has {model.name} ({model.path}), which is not the model of the index, "
                    f"{plan.live.model}; give every machine the same file at the same path"
                )
            self._embedder = embedder
        return self._embedder

    def close(self) -> None:
        if self._embedder is not None:
            self._embedder.close()


class Reading(_Stage):
    """Files to passages without vectors."""

    def __init__(self) -> None:
        super().__init__()
        self._reader: Reader | None = None

    def read(self, plan: ShardPlan, tasks: Sequence[Task]) -> Shard:
        import pyarrow as pa

        if self._reader is None:
            language.keep_in(plan.home)
            settings = replace(plan.settings, gpu_layers="0")  # tokens are counted here and no more
            embedder = self._opened(replace(plan, settings=settings))
            self._reader = Reader(plan.home, settings, embedder, Zotero(plan.home))
        files: list[FileRow] = []
        rows: list[dict[str, Any]] = []
        self._reader.bulk.replace(tasks)
        while (read := self._reader.bulk.take(None)) is not None:
            if not read.vanished:
                file, passages = written(read, gen=0, source=plan.source)
                files.append(file)
                rows += ({**row, "embedded": False} for row in passages)
        return Shard(files, pa.Table.from_pylist(rows, schema=plan.schema))

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
        super().close()


class Embedding(_Stage):
    """Passages to the same with vectors."""

    def embed(self, plan: ShardPlan, shard: Shard) -> Shard:
        import pyarrow as pa

        texts: dict[str, str] = {}  # by hash: each is computed once
        tokens = 0
        for row in shard.rows.select(["hash", "context", "text", "spread", "tokens"]).to_pylist():
            if is_within(plan.live.measure, row["spread"]) and row["hash"] not in texts:
                texts[row["hash"]] = embedded_text(row["context"], row["text"])
                tokens += row["tokens"]
        if not texts:
            return shard
        place = {digest: number for number, digest in enumerate(texts)}
        chosen = pa.array([place.get(digest) for digest in shard.rows["hash"].to_pylist()], pa.int64())
        full = self._opened(plan).embed_full(list(texts.values()))
        rows = _with(shard.rows, "embedded", chosen.is_valid())
        for name, column in vector_columns(full, plan.layout).items():
            rows = _with(rows, name, column.take(chosen))
        return Shard(shard.files, rows, len(texts), len(chosen) - chosen.null_count - len(texts), tokens)


def _with(rows: Any, name: str, column: Any) -> Any:
    number = rows.schema.get_field_index(name)
    return rows.set_column(number, rows.schema.field(number), column)
