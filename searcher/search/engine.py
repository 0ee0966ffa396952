"""A query through the table, from the vector of the question to ranked documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.query import Query
from searcher.search import lexical
from searcher.search.background import Background
from searcher.search.candidates import Candidate
from searcher.search.fusion import Recipe, fuse, recipe_of
from searcher.search.narrowing import narrowing
from searcher.search.sample import Sample
from searcher.search.scale import Scale, scale
from searcher.store import Store
from searcher.store.reader import nearest, with_words
from searcher.text import language, stopwords
from searcher.text.terms import asked

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
    left = narrowing(store, query, where)
    narrowed = left.where
    sample = ranking.sample
    spoken = language.of_query(query.text)
    languages = sample.main_languages() or ("en",)
    words = asked(query.text, tuple(dict.fromkeys(filter(None, [spoken, *languages]))))
    terms = [term for word in words for term in (*word.exact, *word.stems)]
    by_words = (
        _POOL.submit(with_words, store, terms, narrowed, limit) if terms and mode != "meaning" else None
    )
    rows = {}
    measure = None
    if vector is not None and mode != "words":
        measure = scale(vector, sample, ranking.background, spoken)
        direction = measure.direction if mode == "hybrid" else vector
        rows = {row["id"]: row for row in nearest(store, direction, narrowed, limit)}
    if by_words is not None:
        rows = {row["id"]: row for row in by_words.result()} | rows
    elif vector is None and not terms and narrowed:
        rows = _all_matching(store, narrowed, limit)
    candidates = [Candidate(row) for row in rows.values() if left.allows(str(row["doc_id"]))]
    if vector is not None and measure is not None:
        _compare(candidates, vector, measure)
    common = stopwords.of(spoken or languages[0])
    recipe = recipe_of(
        query,
        lexical.words_of(words, sample, candidates, common),
        native=spoken is None or sample.spoken(spoken) > 0.5,
    )
    return candidates, recipe


def _compare(candidates: list[Candidate], vector: Vectors, measure: Scale) -> None:
    """Cosine and meaning of the candidates that have a vector."""
    embedded = [candidate for candidate in candidates if candidate.row["full"] is not None]
    if not embedded:
        return
    full = np.stack([candidate.row["full"] for candidate in embedded])
    width = full.shape[1]
    cosines = np.clip(full @ vector[:width], -1.0, 1.0)
    for candidate, cosine, meaning in zip(embedded, cosines.tolist(), measure.of(full).tolist(), strict=True):
        candidate.cosine, candidate.meaning = cosine, meaning


def _all_matching(store: Store, where: str, limit: int) -> dict[str, dict[str, object]]:
    """A query of filters alone lists what they leave, newest first."""
    from searcher.store.reader import RANKED, fetch

    rows = fetch(store, where + " AND ordinal = 0", RANKED, limit)
    return {row["id"]: {**row, "full": None} for row in rows}
