"""Passages that wait for a vector: those just written first, whatever the table still holds after."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from searcher.embedding import Embedder
from searcher.embedding.base import Vectors
from searcher.store import Store
from searcher.store.rows import embedded_text

_BATCH = 64  # passages a call of the embedder
MOST_LOST = 256  # passages a commit of vectors, whole batches: no more work is lost in a crash
_COMMIT_SECONDS = 2.0


class Waiting:
    """The null vectors of the table are the queue; this holds the part of it that was seen, newest first."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store, self._embedder = store, embedder
        self._heap: list[tuple[int, str, str, int]] = []  # -gen, id, text, tokens
        self._newest: dict[str, int] = {}  # gen by id: what was replaced while it waited is not embedded
        self._done: list[tuple[str, Vectors]] = []
        self._committed = time.monotonic()
        self._speed = 1000.0  # tokens a second, as lately seen
        self.add(
            store.read(
                lambda table: (
                    table.search()
                    .where("vector IS NULL")
                    .select(["id", "gen", "context", "text", "tokens"])
                    .limit(10_000_000)
                    .to_list()
                )
            )
        )

    def __len__(self) -> int:
        return len(self._heap) + len(self._done)

    def add(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            text = embedded_text(row["context"], row["text"])
            self._newest[row["id"]] = row["gen"]
            heapq.heappush(self._heap, (-row["gen"], row["id"], text, row["tokens"]))

    def step(self, seconds: float) -> tuple[int, int]:
        """Embed one batch that takes about so long; passages and tokens that it held. Vectors reach the table
        a few batches at a time, at once when nothing else waits."""
        batch: list[tuple[int, str, str, int]] = []
        room, began = seconds * self._speed, time.monotonic()
        while self._heap and len(batch) < _BATCH and (not batch or room > 0):
            entry = heapq.heappop(self._heap)
            if self._newest.get(entry[1]) == -entry[0]:
                batch.append(entry)
                room -= entry[3]
                del self._newest[entry[1]]
        if batch:
            full = self._embedder.embed_full([text for _, _, text, _ in batch])
            self._done += zip([name for _, name, _, _ in batch], full, strict=True)
            took = max(time.monotonic() - began, 1e-3)
            self._speed += (sum(tokens for *_, tokens in batch) / took - self._speed) / 4
        late = time.monotonic() - self._committed > _COMMIT_SECONDS
        if self._done and (not self._heap or len(self._done) >= MOST_LOST or late):
            self.flush()
        return len(batch), sum(tokens for *_, tokens in batch)

    def flush(self) -> None:
        """Write the vectors computed so far; before any other write, so that none lands on a newer text."""
        if not self._done:
            return
        self._store.fill_vectors([name for name, _ in self._done], np.stack([v for _, v in self._done]))
        self._done, self._committed = [], time.monotonic()
