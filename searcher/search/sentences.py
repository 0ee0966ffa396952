"""The sentence of a hit that is nearest to the query, for hits that share no telling word with it."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from searcher.embedding import Embedder
from searcher.embedding.base import Vectors
from searcher.search.snippets import sentences

_MOST = 16  # sentences of a passage
_REMEMBERED = 200  # passages
_AT_LEAST = 64  # tokens that every call of the embedder costs

Halves = npt.NDArray[np.float16]


@dataclass
class SentenceVectors:
    """Those of the passages that were marked lately: whoever types on is shown the same ones."""

    token_seconds: float = 0.0  # that the embedder last needed for one
    _by_text: OrderedDict[str, Halves] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, text: str) -> Halves | None:
        with self._lock:
            return self._by_text.get(text)

    def put(self, text: str, vectors: Vectors) -> None:
        with self._lock:
            self._by_text[text] = vectors.astype(np.float16)
            while len(self._by_text) > _REMEMBERED:
                self._by_text.popitem(last=False)


@dataclass
class Nearest:
    """For one query: what is shown first is marked first, until the time is used up.

    `query` is float32 (native_dim,), L2-normalised; `token_seconds` a guess at what the embedder needs for
    one, which every passage makes better."""

    embedder: Embedder
    remembered: SentenceVectors
    query: Vectors
    seconds: float
    token_seconds: float
    used: float = 0.0  # seconds
    marked: int = 0  # passages

    @classmethod
    def of(
        cls,
        embedder: Embedder,
        remembered: SentenceVectors,
        query: Vectors,
        *,
        seconds: float,
        embed_seconds: float,
    ) -> Nearest:
        """`embed_seconds` is what the query itself took."""
        # a query that was asked before took no time
        return cls(
            embedder, remembered, query, seconds, max(embed_seconds / _AT_LEAST, remembered.token_seconds)
        )

    def sentence(self, text: str, kind: str) -> tuple[int, int] | None:
        """[start, end) in a passage; None where there is nothing to choose among, or no time for it."""
        spans = sentences(text, kind)[:_MOST]
        if len(spans) < 2 and not (spans and kind == "code"):
            return None
        vectors = self._vectors(text, [text[a:b].strip() for a, b in spans])
        if vectors is None:
            return None
        self.marked += 1
        return spans[int(np.argmax(vectors @ self.query))]

    def _vectors(self, text: str, pieces: list[str]) -> Halves | Vectors | None:
        before = self.remembered.get(text)
        if before is not None and len(before) == len(pieces):
            return before
        began = time.perf_counter()
        tokens = max(sum(self.embedder.count_tokens(pieces)), _AT_LEAST)
        if self.used + tokens * self.token_seconds > self.seconds:
            return None
        vectors = self.embedder.embed_full(pieces)
        took = time.perf_counter() - began
        self.used += took
        self.token_seconds = self.remembered.token_seconds = took / tokens
        self.remembered.put(text, vectors)
        return vectors
