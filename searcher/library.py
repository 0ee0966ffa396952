"""A library opened for reading: the door for Python code, and what every interface goes through."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from searcher.embedding import Embedder, open_embedder
from searcher.embedding.base import Kind, ModelInfo, Vectors, cut
from searcher.errors import FolderError, ModelMismatch, UsageError
from searcher.home import Home
from searcher.paths import doc_id, to_stored
from searcher.query import Query, parse, span
from searcher.records import Answer, Hit
from searcher.runtime import read_indexer_state
from searcher.search import background as backgrounds
from searcher.search import engine, present, sample, tasks
from searcher.search.background import Background, Labels
from searcher.search.documents import RankedDocument, grouped
from searcher.search.fusion import Candidate
from searcher.settings import Settings
from searcher.store import Store, open_store
from searcher.store.reader import nearest, vectors_of
from searcher.store.table import read_live

if TYPE_CHECKING:
    from searcher.search.explain import Explanation

AGES = (7, 31, 365)  # days that the facet "since" goes back
MODES = ("hybrid", "meaning", "words")
_LIKELY_WORDS, _STRONG_WORDS = 0.6, 0.95  # coverage that labels a hit found by its words


class Library:
    """Opens the model and the index when they are first needed; many threads may ask at once."""

    def __init__(self, home: Home, settings: Settings, *, reread: present.Reread | None = None) -> None:
        """`reread` reads a file that changed since it was indexed, for its snippet."""
        self.home, self.settings = home, settings
        self._reread = reread
        self._lock = threading.RLock()
        self._embedder: Embedder | None = None
        self._store: Store | None = None
        self._background: Background | None = None
        self._sample = sample.Sample()
        self._labels: Labels | None = None

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def embedder(self) -> Embedder:
        with self._lock:
            if self._embedder is None:
                self._embedder = open_embedder(self.home, self._answering(), role="query")
            return self._embedder

    @property
    def model(self) -> ModelInfo:
        return self.embedder.model

    @property
    def store(self) -> Store:
        """The live table, opened again when another took its place. Raises IndexMissing, ModelMismatch."""
        with self._lock:
            if self._store is None or self._store.live != read_live(self.home):
                self._store = self._open_store()
                self._sample, self._labels = sample.Sample(), None
            return self._store

    def _open_store(self) -> Store:
        """With the model that fits: after a rebuild, another than before."""
        try:
            return open_store(self.home, self.embedder.model)
        except ModelMismatch:
            self.close()
            return open_store(self.home, self.embedder.model)

    def _answering(self) -> Settings:
        """While another index is built, the old one is asked with the model it was built with."""
        live = read_live(self.home)
        if live is None or not live.source or not (self.home.building.exists() or self._rebuild_is_due()):
            return self.settings
        return replace(self.settings, model=live.source, dim=live.dim)

    def _rebuild_is_due(self) -> bool:
        """Whether a living indexer is about to read settings that are newer than the index."""
        try:
            newer = self.home.settings.stat().st_mtime_ns > (self.home.index / "live.json").stat().st_mtime_ns
        except OSError:
            return False
        if not newer or read_indexer_state(self.home) is None:
            return False
        kept = Settings.parse(self.home.settings.read_text("utf-8"), str(self.home.settings))
        return (kept.model, kept.dim) == (self.settings.model, self.settings.dim)

    def embed(self, texts: list[str], kind: Kind = "document") -> Vectors:
        """float32 (n, dim), L2-normalised, in the order given. Raises EmbeddingFailed."""
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
        types: Iterable[str] = (),
        path: str | None = None,
        lang: str | None = None,
        since: str | None = None,
        until: str | None = None,
        folder: str | None = None,
    ) -> Answer:
        """Hits and how they were found. Raises UsageError, IndexMissing, ModelMismatch."""
        start = time.perf_counter()
        _one_of("mode", mode, MODES)
        _one_of("sort", sort, ("relevance", "date"))
        _one_of("task", task, tasks.TASKS)
        parsed = _narrowed(parse(query), types, path, lang, since, until, folder)
        store = self.store
        chosen = tasks.choose(parsed.text) if task == "auto" else task
        vector, embed_ms = None, 0.0
        if mode != "words" and parsed.text.strip():
            vector = self._embedded(parsed.text, chosen)
            embed_ms = (time.perf_counter() - start) * 1000
        searching = time.perf_counter()
        ranked = engine.ranked(store, parsed, vector, self._ranking(store), mode=mode)
        ranked, notes = self._reranked(ranked, parsed, chosen)
        found = grouped(ranked)
        if sort == "date":
            found.sort(key=lambda document: -(document.best.row["date"] or 0))
        label, worth = self._judges(vector)
        results = present.hits(store, found, parsed, label, limit=limit, offset=offset, reread=self._reread)
        end = time.perf_counter()
        return Answer(
            query=query,
            mode=mode,
            task=chosen,
            model={"name": self.model.name, "dim": self.model.dim},
            took_ms={
                "embed": round(embed_ms, 2),
                "search": round((end - searching) * 1000, 2),
                "total": round((end - start) * 1000, 2),
            },
            pending=store.pending(),
            results=results,
            good=any(worth(document.best) for document in found[: offset + limit]),
            total=len(found),
            notes=notes,
            facets=_facets(found),
        )

    def similar(self, path: str | os.PathLike[str], line: int | None = None, *, limit: int = 10) -> Answer:
        """Documents like a document, or like its passage at a line. Raises FolderError for one that is not
        indexed."""
        start = time.perf_counter()
        stored = path if isinstance(path, str) else to_stored(path)
        store = self.store
        rows = vectors_of(store, f"doc_id = '{doc_id(stored)}' AND vector IS NOT NULL")
        if not rows:
            stored = to_stored(Path(path).expanduser().resolve())
            rows = vectors_of(store, f"doc_id = '{doc_id(stored)}' AND vector IS NOT NULL")
        if line is not None:
            rows = [r for r in rows if r["line_start"] and r["line_start"] <= line <= r["line_end"]] or rows[
                :1
            ]
        if not rows:
            raise FolderError(f"{path} is not in the index; `searcher explain '' {path}` says why")
        mean = sum(row["full"] for row in rows) / len(rows)
        vector = mean / max(float((mean @ mean) ** 0.5), 1e-12)
        others = nearest(store, vector, f"doc_id != '{doc_id(stored)}'", engine.CANDIDATES)
        ranked = [Candidate(row, cosine=float(row["full"] @ vector)) for row in others]
        for candidate in ranked:
            candidate.score = candidate.cosine or 0.0
        ranked.sort(key=lambda candidate: -candidate.score)
        found = grouped(ranked)
        results = present.hits(
            store, found, parse(""), self._judges(None)[0], limit=limit, reread=self._reread
        )
        total = (time.perf_counter() - start) * 1000
        return Answer(
            query=stored,
            mode="meaning",
            task="similar",
            model={"name": self.model.name, "dim": self.model.dim},
            took_ms={"embed": 0.0, "search": round(total, 2), "total": round(total, 2)},
            pending=store.pending(),
            results=results,
            total=len(found),
            facets=_facets(found),
        )

    def explain(self, query: str, path: str | os.PathLike[str]) -> Explanation:
        """Where a file stands in the answer to a query, and what keeps it from standing higher."""
        from searcher.search.explain import explain

        parsed = parse(query)
        vector = None
        if parsed.text.strip():
            vector = self._embedded(parsed.text, tasks.choose(parsed.text))
        return explain(self.store, parsed, vector, self._ranking(self.store), path)

    def close(self) -> None:
        """Give the memory back; the next question opens everything again."""
        with self._lock:
            if self._embedder is not None:
                self._embedder.close()
            self._embedder = self._store = None

    def _embedded(self, text: str, task: str) -> Vectors:
        """float32 (native_dim,). A query longer than the model reads loses its end."""
        embedder = self.embedder
        while embedder.count_tokens([text], kind="query")[0] > embedder.model.max_tokens:
            text = text[: len(text) * 3 // 4]
        vector: Vectors = embedder.embed_full([text], kind="query", task=task)[0]
        return vector

    def _ranking(self, store: Store) -> engine.Ranking:
        """What is known of the corpus and of the model; taken again when the table has grown."""
        with self._lock:
            if self._background is None:
                self._background = backgrounds.load(self.home, self.embedder)
            if not self._sample.is_current(store.count()):
                self._sample = sample.take(store)
                self._labels = None
            if self._labels is None and self._background is not None and self._sample.vectors is not None:
                self._labels = backgrounds.calibrate(self._background, self._sample.vectors)
            return engine.Ranking(self._sample, self._background)

    def _judges(self, vector: Vectors | None) -> tuple[present.Label, Callable[[Candidate], bool]]:
        """For this query: the label of a candidate, and whether it is worth being called a match."""
        known, labels = self._background, self._labels
        nonsense = vector is not None and known is not None and known.is_nonsense(vector)
        language = known.language(vector) if known is not None and vector is not None else None

        def label(candidate: Candidate) -> str:
            if candidate.words >= _STRONG_WORDS:  # a made-up word that is there is what was meant
                return "strong"
            by_words = "likely" if candidate.words >= _LIKELY_WORDS else "weak"
            if candidate.cosine is None or labels is None or language is None or nonsense:
                return by_words
            by_meaning = labels.label(candidate.cosine, language)
            return by_meaning if by_meaning != "weak" else by_words

        def worth(candidate: Candidate) -> bool:
            if label(candidate) != "weak":
                return True
            if candidate.cosine is None or labels is None or language is None or nonsense:
                return not nonsense
            return labels.is_worth_showing(candidate.cosine, language)

        return label, worth

    def _reranked(
        self, ranked: list[Candidate], query: Query, task: str
    ) -> tuple[list[Candidate], list[str]]:
        """The second stage, when the settings name a model for it."""
        if not self.settings.reranker or not ranked:
            return ranked, []
        from searcher.search.rerank import rerank

        return rerank(self.home, self.settings, self.store, ranked, query, task)


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} {value!r} is not one of {', '.join(allowed)}")


def _facets(found: list[RankedDocument]) -> dict[str, dict[str, int]]:
    """Documents by kind, by language, by folder, and since some dates: what the page's filters count."""
    starts = {(date.today() - timedelta(days=days)).isoformat(): 0 for days in AGES}
    counts: dict[str, dict[str, int]] = {"type": {}, "language": {}, "folder": {}, "since": starts}
    seconds = {start: span(start)[0] for start in starts}
    for document in found:
        row = document.best.row
        for start, second in seconds.items():
            starts[start] += (row.get("date") or 0) >= second
        for facet, column in (("type", "kind"), ("language", "language"), ("folder", "folder")):
            if row.get(column):
                counts[facet][row[column]] = counts[facet].get(row[column], 0) + 1
    return counts


def _narrowed(
    query: Query,
    types: Iterable[str],
    path: str | None,
    lang: str | None,
    since: str | None,
    until: str | None,
    folder: str | None,
) -> Query:
    """The query's own filters and those given beside it. Raises UsageError for a date that is none."""
    own = query.filters
    return replace(
        query,
        filters=replace(
            own,
            types=own.types + tuple(types),
            paths=own.paths + ((path,) if path else ()),
            languages=own.languages + (tuple(lang.lower().split(",")) if lang else ()),
            folders=own.folders + ((folder,) if folder else ()),
            since=span(since)[0] if since else own.since,
            until=span(until)[1] if until else own.until,
        ),
    )
