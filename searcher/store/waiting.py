"""Waiting for LanceDB, by the thread that asks.

LanceDB's own way is one thread that waits for all. Each answer wakes that first and then the thread that
asked, and whoever wakes needs Python's lock: with fifty queries at once that took a tenth of the time.
"""

from __future__ import annotations

import asyncio
import threading
from asyncio import events
from collections.abc import Callable, Coroutine
from contextvars import Context
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class _Loop:
    """An event loop of one thread, running while that waits: of `asyncio.AbstractEventLoop` what tasks and
    futures need that other threads bring to an end."""

    def __init__(self) -> None:
        self._due: SimpleQueue[tuple[Callable[..., object], tuple[Any, ...], Context | None]] = SimpleQueue()

    def run_until_complete(self, coroutine: Coroutine[Any, Any, T]) -> T:
        before = events._get_running_loop()
        own: Any = self
        events._set_running_loop(own)
        task = asyncio.Task(coroutine, loop=own)
        try:
            while not task.done():
                self._go_on()
        except BaseException:  # Ctrl-C
            task.cancel()  # and with it the search
            while not task.done():
                self._go_on()
            raise
        finally:
            events._set_running_loop(before)
        return task.result()

    def _go_on(self) -> None:
        callback, values, context = self._due.get()
        if context is None:
            callback(*values)
        else:
            context.run(callback, *values)

    def call_soon(
        self, callback: Callable[..., object], *values: Any, context: Context | None = None
    ) -> None:
        self._due.put((callback, values, context))

    call_soon_threadsafe = call_soon

    def create_future(self) -> Any:
        own: Any = self
        return asyncio.Future(loop=own)

    def create_task(self, coroutine: Any, **how: Any) -> Any:
        own: Any = self
        return asyncio.Task(coroutine, loop=own, **how)

    def is_closed(self) -> bool:
        return False

    def get_debug(self) -> bool:
        return False

    def call_exception_handler(self, context: Any) -> None:
        """What goes wrong after the one who asked has gone is nobody's."""


_loops = threading.local()


def waited(answer: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that waits for nothing but LanceDB."""
    if not hasattr(_loops, "own"):
        _loops.own = _Loop()
    loop: _Loop = _loops.own
    return loop.run_until_complete(answer)
