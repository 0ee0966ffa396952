"""A library opened for reading: the door for Python code, and what every interface goes through."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from searcher import folders, opening
from searcher.embedding import Embedder, prepare
from searcher.embedding.base import Kind, ModelInfo, Vectors, cut
from searcher.errors import IndexDamaged, ModelChanged, SearcherError
from searcher.home import Home
from searcher.lending import Shared
from searcher.query import parse
from searcher.records import Answer, Hit
from searcher.search import ask, asked, background, labels, sample, tasks
from searcher.search.freshness import Freshness, Reread, Rereading
from searcher.search.generation import Generation
from searcher.search.rerank import SecondStage
from searcher.search.similar import similar
from searcher.search.suggest import LibraryWords, Suggestion, vocabulary
from searcher.settings import Settings
from searcher.store import Store, open_store
from searcher.store.reader import by_id
from searcher.store.table import read_live
from searcher.text import language

if TYPE_CHECKING:
    from searcher.search.explain import Explanation

T = TypeVar("T")

_ATTEMPTS = 4  # at one question; the index changed its place during each of the others
_NOTED_SECONDS = 30.0  # after which it is looked again whether what a note says still holds
# what the embedder and the second stage are opened with
_COMPUTING = ("gpu_layers", "threads", "weights", "embed_url", "embed_key", "instructions")
_SECOND = ("reranker", "rerank_seconds", "gpu_layers", "threads", "instructions")


class Library:
    """Opens the model and the index when they are first needed; many threads may ask at once.

    It answers from one generation at a time. When the indexer has put another index in place, or the
    settings are others, the next question opens what is new; questions under way end on what they began with.
    """

    def __init__(self, home: Home, settings: Settings, *, reread: Reread | None = None) -> None:
        """`reread` reads a file that changed since it was indexed, for its snippet."""
        self.home, self.settings = home, settings
        language.keep_in(home)
        self._reread = reread
        self._rereading: Rereading | None = None
        # another model that this call alone names is refused; one that the settings name is waited for
        self._strict = opening.differ_from_the_file(home, settings)
        self._lock = threading.RLock()
        self._sampling = threading.Lock()
        self._generation: Generation | None = None
        self._opened_with = settings
        self._noted = 0.0  # time.monotonic() when its notes were made
        self._vocabulary: tuple[Store, LibraryWords] | None = None
        self._alone: Shared[Embedder] | None = None  # the model without an index

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def model(self) -> ModelInfo:
        """That of the index; the one the settings name before there is one."""
        if read_live(self.home) is not None:
            with self._borrowed() as generation:
                return generation.model
        with self._without_index() as embedder:
            return embedder.model

    @property
    def store(self) -> Store:
        """The live table. Raises IndexMissing, IndexDamaged, ModelMismatch."""
        with self._borrowed() as generation:
            return generation.store

    def embed(self, texts: list[str], kind: Kind = "document") -> Vectors:
        """float32 (n, dim), L2-normalised, in the order given. Raises EmbeddingFailed."""
        if read_live(self.home) is not None:
            return self._asked(lambda now: cut(now.embedder.embed_full(texts, kind=kind), now.model.dim))
        with self._without_index() as embedder:
            return cut(embedder.embed_full(texts, kind=kind), embedder.model.dim)

    def search(self, query: str, *, limit: int = 10, mode: str = "hybrid", **filters: Any) -> list[Hit]:
        """The best documents, best first. Filters as in `answer`."""
        return self.answer(query, limit=limit, mode=mode, **filters).results

    def answer(self, query: str, **options: Any) -> Answer:
        """Hits and how they were found; options as in `searcher.search.ask.question`.

        Raises UsageError, IndexMissing, IndexDamaged, ModelMismatch.
        """
        question = ask.question(query, **options)
        result = self._asked(
            lambda generation: ask.answer(generation, question, self._freshness(), self._words)
        )
        if result.pending:
            asked.note(self.home, _without_meaning(result.results))
        return result

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        """Names of files, words and headings that begin so. Raises IndexMissing, IndexDamaged."""
        return self._asked(lambda generation: self._words(generation.store).beginning(prefix, limit))

    def similar(self, path: str | os.PathLike[str], line: int | None = None, *, limit: int = 10) -> Answer:
        """Documents like a document, or like its passage at a line. Raises FolderError for one that is not
        indexed."""
        return self._asked(lambda generation: similar(generation, path, line, self._freshness(), limit=limit))

    def explain(self, query: str, path: str | os.PathLike[str]) -> Explanation:
        """Where a file stands in the answer to a query, and what keeps it from standing higher."""
        from searcher.search.explain import explain

        parsed = parse(query)

        def explained(generation: Generation) -> Explanation:
            vector = None
            if parsed.text.strip():
                vector = generation.embedded(parsed.text, tasks.choose(parsed.text))
            return explain(generation.store, parsed, vector, generation.ranking, path)

        return self._asked(explained)

    def drop(self) -> None:
        """Let go of all that is held of the text of files, the table's caches too; the model stays open."""
        with self._lock:
            self._vocabulary = None
            if self._rereading is not None:
                self._rereading.close()
                self._rereading = None
            present, self._generation = self._generation, None
            if present is None:
                return
            following = None
            with suppress(SearcherError):  # said to the next question
                following = self._next(present, self._opened_with)
            self._generation = following
            self._leave(present, following)

    def close(self) -> None:
        """Give the memory back, once the questions under way are answered; the next one opens everything
        again."""
        with self._lock:
            self._leave(self._generation)
            self._generation = None
            if self._alone is not None:
                self._alone.let_go()
            if self._rereading is not None:
                self._rereading.close()
            self._alone = self._rereading = self._vocabulary = None

    def passages(self, ids: Sequence[str], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Columns of the table's rows by id. Raises IndexMissing, IndexDamaged, ModelMismatch."""
        return self._asked(lambda generation: by_id(generation.store, ids, columns))

    def _asked(self, question: Callable[[Generation], T]) -> T:
        """The answer of the present generation; asked again when that was replaced meanwhile, for then its
        table is dropped."""
        for attempt in range(_ATTEMPTS):
            with self._borrowed() as generation:
                try:
                    return question(self._labelled(self._sampled(generation)))
                except ModelChanged:
                    if attempt == _ATTEMPTS - 1:
                        raise
                    self._forget(generation)
                except SearcherError:
                    if attempt == _ATTEMPTS - 1 or read_live(self.home, fresh=True) == generation.live:
                        raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _borrowed(self) -> Iterator[Generation]:
        """The present generation, what it holds kept open meanwhile."""
        with self._lock:
            generation = self._present()
            for part in generation.held:
                part.borrow()
        try:
            yield generation
        finally:
            for part in generation.held:
                part.give_back()

    @contextmanager
    def _without_index(self) -> Iterator[Embedder]:
        """The model that the settings name."""
        with self._lock:
            if self._alone is None:
                self._alone = Shared(prepare(self.home, self.settings).opened("query"), _close)
            alone = self._alone
            embedder = alone.borrow()
        try:
            yield embedder
        finally:
            alone.give_back()

    def _present(self) -> Generation:
        """Opened anew when the index or the settings are others. For who holds the lock."""
        present, live = self._generation, read_live(self.home)
        if present is not None and present.live == live and self._opened_with == self.settings:
            stale = present.notes and time.monotonic() - self._noted > _NOTED_SECONDS
            if not stale:
                return present
        settings = self.settings
        following = self._next(present, settings)
        self._generation, self._opened_with = following, settings
        self._noted, self._strict = time.monotonic(), False
        self._leave(present, following)
        return following

    def _next(self, present: Generation | None, settings: Settings) -> Generation:
        """What the present generation has and still fits is taken over."""
        store = self._table()
        prepared, note = opening.model_of(self.home, settings, store.live, strict=self._strict)
        before = self._opened_with
        embedding = second = None
        if present is not None and present.live.fingerprint == store.live.fingerprint:
            embedding = present.embedding if _same(_COMPUTING, before, settings) else None
        if present is not None:
            second = present.second if _same(_SECOND, before, settings) else None
        if second is None and settings.reranker:
            second = Shared(SecondStage(self.home, settings), SecondStage.close)
        return Generation(
            live=store.live,
            model=replace(prepared.model, dim=store.live.dim),
            store=store,
            embedding=embedding or Shared(prepared.opened("query"), _close),
            second=second,
            marking_seconds=settings.mark_seconds,
            notes=(note,) if note else (),
        )

    def _table(self) -> Store:
        """The live table; opened again when another took its place meanwhile."""
        for _ in range(_ATTEMPTS):
            live = read_live(self.home)
            try:
                return open_store(self.home, None)
            except IndexDamaged:
                if read_live(self.home, fresh=True) == live:
                    raise
        return open_store(self.home, None)

    def _sampled(self, generation: Generation) -> Generation:
        """With what is known of the corpus, taken again when that has grown. One question does it; those
        that have an older sample go on with that."""
        if generation.fits_the_corpus:
            return generation
        if not self._sampling.acquire(blocking=not generation.sample.taken):
            return generation
        try:
            with self._lock:
                present = self._generation or generation
            if present.store is generation.store and present.fits_the_corpus:
                return present  # another question did it while this one waited
            loaded = generation.background or background.load(self.home, generation.model)
            taken = sample.take(generation.store)
            sampled = replace(generation, background=loaded, sample=taken)
            with self._lock:
                if self._generation is not None and self._generation.store is generation.store:
                    self._generation = replace(self._generation, background=loaded, sample=taken)
            return sampled
        finally:
            self._sampling.release()

    def _labelled(self, generation: Generation) -> Generation:
        """With the labels of its index as they are now."""
        passages, fingerprint = generation.sample.of, generation.model.fingerprint
        return replace(generation, labels=labels.of_index(self.home, fingerprint, passages))

    def _words(self, store: Store) -> LibraryWords:
        """Those of the table, read again when it has grown or shrunk by a fifth."""
        cached = self._vocabulary
        rows = store.count()
        if cached is None or cached[0] is not store or abs(rows - cached[1].passages) > max(rows // 5, 20):
            cached = self._vocabulary = (store, vocabulary(store))
        return cached[1]

    def _forget(self, generation: Generation) -> None:
        """Open everything anew with the next question."""
        with self._lock:
            if self._generation is not None and self._generation.embedding is generation.embedding:
                self._leave(self._generation)
                self._generation = None

    def _freshness(self) -> Freshness:
        with self._lock:
            if self._rereading is None and self._reread is not None:
                self._rereading = Rereading(self._reread)
            return Freshness(self._rereading, folders.out_of_reach(self.home))

    def _leave(self, generation: Generation | None, following: Generation | None = None) -> None:
        """Let go of what the following generation does not have as well."""
        for part in generation.held if generation is not None else ():
            if following is None or part not in following.held:
                part.let_go()


def _same(names: tuple[str, ...], one: Settings, other: Settings) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _close(embedder: Embedder) -> None:
    embedder.close()


def _without_meaning(hits: Sequence[Hit]) -> list[str]:
    """Ids of passages that were found by words alone, as far as the answer shows them."""
    shown = [(hit.chunk_id, hit.cosine) for hit in hits]
    shown += [(passage.chunk_id, passage.cosine) for hit in hits for passage in hit.passages]
    return [chunk_id for chunk_id, cosine in shown if cosine is None]
