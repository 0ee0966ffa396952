"""A query through the table, from the vector of the question to ranked documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from searcher.embedding.base import Vectors
from searcher.query import Query
from searcher.search import lexical
from searcher.search.background import Background
from searcher.search.candidates import Candidate
from searcher.search.fusion import Recipe, fuse, recipe_of
from searcher.search.narrowing import Narrowing, narrowed, narrowing
from searcher.search.sample import Sample
from searcher.search.scale import Scale, scale
from searcher.store import Store
from searcher.store.reader import (
    ids_with_words,
    in_order_of_meaning,
    in_order_of_words,
    nearest,
    nearest_ids,
    with_words,
)
from searcher.text import language, stopwords
from searcher.text.terms import Asked, asked

CANDIDATES = 200  # passages each arm brings; fusing fewer loses documents whose passages are many
_POOL = ThreadPoolExecutor(4, "words")  # the two arms of a query are asked at once


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is known beside the table when a query is ranked."""

    sample: Sample
    background: Background | None = None


def ranked(
    store: Store,
    query: Query,
    vector: Vectors | None,
    ranking: Ranking,
    *,
    mode: str,
    limit: int = CANDIDATES,
    where: str | None = None,
) -> list[Candidate]:
    """Passages, best first. `vector` is float32 (native_dim,), L2-normalised; None for a query by words."""
    candidates, recipe = gathered(store, query, vector, ranking, mode=mode, limit=limit, where=where)
    return fuse(candidates, recipe, mode=mode)


def has_all(store: Store, vector: Vectors | None, mode: str, limit: int = CANDIDATES) -> bool:
    """Whether the nearest in meaning are all rows that filters leave: those of a small library, each with its
    vector. Words then bring no others, and facets count these."""
    if vector is None or mode == "words" or store.count() > limit:
        return False
    return not store.pending() and not store.by_words()


def gathered(
    store: Store,
    query: Query,
    vector: Vectors | None,
    ranking: Ranking,
    *,
    mode: str,
    limit: int = CANDIDATES,
    where: str | None = None,
) -> tuple[list[Candidate], Recipe]:
    """What `ranked` ranks, and by what."""
    arms = _arms(store, query, vector, ranking, mode=mode, where=where)
    terms, left = arms.terms, arms.left
    asks_words = terms and not has_all(store, vector, mode, limit)
    by_words = _POOL.submit(_with_words, store, terms, left, limit) if asks_words else None
    rows = {}
    if arms.direction is not None:
        rows = {row["id"]: row for row in _nearest(store, arms.direction, left, limit)}
    if by_words is not None:
        rows = {row["id"]: row for row in by_words.result()} | rows
    elif vector is None and not terms and left.where:
        rows = _all_matching(store, left.where, limit)
    candidates = [Candidate(row) for row in rows.values() if left.allows(str(row["doc_id"]))]
    if vector is not None and arms.measure is not None:
        _compare(candidates, vector, arms.measure)
    common = stopwords.of(arms.spoken or arms.languages[0])
    native = is_native(arms.spoken, ranking.sample)
    held = lexical.words_of(arms.words, ranking.sample, candidates, common, native=native)
    return candidates, recipe_of(query, held, native=native)


def _nearest(store: Store, direction: Vectors, left: Narrowing, limit: int) -> list[dict[str, Any]]:
    ids = partial(nearest_ids, store, direction, left.where)
    return nearest(store, direction, narrowed(left, ids, limit), limit)


def _with_words(store: Store, terms: list[str], left: Narrowing, limit: int) -> list[dict[str, Any]]:
    ids = partial(ids_with_words, store, terms, left.where)
    return with_words(store, terms, narrowed(left, ids, limit), limit)


@dataclass(frozen=True, slots=True)
class Orders:
    """Rows in the order in which either arm brings them, with what facets count."""

    by_meaning: list[dict[str, Any]]
    by_words: list[dict[str, Any]]


def orders(
    store: Store, query: Query, vector: Vectors | None, ranking: Ranking, *, mode: str, limit: int
) -> Orders:
    """As far down as `limit` of each."""
    arms = _arms(store, query, vector, ranking, mode=mode, where=None)
    near: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    if arms.direction is not None:
        near = in_order_of_meaning(store, arms.direction, arms.left.where, limit)
    if arms.terms:
        written = in_order_of_words(store, arms.terms, arms.left.where, limit)
    allowed = arms.left.allows
    return Orders(
        [row for row in near if allowed(row["doc_id"])], [row for row in written if allowed(row["doc_id"])]
    )


@dataclass(frozen=True, slots=True)
class _Arms:
    """What the table is asked for."""

    left: Narrowing
    spoken: str | None  # language of the query
    languages: tuple[str, ...]  # of the library
    words: list[Asked]
    terms: list[str]  # none in meaning mode
    measure: Scale | None
    direction: Vectors | None  # none in words mode


def _arms(
    store: Store, query: Query, vector: Vectors | None, ranking: Ranking, *, mode: str, where: str | None
) -> _Arms:
    spoken = language.of_query(query.text)
    languages = ranking.sample.main_languages() or ("en",)
    words = asked(query.text, tuple(dict.fromkeys(filter(None, [spoken, *languages]))))
    terms = [] if mode == "meaning" else [term for word in words for term in (*word.exact, *word.stems)]
    measure = direction = None
    if vector is not None and mode != "words":
        measure = scale(vector, ranking.sample, ranking.background, spoken)
        direction = measure.direction if mode == "hybrid" else vector
    return _Arms(narrowing(store, query, where), spoken, languages, words, terms, measure, direction)


def is_native(spoken: str | None, sample: Sample) -> bool:
    """Whether a query's language, None when that cannot be told, is the library's."""
    return spoken is None or sample.spoken(spoken) > 0.5


def _compare(candidates: list[Candidate], vector: Vectors, measure: Scale) -> None:
    """Cosine and meaning of the candidates that have a vector."""
    embedded = [candidate for candidate in candidates if candidate.row["full"] is not None]
    if not embedded:
        return
    full = np.stack([candidate.row["full"] for candidate in embedded])
    width = full.shape[1]
    cosines = np.clip(full @ vector[:width], -1.0, 1.0)
    measured = (cosines, measure.of(full), measure.nearness(cosines))
    for candidate, *values in zip(embedded, *(each.tolist() for each in measured), strict=True):
        candidate.cosine, candidate.meaning, candidate.nearness = values


def _all_matching(store: Store, where: str, limit: int) -> dict[str, dict[str, object]]:
    """A query of filters alone lists what they leave, newest first."""
    from searcher.store.reader import RANKED, fetch

    rows = fetch(store, where + " AND ordinal = 0", RANKED, limit)
    return {row["id"]: {**row, "full": None} for row in rows}
