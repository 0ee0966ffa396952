"""What a server that runs for weeks gives back: tabs that were closed, and memory that nobody uses."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from streamlit.runtime import Runtime
from streamlit.runtime.session_manager import SessionInfo, SessionStorage

from searcher.system import give_code_back, give_memory_back

_LOG = logging.getLogger("searcher")
_SECONDS = 1.0  # between looks
_REST = 10.0  # between times that memory is given back
_CODE = 600.0  # ... and pages of code, most of which ran at the start alone; the next query takes 30 ms more
_CLOSED_SECONDS = 30.0  # that a closed tab may come back in, after a laptop slept say
CLOSED = 16  # tabs that may; each holds three descriptors and a third of a megabyte
_ENDED = 32  # tabs, after which they are collected at once


class ClosedTabs(SessionStorage):
    """Sessions of closed tabs, which may come back for a while. Streamlit's own storage holds 128, and ends
    those whose time is over only when another tab is closed."""

    def __init__(self, most: int = CLOSED, seconds: float = _CLOSED_SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._closed: dict[str, tuple[float, SessionInfo]] = {}  # by id, the oldest first
        self.ended = 0  # whose memory nobody has collected yet

    def get(self, session_id: str) -> SessionInfo | None:
        at, info = self._closed.get(session_id, (0.0, None))
        return info if time.monotonic() - at < self._seconds else None

    def save(self, session_info: SessionInfo) -> None:
        self._closed.pop(session_info.session.id, None)
        self._closed[session_info.session.id] = time.monotonic(), session_info
        self.end(most=self._most)

    def delete(self, session_id: str) -> None:
        del self._closed[session_id]

    def list(self) -> list[SessionInfo]:
        return [info for _, info in self._closed.values()]

    def end(self, most: int) -> None:
        """All but the last so many, and those whose time is over."""
        over = time.monotonic() - self._seconds
        for place, (name, (at, info)) in enumerate(reversed(tuple(self._closed.items()))):
            if place >= most or at < over:
                self.delete(name)
                info.session.shutdown()
                self.ended += 1


@asynccontextmanager
async def giving_back() -> AsyncIterator[None]:
    """As long as the server runs."""
    closed = ClosedTabs()
    manager: Any = Runtime.instance()._session_mgr
    manager._session_storage = closed

    given, code, frozen = time.monotonic(), -_CODE, False

    async def look() -> None:
        nonlocal given, code, frozen
        closed.end(CLOSED)
        is_time = time.monotonic() - given > _REST
        if closed.ended and (is_time or closed.ended >= _ENDED):
            closed.ended = 0
            await anyio.to_thread.run_sync(gc.collect)  # a tab's session is full of cycles
            if not frozen:  # modules and the like, whose looking through took all threads 100 ms
                gc.freeze()
                frozen = True
        if is_time:
            given = time.monotonic()
            await anyio.to_thread.run_sync(give_memory_back)
            if given - code > _CODE:
                code = given
                await anyio.to_thread.run_sync(give_code_back)

    async with beside(look, _SECONDS):
        yield


@asynccontextmanager
async def beside(look: Callable[[], Awaitable[None]], seconds: float) -> AsyncIterator[None]:
    """Look every so many seconds meanwhile. What fails there is logged: it must not end the server."""

    async def looking() -> None:
        while True:
            await anyio.sleep(seconds)
            try:
                await look()
            except Exception:
                _LOG.exception("what the server does beside answering failed; it goes on")

    async with anyio.create_task_group() as group:
        group.start_soon(looking)
        yield
        group.cancel_scope.cancel()
