"""What was said and what went wrong, in the home's `logs`: one log a process, and a report of each crash.

Nothing of it leaves the machine. Queries are never written down.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from logging.handlers import RotatingFileHandler
from pathlib import Path

from searcher.home import Home
from searcher.package import DISTRIBUTION

LOGGER = "searcher"
_BYTES, _FILES = 1_000_000, 3
_REPORTS = 10
_FORMAT = "%(asctime)s %(processName)s %(levelname)s %(message)s"
_PACKAGES = (DISTRIBUTION, "lancedb", "llama-cpp-python", "streamlit", "pyarrow", "numpy")


def open_log(home: Home, process: str) -> logging.Handler | None:
    """Write the log of `process` (server or indexer) from now on, and where native code crashed. None when
    the home cannot be written: a log is no reason to stop."""
    try:
        home.logs.mkdir(mode=0o700, exist_ok=True)
        handler = RotatingFileHandler(
            home.log(process), maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", delay=True
        )
        keep_fatal(home, process)
        # open for the rest of the process: a crash can open nothing any more
        faulthandler.enable(home.fatal(process).open("w", encoding="utf-8"))
    except OSError:
        return None
    handler.setFormatter(logging.Formatter(_FORMAT.replace("%(processName)s", process)))
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def note(line: str, *, level: int = logging.INFO) -> None:
    """One line for the log, if one is open."""
    logger = logging.getLogger(LOGGER)
    if logger.handlers:
        logger.log(level, "%s", " ".join(line.split()))


def keep_fatal(home: Home, process: str) -> None:
    """Make a report of what native code left behind when it crashed: the next start writes to that file."""
    fatal = home.fatal(process)
    with suppress(OSError):
        text = fatal.read_text("utf-8", errors="replace")
        if text.strip():
            _write_report(home, process, datetime.fromtimestamp(fatal.stat().st_mtime, UTC), [text])
            fatal.unlink()


def report_crash(home: Home, error: BaseException, process: str) -> Path | None:
    """Write down an error nobody expected, for a person to read or to pass on. None where that fails."""
    try:
        place = _write_report(home, process, datetime.now(UTC), traceback.format_exception(error))
    except OSError:
        return None
    note(f"unexpected {type(error).__name__}; the report is {place}", level=logging.ERROR)
    return place


def _write_report(home: Home, process: str, when: datetime, what: list[str]) -> Path:
    """Raises OSError."""
    place = home.crash_report(f"{when:%Y%m%d-%H%M%S-%f}-{process}")
    lines = [
        f"{process} of {DISTRIBUTION}, {when:%Y-%m-%d %H:%M:%S} UTC",
        f"Python {sys.version.split()[0]} on {platform.platform()}",
        ", ".join(f"{name} {_version(name)}" for name in _PACKAGES),
        "",
        *what,
    ]
    home.logs.mkdir(mode=0o700, exist_ok=True)
    place.touch(mode=0o600)
    place.write_text("\n".join(lines), "utf-8", errors="replace")
    for old in home.crash_reports()[_REPORTS:]:
        with suppress(OSError):
            old.unlink()
    return place


def lines(home: Home, most: int) -> list[str]:
    """The last lines of all logs, in the order of time."""
    lines: list[str] = []
    for process in ("server", "indexer"):
        for number in range(_FILES, -1, -1):
            with suppress(OSError):
                lines += home.log(process, number).read_text("utf-8", errors="replace").splitlines()
    return sorted(lines, key=lambda line: line[:23])[-most:]  # 23: the time to the millisecond


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "-"
