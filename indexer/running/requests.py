"""What one process asks of the indexer that runs: a file in the home's `run/requests`, answered beside it.

`holder` names the indexer that takes requests. `NAME.ask` is there until it is answered or its asker gives
up; `NAME.answer` until the asker has read it. An indexer that dies leaves the question to the next one, or
to the asker, who does the work when no indexer runs.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcher import processes
from searcher.errors import IndexLocked, SearcherError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.runtime import Report, read_indexer_state, takes_requests

_LOOK_SECONDS = 0.1
_ATTEMPTS = 20
_KINDS = ("index", "forget", "backup")


@dataclass(frozen=True, slots=True)
class Request:
    """`what` is index, forget or backup; `path` the stored path to forget, or the file to write."""

    file: Path
    what: str
    path: str = ""

    def answer(self, result: dict[str, Any]) -> None:
        self._reply({"result": result})

    def refuse(self, reason: str) -> None:
        self._reply({"error": reason})

    def _reply(self, reply: dict[str, Any]) -> None:
        """Nothing for an asker who has given up."""
        if self.file.exists():
            write_json(self.file.with_suffix(".answer"), reply)
            self.file.unlink(missing_ok=True)


@contextmanager
def taking(home: Home) -> Iterator[None]:
    """Announce that this process, which holds the writer's lock, answers requests."""
    folder = home.requests
    folder.mkdir(mode=0o700, exist_ok=True)
    for left in folder.glob("*.answer"):
        if not processes.is_running(_asker(left)):
            left.unlink(missing_ok=True)
    write_json(home.holder, processes.this())
    try:
        yield
    finally:
        if read_json(home.holder) == processes.this():
            home.holder.unlink(missing_ok=True)


def waiting(home: Home) -> Request | None:
    """The oldest request whose asker still lives."""
    try:
        names = sorted(name for name in os.listdir(home.requests) if name.endswith(".ask"))
    except OSError:
        return None
    for name in names:
        file = home.request(name)
        request = read_json(file)
        if isinstance(request, dict) and request.get("what") in _KINDS and processes.is_running(_asker(file)):
            return Request(file, request["what"], str(request.get("path", "")))
        file.unlink(missing_ok=True)
    return None


def done(
    home: Home,
    alone: Callable[[], dict[str, Any]],
    what: str,
    path: str = "",
    *,
    progress: Report | None = None,
) -> dict[str, Any]:
    """What `alone` gives, or the running indexer's answer when it holds the lock. Raises IndexLocked when
    what holds it takes no requests, and SearcherError with the reason of a refusal."""
    for attempt in range(_ATTEMPTS):
        try:
            return alone()
        except IndexLocked:
            if attempt == _ATTEMPTS - 1:
                raise
        reply = _asked(home, what, path, progress)
        if reply is None:  # nobody takes requests, or who did is gone; the lock may be free in a moment
            time.sleep(_LOOK_SECONDS)
        elif "error" in reply:
            raise SearcherError(reply["error"])
        else:
            result: dict[str, Any] = reply["result"]
            return result
    raise AssertionError("the last attempt returns or raises")


def _asked(home: Home, what: str, path: str, progress: Report | None) -> dict[str, Any] | None:
    """The reply, or None once nobody is there to give one."""
    if not takes_requests(home):
        return None
    ask = home.request(f"{time.time_ns()}-{processes.this()}.ask")
    answer = ask.with_suffix(".answer")
    gone_since: float | None = None
    write_json(ask, {"what": what, "path": path})
    try:
        while True:
            reply = read_json(answer)
            if isinstance(reply, dict):
                return reply
            if takes_requests(home):
                gone_since = None
            elif gone_since is None:
                gone_since = time.monotonic()
            elif time.monotonic() - gone_since > 2 * _LOOK_SECONDS:
                return None
            if progress and (state := read_indexer_state(home)):
                progress(state)
            time.sleep(_LOOK_SECONDS)
    finally:
        with suppress(OSError):
            ask.unlink(missing_ok=True)
            answer.unlink(missing_ok=True)


def _asker(file: Path) -> str:
    """The process that asks, from the name of its file."""
    return file.stem.partition("-")[2]
