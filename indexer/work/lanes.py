"""A queue of files to read, some of them read ahead of whoever takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from indexer.changes.scan import Task
from searcher.records import Chunk, Document

_AHEAD_BYTES = 8_000_000  # of files that are read beyond the next one, and held


@dataclass(frozen=True, slots=True)
class Read:
    """A task with what its file holds. `failure` says why it holds nothing; `document` is None then, and
    when the content is what the catalogue knows already."""

    task: Task
    hash: str = ""
    document: Document | None = None
    chunks: tuple[Chunk, ...] = ()
    failure: str = ""
    skipped: str = ""  # a kind of file that is not read at all
    denied: bool = False  # the failure is one of access, which changes without the file
    vanished: bool = False  # deleted or moved meanwhile, which an event or the next pass tells
    slow: bool = False  # it needs longer than others can wait, so it was not read


class Ahead:
    """Reads in order. One task a path: a newer one takes the place of the older, even while that is read."""

    def __init__(self, lane: Executor, read: Callable[[Task], Read], ahead: int = 0) -> None:
        self._lane, self._read, self._ahead = lane, read, ahead
        self._newest: dict[str, Task] = {}
        self._queue: deque[Task] = deque()
        self._reading: deque[tuple[Task, Future[Read]]] = deque()

    def __len__(self) -> int:
        return len(self._newest)

    def __contains__(self, path: str) -> bool:
        """Whether a file, by its stored path, is still to be taken."""
        return path in self._newest

    @property
    def tasks(self) -> Iterable[Task]:
        return self._newest.values()

    def first(self, tasks: Sequence[Task]) -> None:
        """Put files in front of what is not being read yet."""
        self._newest.update((task.stored, task) for task in tasks)
        self._queue.extendleft(reversed(tasks))

    def replace(self, tasks: Sequence[Task]) -> None:
        """Exactly these; one that is being read already goes on."""
        self._newest = {task.stored: task for task in tasks}
        current = [pair for pair in self._reading if self._newest.get(pair[0].stored) == pair[0]]
        self._newest.update((task.stored, task) for task, _ in current)
        self._queue = deque(task for task in tasks if self._is_newest(task))

    def leave_out(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._newest.pop(path, None)

    def take(self, seconds: float | None) -> Read | None:
        """The next one, or None when there is none or it takes longer than `seconds`; with None it is waited
        for."""
        while self._newest:
            while self._queue and self._has_room():
                task = self._queue.popleft()
                if self._is_newest(task):
                    self._reading.append((task, self._lane.submit(self._read, task)))
            task, future = self._reading[0]
            if self._is_newest(task):
                try:
                    read = future.result(seconds)
                except TimeoutError:
                    return None
                del self._newest[task.stored]
                self._reading.popleft()
                return read
            future.cancel()
            self._reading.popleft()
        return None

    def _has_room(self) -> bool:
        """For one more beside those that are read; large ones are read alone."""
        if not self._reading:
            return True
        size = self._queue[0].entry.size + sum(task.entry.size for task, _ in self._reading)
        return len(self._reading) <= self._ahead and size <= _AHEAD_BYTES

    def _is_newest(self, task: Task) -> bool:
        return self._newest.get(task.stored) is task
