"""Work that takes its time, beside the loop that must be free for what a person saves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Beside(Generic[T]):
    """One piece of work at a time, in a thread of its own."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._work: Future[T] | None = None

    @property
    def busy(self) -> bool:
        """Whether work was started whose result was not taken."""
        return self._work is not None

    def start(self, work: Callable[[], T]) -> None:
        assert self._work is None, "one at a time"
        self._work = self._thread.submit(work)

    def result(self, seconds: float) -> T | None:
        """The result, once, or None while it is not there after so long. Raises what the work raised."""
        if self._work is None or not wait([self._work], seconds).done:
            return None
        work, self._work = self._work, None
        return work.result()

    @staticmethod
    def await_one(works: Sequence[Beside[Any]], seconds: float) -> None:
        """Until one that was started is done, at most for so long."""
        started = [work._work for work in works if work._work is not None]
        if started:
            wait(started, seconds, FIRST_COMPLETED)

    def close(self) -> None:
        """Wait for what was started; its result is lost, and what it raised."""
        self._thread.shutdown(cancel_futures=True)
        self._work = None
