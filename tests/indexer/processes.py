"""A real indexer in a process of its own."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from searcher.home import Home
from searcher.runtime import read_indexer_state

_PR_CAPBSET_DROP, _OVERRIDE, _READ_SEARCH = 24, 1, 2


def like_anybody() -> None:
    """In a child before it runs: without root's right to write, read and list what permissions forbid."""
    if not os.getuid():
        for right in (_OVERRIDE, _READ_SEARCH):
            ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


@contextmanager
def indexer_running(
    home: Home, *, before: Callable[[], None] | None = None, seconds: float = 90, **settings: object
) -> Iterator[subprocess.Popen[bytes]]:
    """`python -m indexer` once it is idle, within `seconds`; `settings` as its environment, `before` as its
    preexec_fn."""
    given = {f"SEARCHER_{name.upper()}": str(value) for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "indexer", "--home", str(home.root)], env=os.environ | given, preexec_fn=before
    )
    try:
        wait_until(lambda: is_idle(home), seconds=seconds)
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
        time.sleep(0.1)
    return time.monotonic() - began
