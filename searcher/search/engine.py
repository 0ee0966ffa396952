"""A query through the table, from the vector of the question to ranked documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.search import stopwords
from searcher.search.analyzer import query_terms
from searcher.search.background import Background
from searcher.search.documents import Found, grouped
from searcher.search.fusion import Candidate, fuse, wanted
from searcher.search.query import Query
from searcher.search.sample import Sample
from searcher.search.sql import condition
from searcher.store import Store
from searcher.store.reader import nearest, with_words

_COMMON = 0.2  # weight left to a stop word, which a small library would take for a rare one
CANDIDATES = 200  # passages each arm brings; fusing fewer loses documents whose passages are many


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
    rows = {}
    if shifted is not None and mode != "words":
        rows = {row["id"]: row for row in nearest(store, shifted, narrowed, limit)}
    if terms and mode != "meaning":
        rows |= {row["id"]: row for row in with_words(store, terms, narrowed, limit) if row["id"] not in rows}
    elif not terms and vector is None and narrowed:
        rows = _all_matching(store, narrowed, limit)
    candidates = [Candidate(row) for row in rows.values()]
    if vector is not None and shifted is not None:
        for candidate in candidates:
            full = candidate.row["full"]
            if full is not None:
                candidate.cosine = float(np.clip(full @ vector[: len(full)], -1.0, 1.0))
                candidate.meaning = float(full @ shifted[: len(full)])
    sample = known.sample
    rare = {term: sample.frequency[term] / max(sample.taken, 1) for term in terms}
    for term in terms:  # a word the sample missed is rare, not absent
        if not rare[term] and any(term in candidate.held for candidate in candidates):
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


def documents(candidates: list[Candidate]) -> list[Found]:
    return grouped(candidates)


def _all_matching(store: Store, where: str, limit: int) -> dict[str, dict[str, object]]:
    """A query of filters alone lists what they leave, newest first."""
    from searcher.store.reader import RANKED, fetch

    rows = fetch(store, where + " AND ordinal = 0", RANKED, limit)
    return {row["id"]: {**row, "full": None} for row in rows}
