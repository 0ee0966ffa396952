"""Whose question is answered next when many ask at once."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class _Waiting(Generic[T]):
    """A question in the queue. Whoever asked it first answers it, for all who have joined meanwhile."""

    def __init__(self, key: Hashable) -> None:
        self.key = key
        self.askers = 1
        self.turn = threading.Event()
        self.answer: Future[T] = Future()


class Admission(Generic[T]):
    """A few questions are worked on at a time, for more only take longer and hold more memory.

    Of the askers who wait each gets a turn after the other, so that a program with fifty questions keeps no
    tab waiting; the questions of one asker are answered in their order. The same question is answered once
    for all who wait with it. One that is being answered is not joined: its answer may be older than what was
    saved just before asking.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._queues: OrderedDict[Hashable, deque[_Waiting[T]]] = OrderedDict()  # who is next comes first
        self._by_key: dict[Hashable, _Waiting[T]] = {}
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Askers whose question nobody works on yet."""
        with self._lock:
            return sum(question.askers for question in self._by_key.values())

    def answer(self, key: Hashable, work: Callable[[], T], *, asker: Hashable) -> T:
        """What `work` gives, when it is the asker's turn, or what it gave for another one who waited with the
        same key. What it raises is raised to all of them."""
        mine = _Waiting[T](key)
        with self._lock:
            if self._free:
                self._free -= 1
                first = mine
                mine.turn.set()
            elif (first := self._by_key.setdefault(key, mine)) is mine:
                self._queues.setdefault(asker, deque()).append(mine)
            else:
                first.askers += 1
        if first is not mine:
            return first.answer.result()
        mine.turn.wait()
        try:
            mine.answer.set_result(work())
        except BaseException as error:
            mine.answer.set_exception(error)
        finally:
            self._next()
        return mine.answer.result()

    def _next(self) -> None:
        with self._lock:
            if not self._queues:
                self._free += 1
                return
            asker, queue = next(iter(self._queues.items()))
            following = queue.popleft()
            del self._by_key[following.key]
            if queue:
                self._queues.move_to_end(asker)
            else:
                del self._queues[asker]
        following.turn.set()
