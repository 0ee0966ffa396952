"""A process is known by more than its number."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil
import pytest

from searcher import processes


def test_this_process() -> None:
    assert processes.is_running(processes.this())
    assert processes.this().startswith(f"{os.getpid()}-")


def test_another_process_of_the_same_number() -> None:
    assert not processes.is_running(f"{os.getpid()}-1")


def test_a_process_that_ended() -> None:
    """Already when its parent has not looked yet."""
    code = "from searcher import processes; print(processes.this(), flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdin and child.stdout
    name = child.stdout.readline().strip()
    assert processes.is_running(name)
    child.stdin.close()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        psutil.Process(child.pid).status()
    assert not processes.is_running(name)
    child.wait()
    child.stdout.close()
    assert not processes.is_running(name)


@pytest.mark.parametrize("name", [None, 1, "", "1", "-1", "x-1", f"{2**80}-1", "1-", ["1-1"]])
def test_no_name_of_a_process(name: object) -> None:
    assert not processes.is_running(name)
