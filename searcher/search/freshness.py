"""What a query may find out about its files as they are now, within one budget of time.

A file that changed since it was indexed is read again for its snippet, and one that is gone is looked for in
its folder. Both can take long, so a query has one budget for all of it and says when that was not enough.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from searcher.embedding.recent import Recent
from searcher.paths import from_stored
from searcher.records import Document
from searcher.search import moved
from searcher.system import reachable

Reread = Callable[[Path], Document]

SECONDS = 1.5  # of one query
_A_FILE_GONE = 0.1  # of them at most, for one file that is not where it was
_REMEMBERED = 64
_UNREADABLE = object()


class Rereading:
    """Reads changed files in a thread, so that a query need not wait for the end of it; what was read late
    is there for the next query. Belongs to a library; many queries use it at once."""

    def __init__(self, reread: Reread) -> None:
        self._reread = reread
        self._pool = ThreadPoolExecutor(1, "reread")
        self._lock = threading.Lock()
        self._started: dict[tuple[Path, int, int], Future[Document | None]] = {}
        self._done: Recent[tuple[Path, int, int], Any] = Recent(_REMEMBERED)

    def document(self, path: Path, status: os.stat_result, seconds: float) -> Document | None:
        """The file as it is now, None for one that cannot be read. Raises TimeoutError after `seconds`."""
        key = (path, status.st_size, status.st_mtime_ns)
        done = self._done.get(key)
        if done is not None:
            return None if done is _UNREADABLE else done
        with self._lock:
            future = self._started.get(key)
            if future is None:
                if len(self._started) >= _REMEMBERED:
                    raise TimeoutError
                future = self._started[key] = self._pool.submit(self._read, key)
        return future.result(seconds)

    def _read(self, key: tuple[Path, int, int]) -> Document | None:
        document = None
        try:
            document = self._reread(key[0])
        except Exception:  # whatever a reader raises: the indexed text is shown
            document = None
        finally:
            self._done.put(key, _UNREADABLE if document is None else document)
            with self._lock:
                self._started.pop(key, None)
        return document

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


class Freshness:
    """One query's budget. `away` are folders of the library that cannot be reached."""

    def __init__(
        self, rereading: Rereading | None, away: Sequence[str] = (), seconds: float = SECONDS
    ) -> None:
        self.away = tuple(away)
        self._rereading = rereading
        self._left = seconds
        self._unread = self._unsought = 0

    @contextmanager
    def _spending(self) -> Iterator[float]:
        """The seconds left, less afterwards by what the block took."""
        started = time.monotonic()
        try:
            yield self._left
        finally:
            self._left = max(self._left - (time.monotonic() - started), 0.0)

    def whereabouts(self, row: dict[str, Any]) -> tuple[Path, os.stat_result] | None:
        """Where the row's file is now, if it is anywhere in its folder."""
        path = from_stored(row["path"])
        try:
            return path, os.stat(reachable(str(path)))
        except OSError:
            pass
        try:
            with self._spending() as left:
                seconds = min(left, _A_FILE_GONE)
                new = moved.find(from_stored(row["folder"]), path, row["size"], row["mtime_ns"], seconds)
            return (new, new.stat()) if new else None
        except TimeoutError:
            self._unsought += 1
        except OSError:
            pass
        return None

    def text(self, row: dict[str, Any], path: Path, status: os.stat_result) -> tuple[str, bool]:
        """The row's stretch of the file as it is now, and whether the indexed text no longer is.

        The indexed text when it still stands somewhere in the file, when the file cannot be read, or when
        there is no time left for that."""
        indexed = str(row["text"])
        if (status.st_size, status.st_mtime_ns) == (row["size"], row["mtime_ns"]):
            return indexed, False
        if self._rereading is None:
            return indexed, True
        try:
            with self._spending() as left:
                document = self._rereading.document(path, status, left)
        except TimeoutError:
            self._unread += 1
            return indexed, True
        if document is None:
            return indexed, True
        if indexed in document.text:  # touched alone is not changed
            return indexed, False
        part = document.text[row["char_start"] or 0 : row["char_end"] or len(document.text)]
        return (part, True) if part.strip() else (indexed, True)

    def notes(self) -> list[str]:
        """What was left undone, for the person who asked."""
        lines = []
        if self._unread == 1:
            lines.append("a file that changed could not be read again in time; its indexed text is shown")
        elif self._unread:
            lines.append(
                f"{self._unread} files that changed could not be read again in time; "
                "their indexed text is shown"
            )
        if self._unsought == 1:
            lines.append("a file that was moved or deleted was not found in time; it is left out")
        elif self._unsought:
            lines.append(
                f"{self._unsought} files that were moved or deleted were not found in time; they are left out"
            )
        return lines
