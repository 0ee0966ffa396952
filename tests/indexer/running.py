"""A real indexer in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from searcher.home import Home
from searcher.runtime import read_indexer_state


@contextmanager
def indexer_running(home: Home, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m indexer` once it is idle; `settings` as its environment."""
    given = {f"SEARCHER_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "--home", str(home.root)], env=os.environ | given
    )
    try:
        wait_until(lambda: is_idle(home), seconds=90)
        yield process
    finally:
        process.kill()
        process.wait()


def is_idle(home: Home) -> bool:
    state = read_indexer_state(home)
    return state is not None and state.phase == "idle" and bool(state.folders)


def wait_until(true: Callable[[], object], *, seconds: float) -> float:
    """Seconds that it took; fails when it takes longer than `seconds`."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            pytest.fail(f"not so within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - began
