"""A question through all of it: parsed, embedded, ranked, read again by the second stage, presented."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from searcher.embedding.base import Vectors
from searcher.errors import UsageError
from searcher.query import Query, parse, span
from searcher.records import Answer
from searcher.search import engine, envelope, labels, tasks
from searcher.search.documents import grouped
from searcher.search.envelope import Stopwatch
from searcher.search.freshness import Freshness
from searcher.search.fusion import fuse
from searcher.search.generation import Generation
from searcher.search.narrowing import why_nothing
from searcher.search.sentences import Nearest
from searcher.search.suggest import SPELT, LibraryWords, did_you_mean
from searcher.settings import options
from searcher.store import Store
from searcher.store.where import outside
from searcher.text import language

SORTS = ("relevance", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, checked."""

    asked: str  # as it was put
    query: Query
    mode: str
    task: str
    limit: int
    offset: int
    sort: str
    watch: Stopwatch = field(default_factory=Stopwatch)


def question(
    asked: str,
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
) -> Question:
    """Raises UsageError for a value that a question cannot have."""
    watch = Stopwatch()
    _one_of("mode", mode, options("mode"))
    _one_of("sort", sort, SORTS)
    _one_of("task", task, options("task"))
    query = _narrowed(parse(asked), types, path, lang, since, until, folder)
    chosen = tasks.choose(query.text) if task == "auto" else task
    return Question(
        asked=asked,
        query=query,
        mode=mode,
        task=chosen,
        limit=limit,
        offset=offset,
        sort=sort,
        watch=watch,
    )


def answer(
    generation: Generation, question: Question, freshness: Freshness, words: Callable[[Store], LibraryWords]
) -> Answer:
    """`words` gives the table's vocabulary. Raises IndexDamaged, EmbeddingFailed, UsageError for a pattern
    that is none."""
    query, watch, vector = question.query, question.watch, None
    if question.mode != "words" and query.text.strip():
        before = watch.total_ms
        vector = generation.embedded(query.text, question.task)
        watch.embed_ms = watch.total_ms - before
    gathered = engine.gathered(
        generation.store,
        query,
        vector,
        generation.ranking,
        mode=question.mode,
        where=None
        if generation.store.source
        else outside(freshness.away),  # others have folders of the same name
    )
    ranked = fuse(gathered.candidates, gathered.recipe, mode=question.mode)
    notes = [*query.notes, *gathered.notes]
    better = None
    if question.mode != "meaning" and len(query.text.split()) <= SPELT:
        better = did_you_mean(query, ranked, generation.sample, lambda: words(generation.store))
    if not ranked:
        notes += why_nothing(generation.store, query)
    if generation.second is not None:
        ranked, remarks = generation.second.value.ordered(generation.store, ranked, query, question.task)
        notes += remarks
    documents = grouped(ranked)
    spoken = language.of_query(query.text)
    labeller = labels.labeller(
        documents,
        generation.labels,
        mode=question.mode,
        spoken=spoken,
        native=engine.is_native(spoken, generation.sample),
        nonsense=labels.is_nonsense(generation.background, vector),
    )
    if question.sort == "date":  # what hardly matches stays below, however new it is
        documents.sort(key=lambda one: (labeller.label(one.best) == "weak", -(one.best.row["date"] or 0)))
    return envelope.answer(
        generation,
        documents,
        labeller,
        freshness,
        watch,
        asked=question.asked,
        query=query,
        mode=question.mode,
        task=question.task,
        limit=question.limit,
        offset=question.offset,
        notes=notes,
        did_you_mean=better,
        orders=gathered.orders if query.text.strip() else None,
        is_cut=gathered.is_cut,
        nearest=_nearest(generation, vector, watch.embed_ms / 1000),
    )


def _nearest(generation: Generation, vector: Vectors | None, embed_seconds: float) -> Nearest | None:
    """None as well while others ask: they come first."""
    if vector is None or not generation.marking_seconds or generation.embedding.borrowers > 1:
        return None
    return Nearest.of(
        generation.embedder,
        generation.sentences,
        vector,
        seconds=generation.marking_seconds,
        embed_seconds=embed_seconds,
    )


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise UsageError(f"{name} {value!r} is not one of {', '.join(allowed)}")


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
