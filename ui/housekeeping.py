"""What a server that runs for weeks gives back while nobody looks: tabs that were closed, and memory."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio

from searcher.system import give_memory_back

_SECONDS = 10.0  # between looks


@asynccontextmanager
async def giving_back() -> AsyncIterator[None]:
    """As long as the server runs."""

    async def look() -> None:
        while True:
            await anyio.sleep(_SECONDS)
            if _end_closed_tabs():
                await anyio.to_thread.run_sync(gc.collect)  # a tab's session is full of cycles
            await anyio.to_thread.run_sync(give_memory_back)

    async with anyio.create_task_group() as group:
        group.start_soon(look)
        yield
        group.cancel_scope.cancel()


def _end_closed_tabs() -> int:
    """How many sessions ended. Streamlit keeps those of closed tabs for a while (disconnectedSessionTTL) in
    case they come back, but ends them only when another one is closed; each holds three descriptors."""
    from streamlit.runtime import Runtime

    cache: Any = None
    with suppress(AttributeError, RuntimeError):
        cache = Runtime.instance()._session_mgr._session_storage._cache  # type: ignore[attr-defined]
    return len(list(cache.expire() or ())) if cache is not None else 0
