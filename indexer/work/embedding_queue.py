"""Passages that wait for a vector, embedded a little at a time in the order of their turns."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from indexer.work.beside import Beside
from indexer.work.first import First
from indexer.work.turns import Turns
from searcher.embedding import Embedder
from searcher.embedding.base import Vectors
from searcher.home import Home
from searcher.search import asked, background
from searcher.search.calibration import Calibrating
from searcher.store import Store
from searcher.store.reader import by_id, fetch
from searcher.store.rows import embedded_text

MOST_LOST = 256  # passages a commit of vectors, whole batches: no more work is lost in a crash
_BATCH = 64  # passages a call of an embedder on this machine
_TEXTS_A_PART = 16  # of a call of one on several
_COMMIT_SECONDS = 2.0
_COMMIT_SHARE = 1 / 20  # of the time: a commit writes the vectors of whole fragments again
_BACKGROUND = 4  # queries of the background at once
_CALIBRATING = 1  # queries that labels are fitted to, at once: 60 ms of processor time each
_ROWS = 10_000  # of what waits, in memory at once
_WAITING = ["doc_id", "ordinal", "mtime_ns", "spread", "tokens"]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one call of the embedder held. `seconds` is how long it took."""

    passages: int
    tokens: int
    seconds: float
    saved: bool  # of a file that was just saved


