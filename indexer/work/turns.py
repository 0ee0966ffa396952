"""The order in which passages are embedded: breadth first, so that no file holds up another."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

SAVED_FIRST = 8  # passages of a file that was just saved which go before everything else
# passages that people asked for, between two that go by their rank: with 1, what was asked for had 0.673 at a
# fifth of the vectors and not 0.701 (0.704 without a bound), other questions 0.717 and not 0.734 (0.726)
ASKED_RUN = 3


class Rank(IntEnum):
    """Lower ones go first. What people asked for stands behind SAVED."""

    SAVED = 0
    CHOSEN = 1  # the leading passages and then the others, as their turns say
    CHOSEN_MASS = 2
    LEADING = 3
    FURTHER = 4
    MASS = 5


@dataclass(slots=True)
class _Document:
    newest: int  # what it is ordered by among its like, larger first
    ordinals: array[int]  # of the passages that wait, the next one last
    is_mass: bool
    is_chosen: bool
    at_once: int  # passages that still go as just saved
    turn: int = 0  # passages it has had
    entry: tuple[int, int, int, str] = field(default=(0, 0, 0, ""))

    @property
    def rank(self) -> Rank:
        if self.at_once > 0:
            return Rank.SAVED
        leads = self.ordinals[-1] == 0
        if self.is_chosen:
            return Rank.CHOSEN_MASS if self.is_mass and not leads else Rank.CHOSEN
        if leads:
            return Rank.LEADING
        return Rank.MASS if self.is_mass else Rank.FURTHER


class Turns:
    """Ids of waiting passages: a few bytes each, and one entry of a heap for each document."""

    def __init__(self) -> None:
        self._documents: dict[str, _Document] = {}
        self._heap: list[tuple[int, int, int, str]] = []  # rank, turn, -newest, document
        self._asked: list[str] = []  # ids, the next one last
        self._asked_run = 0  # of them since the last one that went by its rank
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def has_saved(self) -> bool:
        """Whether a file that was just saved is next."""
        self._drop_stale()
        return bool(self._heap) and self._heap[0][0] == Rank.SAVED

    def put(
        self,
        document: str,
        ordinals: Iterable[int],
        *,
        newest: int,
        is_mass: bool = False,
        is_chosen: bool = False,
        saved: bool = False,
    ) -> None:
        """Exactly these passages of a document wait; those it had before are forgotten."""
        self.drop([document])
        waiting = array("i", sorted(ordinals, reverse=True))
        if waiting:
            at_once = SAVED_FIRST if saved else 0
            self._documents[document] = _Document(newest, waiting, is_mass, is_chosen, at_once)
            self._count += len(waiting)
            self._enter(document)

    def drop(self, documents: Iterable[str]) -> None:
        for name in documents:
            if queued := self._documents.pop(name, None):
                self._count -= len(queued.ordinals)

    def discard(self, ids: Iterable[str]) -> set[str]:
        """Take out passages that got their vector in another way; those that were waiting."""
        waiting = set()
        for passage in ids:
            document, ordinal = _parts(passage)
            queued = self._documents.get(document)
            if queued is not None and ordinal in queued.ordinals:
                self._remove(document, queued, ordinal)
                waiting.add(passage)
        return waiting

    def ask(self, ids: Iterable[str]) -> None:
        """These are what people asked for, the most urgent first; earlier ones are forgotten."""
        self._asked = list(ids)[::-1]

    def take(self, count: int) -> list[str]:
        """The ids that go next, fewer when fewer wait; what was just saved goes without others. Who asks
        without pause holds up the others by a part that is bounded: `ASKED_RUN`."""
        taken: list[str] = []
        saved = self.has_saved
        while len(taken) < count and self._count and saved == self.has_saved:
            if self._asked and not saved and self._asked_run < ASKED_RUN:
                document, ordinal = _parts(self._asked.pop())
                queued = self._documents.get(document)
                if queued is None or ordinal not in queued.ordinals:
                    continue
                self._remove(document, queued, ordinal)
                self._asked_run += 1
            else:
                self._asked_run = 0
                self._drop_stale()
                document = heapq.heappop(self._heap)[3]
                queued = self._documents[document]
                ordinal = queued.ordinals.pop()
                queued.turn += 1
                queued.at_once -= 1
                self._count -= 1
                if queued.ordinals:
                    self._enter(document)
                else:
                    del self._documents[document]
            taken.append(f"{document}:{ordinal}")
        return taken

    def _enter(self, document: str) -> None:
        queued = self._documents[document]
        queued.entry = (queued.rank, queued.turn, -queued.newest, document)
        heapq.heappush(self._heap, queued.entry)

    def _remove(self, document: str, queued: _Document, ordinal: int) -> None:
        queued.ordinals.remove(ordinal)
        queued.turn += 1
        self._count -= 1
        if queued.ordinals:
            self._enter(document)  # behind those that had fewer
        else:
            del self._documents[document]

    def _drop_stale(self) -> None:
        """Entries of documents that were replaced or need nothing any more."""
        while self._heap:
            queued = self._documents.get(self._heap[0][3])
            if queued is not None and queued.entry is self._heap[0]:
                return
            heapq.heappop(self._heap)


def _parts(passage: str) -> tuple[str, int]:
    document, _, ordinal = passage.rpartition(":")
    return document, int(ordinal)
