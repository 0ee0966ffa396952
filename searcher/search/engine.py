"""A query through the table, from the vector of the question to ranked documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.query import Query
from searcher.search.background import Background
from searcher.search.fusion import Candidate, fuse, wanted
from searcher.search.sample import Sample
from searcher.store import Store
from searcher.store.reader import nearest, with_words
from searcher.store.where import condition
from searcher.text import stopwords
from searcher.text.terms import query_terms

_COMMON = 0.2  # weight left to a stop word, which a small library would take for a rare one
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
    known: Ranking,
    *,
    mode: str,
    limit: int = CANDIDATES,
    where: str | None = None,
) -> list[Candidate]:
    """Passages, best first. `vector` is float32 (native_dim,), L2-normalised; None for a query by words."""
    narrowed = " AND ".join(filter(None, [condition(query), where])) or None
    terms = query_terms(query.text)
    shifted = vector
    if vector is not None and mode == "hybrid" and known.background is not None:
        shifted = known.background.shifted(vector)
    by_words = (
        _POOL.submit(with_words, store, terms, narrowed, limit) if terms and mode != "meaning" else None
    )
    rows = {}
    if shifted is not None and mode != "words":
        rows = {row["id"]: row for row in nearest(store, shifted, narrowed, limit)}
    if by_words is not None:
        rows = {row["id"]: row for row in by_words.result()} | rows
    elif vector is None and not terms and narrowed:
        rows = _all_matching(store, narrowed, limit)
    candidates = [Candidate(row) for row in rows.values()]
    if vector is not None and shifted is not None:
        _compare(candidates, vector, shifted)
    sample = known.sample
    rare = {term: sample.frequency[term] / max(sample.taken, 1) for term in terms}
    for term in terms:  # a word the sample missed is rare, not absent
        if not rare[term] and any(candidate.holds(term) for candidate in candidates):
            rare[term] = 1 / max(sample.of, 1)
    weights = sample.weights(terms)
    about_code = False
    if vector is not None and known.background is not None:
        about_code = known.background.about_code(vector)
        common = stopwords.of(known.background.languages[known.background.language(vector)])
        rare = {term: 1.0 if term in common else share for term, share in rare.items()}
        if not about_code:  # in code a stop word may be a keyword
            weights = {term: w * (_COMMON if term in common else 1.0) for term, w in weights.items()}
    return fuse(candidates, wanted(query, weights, rare, about_code=about_code), mode=mode)


def _compare(candidates: list[Candidate], vector: Vectors, shifted: Vectors) -> None:
    """Cosines with the plain and with the shifted query, of the candidates that have a vector."""
    known = [candidate for candidate in candidates if candidate.row["full"] is not None]
    if not known:
        return
    full = np.stack([candidate.row["full"] for candidate in known])
    width = full.shape[1]
    cosines, meanings = np.clip(full @ vector[:width], -1.0, 1.0), full @ shifted[:width]
    for candidate, cosine, meaning in zip(known, cosines.tolist(), meanings.tolist(), strict=True):
        candidate.cosine, candidate.meaning = cosine, meaning


def _all_matching(store: Store, where: str, limit: int) -> dict[str, dict[str, object]]:
    """A query of filters alone lists what they leave, newest first."""
    from searcher.store.reader import RANKED, fetch

    rows = fetch(store, where + " AND ordinal = 0", RANKED, limit)
    return {row["id"]: {**row, "full": None} for row in rows}
