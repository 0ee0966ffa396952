"""The indexer as a child process: started, started again when it dies, stopped with its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

from searcher.home import Home
from searcher.runtime import START_AGAIN
from searcher.system import CRASHES, on_its_own

_PAUSES = (1.0, 5.0, 30.0)  # seconds before each new start; the last one from then on
_STOP_SECONDS = 10.0
_SETTLED_SECONDS = 60.0  # one that ran so long counts as healthy again


class Companion:
    """`announce` gets the child's own error lines and what is done about them."""

    def __init__(self, home: Home, announce: Callable[[str], None]) -> None:
        self._home, self._announce = home, announce
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the child to stop, and make sure of it."""
        self._stop.set()
        with self._lock:
            child = self._child
        if child and child.poll() is None:
            child.terminate()
            try:
                child.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _run(self) -> None:
        import time

        failures, previous = 0, ""
        while not self._stop.is_set():
            began = time.monotonic()
            code, line = self._once()
            if self._stop.is_set():
                return
            failures = 0 if time.monotonic() - began > _SETTLED_SECONDS else failures
            if code == START_AGAIN:
                continue
            pause = _PAUSES[min(failures, len(_PAUSES) - 1)]
            failures += 1
            reason = line or _ended(code)
            if reason != previous:
                previous = reason
                self._announce(f"{reason} (tried again from time to time)")
            self._stop.wait(pause)

    def _once(self) -> tuple[int, str]:
        """Run the child to its end: exit code and the last line it wrote to stderr."""
        command = [sys.executable, "-P", "-m", "indexer", "--home", str(self._home.root)]
        command += ["--parent", str(os.getpid())]
        with self._lock:
            if self._stop.is_set():
                return 0, ""
            child = self._child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={**os.environ, "PYTHONSAFEPATH": "1"},
                **on_its_own(),
            )
        assert child.stderr is not None
        last = ""
        for raw in child.stderr:
            last = raw.decode("utf-8", "replace").strip() or last
        return child.wait(), last.removeprefix("searcher: ")


def _ended(code: int) -> str:
    """How a child ended that said nothing."""
    if code in CRASHES:
        return f"the indexer crashed ({CRASHES[code]}); `searcher logs --crash` shows where"
    return f"the indexer stopped with code {code}"
