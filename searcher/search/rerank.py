"""The optional second stage: a cross-encoder reads query and passage together, within a time budget."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.query import Query
from searcher.search.candidates import Candidate
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.reader import by_id

if TYPE_CHECKING:
    from searcher.embedding.reranker import Reranker

_FEWEST = 2  # read in time, for their scores to mean something beside each other
_MOST = 20  # passages; beyond, a CPU is never in time
_AGAIN_SECONDS = 20.0  # after which one that could not be opened may have been fetched or replaced


class SecondStage:
    """The reranker that the settings name, opened beside the first query: that may take longer than a query
    has. One that cannot be opened takes no part, and every answer says why."""

    def __init__(self, home: Home, settings: Settings) -> None:
        from searcher.embedding.reranker import open_reranker

        self.name, self.seconds = settings.reranker, settings.rerank_seconds
        # fetched by a query, half a gigabyte would be waited for
        self._open = partial(open_reranker, home, replace(settings, hub=False))
        self._lock = threading.Lock()
        self._tried, self._opening = time.monotonic(), self._begun()

    def _begun(self) -> Future[Reranker | None]:
        opening = ThreadPoolExecutor(1, "reranker")
        future = opening.submit(self._open)
        opening.shutdown(wait=False)
        return future

    def _opened(self) -> Reranker | None:
        """Raises TimeoutError while it is being opened, and what `open_reranker` raises."""
        with self._lock:
            failed = self._opening.done() and self._opening.exception() is not None
            if failed and time.monotonic() - self._tried > _AGAIN_SECONDS:
                self._tried, self._opening = time.monotonic(), self._begun()
            opening = self._opening
        return opening.result(self.seconds)

    def ordered(
        self, store: Store, ranked: Sequence[Candidate], query: Query, task: str
    ) -> tuple[list[Candidate], list[str]]:
        """The candidates with those that were read in time in their new order, and notes for the person."""
        deadline = time.monotonic() + self.seconds
        unchanged = list(ranked)
        if not ranked or not query.text.strip():
            return unchanged, []
        head = unchanged[:_MOST]
        try:
            reranker = self._opened()
            if reranker is None:
                return unchanged, []
            texts = by_id(store, [candidate.row["id"] for candidate in head], ["text"])
            passages = [texts[c.row["id"]]["text"] if c.row["id"] in texts else "" for c in head]
            scores = reranker.score(query.text, passages, task, deadline)
        except TimeoutError:
            return unchanged, [f"not reranked: {self.name} is still being opened"]
        except (SearcherError, OSError) as error:
            return unchanged, [f"not reranked: {error}"]
        read = sum(score is not None for score in scores)
        note = f"reranked {read} of {len(head)} passages within {self.seconds:g} s"
        return blended(head, scores) + unchanged[_MOST:], [note]

    def close(self) -> None:
        """Once it is open, if it is being opened."""
        self._opening.add_done_callback(_close)


def blended(head: Sequence[Candidate], scores: Sequence[float | None]) -> list[Candidate]:
    """Those that were read change places among themselves. The first stage's score is in standard deviations
    of meaning above the corpus; what the reranker says is added in its own within those read, so that neither
    has its way alone. The others stay."""
    read = [place for place, score in enumerate(scores) if score is not None]
    if len(read) < _FEWEST:
        return list(head)
    second = np.array([scores[place] for place in read], float)
    first = np.array([head[place].score for place in read], float)
    merit = first + (second - second.mean()) / max(float(second.std()), 1e-9)
    result = list(head)
    for place, chosen in zip(read, np.argsort(-merit, kind="stable").tolist(), strict=True):
        result[place] = head[read[chosen]]
    return result


def _close(opened: Future[Reranker | None]) -> None:
    reranker = None if opened.exception() else opened.result()
    if reranker is not None:
        reranker.close()
