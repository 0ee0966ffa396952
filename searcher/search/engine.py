"""A query through the table, from the vector of the question to ranked documents."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

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
from searcher.store.arms import both
from searcher.store.reader import ids_with_words, nearest_ids
from searcher.store.small import Row, SmallTable, small
from searcher.system import GivingBack
from searcher.text import language, stopwords
from searcher.text.terms import Asked, asked

CANDIDATES = 200  # passages each arm brings; fusing fewer loses documents whose passages are many
# forty queries with quoted words of a million passages left 150 MB that nobody used
_GIVING_BACK = GivingBack(1.0)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What is known beside the table when a query is ranked."""

    sample: Sample
    background: Background | None = None


@dataclass(frozen=True, slots=True)
class Orders:
    """Rows in the order in which either arm brings them: all those of a small table."""

    by_meaning: list[Row]
    by_words: list[Row]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is ranked, and by what."""

    candidates: list[Candidate]
    recipe: Recipe
    orders: Orders | None  # none of a large table
    notes: tuple[str, ...] = ()
    is_cut: bool = False  # an arm of a large table had as many rows as it may bring: there are more


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
    found = gathered(store, query, vector, ranking, mode=mode, limit=limit, where=where)
    return fuse(found.candidates, found.recipe, mode=mode)


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
) -> Gathered:
    """What `ranked` ranks: `limit` passages of either arm."""
    arms = _arms(store, query, vector, ranking, mode=mode, where=where)
    terms = [] if has_all(store, vector, mode, limit) else arms.terms
    orders = None
    is_cut = False
    if (table := small(store)) is None:
        near, written = _asked(store, arms, terms, limit)
        is_cut = max(len(near), len(written)) >= limit
        if query.required or query.excluded:
            _GIVING_BACK.now()
    else:
        near, written, orders = _remembered(table, arms, terms, limit)
    rows = {row["id"]: row for row in written} | {row["id"]: row for row in near}
    if vector is None and not arms.terms and (arms.left.where or not arms.left.is_told):
        rows = _all_matching(store, arms.left, limit)
    candidates = [Candidate(row) for row in rows.values()]
    if arms.left.names_documents:
        among = arms.left.among(row["doc_id"] for row in rows.values())
        candidates = [candidate for candidate in candidates if candidate.row["doc_id"] in among]
    if vector is not None and arms.measure is not None:
        _compare(candidates, vector, arms.measure)
    common = stopwords.of(arms.spoken or arms.languages[0])
    native = is_native(arms.spoken, ranking.sample)
    held = lexical.words_of(arms.words, ranking.sample, candidates, common, native=native)
    return Gathered(candidates, recipe_of(query, held, native=native), orders, arms.left.notes, is_cut)


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


def _asked(store: Store, arms: _Arms, terms: list[str], limit: int) -> tuple[list[Row], list[Row]]:
    """The rows of both arms, which a large table is asked for at once."""
    near = written = None
    if arms.direction is not None:
        near = narrowed(arms.left, partial(nearest_ids, store, arms.direction, arms.left.where), limit)
    if terms:
        written = narrowed(arms.left, partial(ids_with_words, store, terms, arms.left.where), limit)
    return both(store, arms.direction, near, terms, written, limit)


def _remembered(
    table: SmallTable, arms: _Arms, terms: list[str], limit: int
) -> tuple[list[Row], list[Row], Orders]:
    """As `_asked`, and all rows of a small table in both orders."""
    where, direction = arms.left.where, arms.direction
    near = table.nearest(direction, where) if direction is not None else []
    written = table.with_words(terms, where) if terms else []
    if arms.left.names_documents:
        among = arms.left.among(row["doc_id"] for rows in (near, written) for row in rows)
        near = [row for row in near if row["doc_id"] in among]
        written = [row for row in written if row["doc_id"] in among]
    best = table.best(near, direction, limit) if direction is not None else []
    return best, written[:limit], Orders(near, written)


def is_native(spoken: str | None, sample: Sample) -> bool:
    """Whether a query's language, None when that cannot be told, is the library's."""
    return spoken is None or sample.spoken(spoken) > 0.5


def _compare(candidates: list[Candidate], vector: Vectors, measure: Scale) -> None:
    """Cosine and meaning of the candidates that have a vector."""
    embedded = [candidate for candidate in candidates if candidate.row["full"] is not None]
    if not embedded:
        return
    full = np.concatenate([candidate.row["full"] for candidate in embedded]).reshape(len(embedded), -1)
    width = full.shape[1]
    cosines = np.clip(full @ vector[:width], -1.0, 1.0)
    measured = (cosines, measure.of(full), measure.nearness(cosines))
    for candidate, *values in zip(embedded, *(each.tolist() for each in measured), strict=True):
        candidate.cosine, candidate.meaning, candidate.nearness = values


def _all_matching(store: Store, left: Narrowing, limit: int) -> dict[str, Row]:
    """A query of filters alone lists what they leave, newest first."""
    from searcher.store.reader import RANKED, by_id, fetch

    columns = [*RANKED, "doc_id"]
    where = f"{left.where or 'true'} AND ordinal = 0"
    if left.is_told:
        rows = fetch(store, where, columns, limit)
    else:
        every = fetch(store, where, ["id", "doc_id"])
        among = left.among(row["doc_id"] for row in every)
        first = [row["id"] for row in every if row["doc_id"] in among]
        rows = list(by_id(store, first[:limit], columns).values())
    return {row["id"]: {**row, "full": None} for row in rows}
