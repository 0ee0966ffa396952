"""A library opened for reading: the door for Python code, and what every interface goes through."""

from __future__ import annotations

import time
from dataclasses import replace
from types import TracebackType
from typing import Any

from searcher.embedding import Embedder, open_embedder
from searcher.embedding.base import Kind, ModelInfo, Vectors, cut
from searcher.errors import UsageError
from searcher.home import Home
from searcher.records import Answer, Hit
from searcher.search import engine
from searcher.search.query import Query, parse, span
from searcher.settings import Settings
from searcher.store import Store, open_store
from searcher.store.table import read_live

MODES = ("hybrid", "meaning", "words")


class Library:
    """Opens the model and the index when they are first needed; a context manager closes them."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self.home, self.settings = home, settings
        self._embedder: Embedder | None = None
        self._store: Store | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        if self._embedder is None:
            self._embedder = open_embedder(self.home, self.settings, role="query")
        return self._embedder

    @property
    def store(self) -> Store:
        """The live table; opened again when another has taken its place."""
        if self._store is None or self._store.live != read_live(self.home):
            self._store = open_store(self.home, self.embedder.model)
        return self._store

    @property
    def model(self) -> ModelInfo:
        return self.embedder.model

    def embed(self, texts: list[str], kind: Kind = "document") -> Vectors:
        """float32 (n, dim), L2-normalised, in the order given."""
        return cut(self.embedder.embed_full(texts, kind=kind), self.model.dim)

    def search(self, query: str, *, limit: int = 10, mode: str = "hybrid", **filters: Any) -> list[Hit]:
        """The best documents, best first. Filters as in `answer`."""
        return self.answer(query, limit=limit, mode=mode, **filters).results

    def answer(
        self,
        query: str,
        *,
        limit: int = 10,
        mode: str = "hybrid",
        task: str = "auto",
        offset: int = 0,
        sort: str = "relevance",
        types: tuple[str, ...] = (),
        path: str | None = None,
        lang: str | None = None,
        since: str | None = None,
        until: str | None = None,
        folder: str | None = None,
    ) -> Answer:
        """Hits and what is known of how they were found. Raises UsageError, IndexMissing, ModelMismatch."""
        if mode not in MODES:
            raise UsageError(f"mode {mode!r} is not one of {', '.join(MODES)}")
        start = time.perf_counter()
        parsed = _narrowed(parse(query), types, path, lang, since, until, folder)
        store = self.store
        vector, embed_ms = None, 0.0
        if mode != "words":
            vector, embed_ms = engine.embed_query(self.embedder, parsed, task)
        searching = time.perf_counter()
        ranked = engine.candidates(store, parsed, vector, mode=mode)
        results = engine.hits(ranked, parsed, limit=limit, offset=offset)
        if sort == "date":
            results.sort(key=lambda hit: hit.modified, reverse=True)
        end = time.perf_counter()
        return Answer(
            query=query,
            mode=mode,
            task=task,
            model={"name": self.model.name, "dim": self.model.dim},
            took_ms={
                "embed": round(embed_ms, 2),
                "search": round((end - searching) * 1000, 2),
                "total": round((end - start) * 1000, 2),
            },
            pending=store.pending(),
            results=results,
            good=any(hit.match != "weak" for hit in results),
            total=len({candidate.row["doc_hash"] for candidate in ranked}),
        )

    def close(self) -> None:
        if self._embedder is not None:
            self._embedder.close()
        self._embedder = self._store = None


def _narrowed(
    query: Query, types: tuple[str, ...], path: str | None, lang: str | None, since: str | None,
    until: str | None, folder: str | None,
) -> Query:  # fmt: skip
    """The query's own filters and those given beside it."""
    filters = query.filters
    return replace(
        query,
        filters=replace(
            filters,
            types=filters.types + tuple(types),
            paths=filters.paths + ((path,) if path else ()),
            languages=filters.languages + ((lang,) if lang else ()),
            folders=filters.folders + ((folder,) if folder else ()),
            since=span(since)[0] if since else filters.since,
            until=span(until)[1] if until else filters.until,
        ),
    )