class Waiting:
    """The null vectors of the table are the queue; of those this holds ids and their order, never texts."""

    def __init__(self, home: Home, store: Store, embedder: Embedder, first: First) -> None:
        self._home, self._store, self._embedder, self._first = home, store, embedder, first
        self._turns = Turns()
        self._tokens: dict[str, int] = {}  # waiting ones of each document, for an estimate
        # while one batch is waited for to its end, the next keeps all of several machines busy
        self._lanes: list[Beside[tuple[Batch, dict[str, Vectors]]]] = [
            Beside("embedding") for _ in range(1 if embedder.width == 1 else 2)
        ]
        # what ranking needs beside the vectors; in a thread of its own, so that no saved file waits for it
        self._preparing: Beside[bool] = Beside("preparing")
        self._background = background.Making(home, embedder)
        self._calibrating: Calibrating | None = None
        self._in_hand: list[list[dict[str, Any]]] = [[] for _ in self._lanes]  # rows being computed
        self._saved_in_hand = [False for _ in self._lanes]
        self._most = max(_BATCH, _TEXTS_A_PART * embedder.width)  # passages a batch
        self._most_lost = max(MOST_LOST, 2 * self._most)
        self._done: dict[str, Vectors] = {}  # by hash, not written yet
        self._computed: set[str] = set()  # ids of those they were computed for
        self._asked = 0
        self._committed, self._commit_cost = time.monotonic(), 0.0
        # tokens a second, as lately seen; slow at first: a saved file would wait for a first batch too large
        self._speed, self._measured = 200.0, False
        self._mean = 200.0  # tokens of a passage, as lately seen
        columns = [*_WAITING, "path"] if first else _WAITING
        waiting = store.read(
            lambda table: (
                table.search().where(store.waiting_here).select(columns).limit(100_000_000).to_arrow()
            )
        )
        batches = waiting.sort_by("doc_id").to_batches(_ROWS)
        self.add(row for batch in batches for row in batch.to_pylist())

    def __len__(self) -> int:
        return len(self._turns) + sum(map(len, self._in_hand)) + len(self._done)

    @property
    def has_work(self) -> bool:
        """Whether there is anything to embed or to write."""
        if len(self) or self._is_computing or self._preparing.busy or self._background.left:
            return True
        if self._calibrating is None:
            self._calibrating = Calibrating(self._home, self._store, self._embedder)
        return bool(self._calibrating.left)

    @property
    def has_saved(self) -> bool:
        """Whether passages of a file that was just saved are next, or being computed."""
        return self._turns.has_saved or any(self._saved_in_hand)

    @property
    def tokens(self) -> int:
        """About how many tokens wait."""
        return sum(self._tokens.values())

    @property
    def is_flush_due(self) -> bool:
        """Whether vectors have been held back for long enough: all at once when nothing else waits."""
        pause = max(_COMMIT_SECONDS, self._commit_cost / _COMMIT_SHARE)
        is_late = time.monotonic() - self._committed > pause
        is_much = len(self._done) >= self._most_lost
        return bool(self._done) and (is_late or is_much or len(self) == len(self._done))

    @property
    def _is_computing(self) -> bool:
        return any(lane.busy for lane in self._lanes)

    def add(self, rows: Iterable[Mapping[str, Any]], *, saved: bool = False) -> None:
        """Rows without a vector; those of a document stand together and are all of it that wait."""
        for owner, own in groupby(rows, key=itemgetter("doc_id")):
            passages = list(own)
            first = passages[0]
            self._tokens[owner] = sum(row["tokens"] or 0 for row in passages)
            self._turns.put(
                owner,
                [row["ordinal"] for row in passages],
                newest=first["mtime_ns"] or 0,
                is_mass=first["spread"] is not None,
                is_chosen=bool(self._first) and self._first(first["path"], first["mtime_ns"] or 0),
                saved=saved,
            )

    def drop(self, documents: Iterable[str]) -> None:
        """Documents, by id, that are gone or have other rows now."""
        names = list(documents)
        self._turns.drop(names)
        for name in names:
            self._tokens.pop(name, None)

    def compute(self, seconds: float) -> None:
        """Begin a batch that takes about so long, unless enough is being computed."""
        for number, lane in enumerate(self._lanes):
            if not lane.busy and not self._begin(number, seconds):
                return

    def _begin(self, number: int, seconds: float) -> bool:
        """Whether there was something to begin that others may be begun beside."""
        self._look_what_is_asked()
        lane, alone = self._lanes[number], not self._is_computing and not self._preparing.busy
        saved = self._turns.has_saved
        if self._background.left and not saved and (self._measured or not len(self._turns)):
            if alone:
                self._preparing.start(partial(_prepared, self._background))
            return False
        count = int(seconds * self._speed / self._mean)
        rows = self._taken(min(max(count, self._embedder.width), self._most))
        if rows:
            self._in_hand[number], self._saved_in_hand[number] = rows, saved
            self._computed.update(row["id"] for row in rows)
            lane.start(partial(_computed, self._embedder, rows, saved=saved))
            return True
        if alone and self._calibrating is not None and self._calibrating.left and not self._done:
            if not self._calibrating.begun:  # nothing waits: what computes vectors has some 30 MB a core
                self._embedder.rest()
            self._preparing.start(partial(_calibrated, self._calibrating))
        return False

    def computed(self, seconds: float) -> Batch | None:
        """A batch that was begun, or None while none is there after so long. Raises EmbeddingFailed."""
        Beside.await_one([*self._lanes, self._preparing], seconds)
        if self._preparing.result(0) and not self._is_computing:
            self._embedder.rest()  # what computes queries has 30 MB, and none come for long
        at_once = sum(lane.busy for lane in self._lanes)
        for number, lane in enumerate(self._lanes):
            if (result := lane.result(0)) is not None:
                batch, vectors = result
                self._in_hand[number], self._saved_in_hand[number] = [], False
                return self._taken_over(replace(batch, seconds=batch.seconds / at_once), vectors)
        return None

    def _taken_over(self, batch: Batch, vectors: dict[str, Vectors]) -> Batch:
        self._done |= vectors
        if not batch.passages:
            return batch
        if not batch.saved or not self._measured:  # a short text alone says little of the speed
            speed = batch.tokens / batch.seconds
            self._speed += (speed - self._speed) / (4 if self._measured else 1)
        self._measured = True
        self._mean += (max(batch.tokens / batch.passages, 1.0) - self._mean) / 4
        return batch

    def flush(self) -> int:
        """Write the vectors computed so far, to every passage with the same words. Returns how many there
        were more than were computed."""
        if not self._done:
            return 0
        began = time.monotonic()
        listed = ", ".join(f"'{name}'" for name in self._done)
        columns = ["id", "hash", "doc_id", "tokens"]
        rows = fetch(self._store, f"hash IN ({listed}) AND vector IS NULL", columns)
        if rows:
            full = np.stack([self._done[row["hash"]] for row in rows])
            self._store.fill_vectors([row["id"] for row in rows], full)
        waited = self._turns.discard(row["id"] for row in rows)
        self._count_tokens(row for row in rows if row["id"] in waited)
        copies = sum(row["id"] not in self._computed for row in rows)
        self._computed = {row["id"] for rows in self._in_hand for row in rows}
        self._done.clear()
        if self._calibrating is not None and not self._calibrating.goes_on:
            self._calibrating = None  # looked for anew
        self._committed = time.monotonic()
        self._commit_cost = self._committed - began
        return copies

    def close(self) -> None:
        """Finish what is computed; nothing of it is lost."""
        try:
            while self._is_computing and self.computed(60.0) is not None:
                pass
            self.flush()
        finally:
            self._preparing.close()
            for lane in self._lanes:
                lane.close()

    def _taken(self, count: int) -> list[dict[str, Any]]:
        """The rows whose turn it is; those that are gone or have a vector meanwhile are passed over."""
        while ids := self._turns.take(count):
            columns = ["doc_id", "hash", "context", "text", "tokens"]
            waiting = by_id(self._store, ids, columns, condition="vector IS NULL")
            rows = [waiting[name] for name in ids if name in waiting]
            self._count_tokens(rows)
            if rows := [row for row in rows if row["hash"] not in self._done]:
                return rows
        return []

    def _count_tokens(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """These wait no longer."""
        for row in rows:
            left = self._tokens.pop(row["doc_id"], 0) - row["tokens"]
            if left > 0:
                self._tokens[row["doc_id"]] = left

    def _look_what_is_asked(self) -> None:
        if (written := asked.written(self._home)) != self._asked:
            self._asked = written
            self._turns.ask(asked.read(self._home))


def _computed(
    embedder: Embedder, rows: list[dict[str, Any]], *, saved: bool
) -> tuple[Batch, dict[str, Vectors]]:
    """Vectors by hash."""
    began = time.monotonic()
    texts = {row["hash"]: embedded_text(row["context"], row["text"]) for row in rows}
    vectors = dict(zip(texts, embedder.embed_full(list(texts.values())), strict=True))
    tokens = sum(row["tokens"] for row in rows)
    return Batch(len(rows), tokens, max(time.monotonic() - began, 1e-3), saved), vectors


def _calibrated(calibrating: Calibrating) -> bool:
    """A part of what labels are fitted to. Whether it was the last."""
    calibrating.step(_CALIBRATING)
    return not calibrating.left


def _prepared(making: background.Making) -> bool:
    """A part of the background. Whether it was the last."""
    making.step(_BACKGROUND)
    return not making.left
