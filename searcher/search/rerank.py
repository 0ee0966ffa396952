"""The optional second stage: a cross-encoder reads query and passage together, within a time budget."""

from __future__ import annotations

import time
from functools import lru_cache

from searcher.embedding.reranker import Reranker, open_reranker
from searcher.home import Home
from searcher.query import Query
from searcher.search.fusion import Candidate
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.reader import by_id

_MOST = 20  # passages; beyond, a CPU is never in time


def rerank(
    home: Home, settings: Settings, store: Store, ranked: list[Candidate], query: Query, task: str
) -> tuple[list[Candidate], list[str]]:
    """The candidates with those that were read in time put in front, and notes for the person."""
    reranker = _opened(home, settings)
    if reranker is None:
        return ranked, []
    head = ranked[:_MOST]
    texts = by_id(store, [candidate.row["id"] for candidate in head], ["text"])
    deadline = time.monotonic() + settings.rerank_seconds
    scores = reranker.score(
        query.text, [texts[c.row["id"]]["text"] if c.row["id"] in texts else "" for c in head], task, deadline
    )
    read = [(score, c) for score, c in zip(scores, head, strict=True) if score is not None]
    unread = [c for score, c in zip(scores, head, strict=True) if score is None]
    read.sort(key=lambda pair: -pair[0])
    notes = [f"reranked {len(read)} of {len(head)} passages within {settings.rerank_seconds:g} s"]
    return [c for _, c in read] + unread + ranked[_MOST:], notes


@lru_cache(maxsize=1)
def _opened(home: Home, settings: Settings) -> Reranker | None:
    return open_reranker(home, settings)
