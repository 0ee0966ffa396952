"""Ranked passages as the answer a person or a program gets, whatever they were ranked by."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from searcher.query import Query
from searcher.records import Answer
from searcher.search import present
from searcher.search.documents import RankedDocument
from searcher.search.engine import Orders
from searcher.search.facets import facets
from searcher.search.freshness import Freshness
from searcher.search.generation import Generation
from searcher.search.labels import Labeller
from searcher.search.sentences import Nearest


@dataclass(slots=True)
class Stopwatch:
    """Since the question arrived, and how much of that the query's embedding took."""

    started: float = field(default_factory=time.perf_counter)
    embed_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        return (time.perf_counter() - self.started) * 1000

    def took_ms(self) -> dict[str, float]:
        total = self.total_ms
        search = total - self.embed_ms
        return {"embed": round(self.embed_ms, 2), "search": round(search, 2), "total": round(total, 2)}


def answer(
    generation: Generation,
    documents: Sequence[RankedDocument],
    labeller: Labeller,
    freshness: Freshness,
    watch: Stopwatch,
    *,
    asked: str,
    query: Query,
    mode: str,
    task: str,
    limit: int,
    offset: int = 0,
    notes: Iterable[str] = (),
    did_you_mean: str | None = None,
    nearest: Nearest | None = None,
    orders: Orders | None = None,
    is_cut: bool = False,
) -> Answer:
    """The `documents`, best first, from number `offset` + 1 on. `asked` is the question as it was put,
    `query` what of it snippets are cut and marked for."""
    results = present.hits(
        generation.store,
        documents,
        query,
        labeller.label,
        limit=limit,
        offset=offset,
        freshness=freshness,
        nearest=nearest,
    )
    pending, passages = generation.store.pending(), generation.store.count() - generation.store.by_words()
    return Answer(
        query=asked,
        mode=mode,
        task=task,
        model={"name": generation.model.name, "dim": generation.model.dim},
        took_ms=watch.took_ms(),
        pending=pending,
        searched_by_meaning=round(1 - pending / passages, 4) if passages else 1.0,
        results=results,
        good=any(labeller.is_worth_showing(d.best) for d in documents[: offset + limit]),
        total=len(documents),
        files=sum(1 + len(document.copies) for document in documents),
        notes=[*generation.notes, *notes, *freshness.notes()],
        facets=facets(documents, orders),
        facets_at_least=is_cut,
        did_you_mean=did_you_mean,
        marking=_marking(nearest),
    )


def _marking(nearest: Nearest | None) -> dict[str, float]:
    if nearest is None:
        return {}
    took, budget = nearest.used * 1000, nearest.seconds * 1000
    return {"hits": nearest.marked, "took_ms": round(took, 2), "budget_ms": round(budget, 2)}
