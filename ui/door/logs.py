"""What the server says on stderr: one line an event, and of one kind at most one in some seconds."""

from __future__ import annotations

import logging
import math
import os
import sys
import time
from collections.abc import Callable

from ui.cli.output import clean

_SECONDS = 5.0
_KINDS = 200  # remembered; a new kind beyond that makes the oldest forgotten


class Sparing(logging.Filter):
    """Lets one record of a kind, a place in the code that is, pass in `seconds`; the next one that passes
    says how many did not."""

    def __init__(self, seconds: float = _SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds, self._now = seconds, now
        self._last: dict[tuple[str, str, int], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = (record.name, record.pathname, record.lineno)
        now = self._now()
        last, dropped = self._last.pop(kind, (-math.inf, 0))
        passes = now - last >= self._seconds
        self._last[kind] = (now, 0) if passes else (last, dropped + 1)
        if len(self._last) > _KINDS:
            del self._last[next(iter(self._last))]
        if passes and dropped:
            record.msg, record.args = f"{record.getMessage()} ({dropped} more like it)", ()
        return passes


class _OneLine(logging.Formatter):
    """Control characters cannot steer a terminal; a traceback is for those who ask for one."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and os.environ.get("SEARCHER_DEBUG"):
            return super().format(record)
        message = " ".join(record.getMessage().split())
        reason = f": {type(error).__name__}: {' '.join(str(error).split())}" if error is not None else ""
        return clean(f"searcher: {message}{reason}"[:1000])


def set_up() -> None:
    """For the whole process; replaces what uvicorn and Streamlit set up for themselves."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    handler.addFilter(Sparing())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("uvicorn", "streamlit"):
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True
