"""What differs between systems, each with the values that system has."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from searcher import system

ROOT = Path(__file__).parents[2]
GLIBC = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such heaps")


@pytest.mark.parametrize(
    ("windows", "macos", "expected"),
    [
        (False, False, ["xdg-open", "/a b.txt"]),
        (False, True, ["open", "/a b.txt"]),
        (True, False, ["explorer", "/a b.txt"]),
    ],
)
def test_how_a_file_is_opened(
    windows: bool, macos: bool, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "WINDOWS", windows)
    monkeypatch.setattr(system, "MACOS", macos)
    assert system.opener(Path("/a b.txt")) == expected
    assert system.nicely(["x"])[-1] == "x" and (len(system.nicely(["x"])) == 1) == windows


@pytest.mark.parametrize(
    ("windows", "variables", "expected"),
    [
        (False, {"DISPLAY": ":0"}, True),
        (False, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (False, {}, False),
        (True, {}, True),
        (True, {"SSH_CONNECTION": "::1 1 ::1 22"}, False),
    ],
)
def test_whether_a_browser_would_be_seen(
    windows: bool, variables: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(system, "WINDOWS", windows)
    monkeypatch.setattr(system, "MACOS", False)
    assert system.has_display() is expected


_HEAPS = """
import sys, threading
from pathlib import Path
from searcher import system

if sys.argv[1] == "shared":
    system.share_heaps()
together, held = threading.Barrier(12), [[] for _ in range(12)]

def fill(mine):
    together.wait()
    mine.extend(bytes(1000) for _ in range(100))
    together.wait()

threads = [threading.Thread(target=fill, args=(mine,)) for mine in held]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
# a heap of glibc's lies in a reservation of 64 MB, of which it has opened the beginning
lines = Path("/proc/self/maps").read_text().splitlines()
begins = [int(line.split("-")[0], 16) for line in lines if line.split()[1].startswith("rw-p")]
print(sum(begin % (64 << 20) == 0 for begin in begins))
"""

_FREED = """
import sys
from pathlib import Path
from searcher import system

def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) >> 10

if sys.argv[1] == "arrow":
    import pyarrow
    rows = [pyarrow.array([b"x" * 1000] * 300) for _ in range(300)]
else:
    rows = [bytearray(1000) for _ in range(90_000)]
between = [rows[0], rows[-1]]  # what is still in use at either end
before = anonymous()
del rows
freed = anonymous()
system.give_memory_back()
print(before, freed, anonymous())
"""


def run_python(code: str, *arguments: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    return [int(word) for word in done.stdout.split()]


@GLIBC
def test_many_threads_share_two_heaps() -> None:
    (usual,), (shared,) = run_python(_HEAPS, "usual"), run_python(_HEAPS, "shared")
    assert shared <= 1 < usual  # the other of the two is the process's own, which is no reservation


@GLIBC
@pytest.mark.parametrize("held_by", ["arrow", "heap"])
def test_free_memory_goes_back_to_the_system(held_by: str) -> None:
    before, freed, after = run_python(_FREED, held_by)
    assert freed > before - 30 and after < before - 60


def test_the_lowest_priority_is_low() -> None:
    code = (
        "import os, psutil; from searcher.system import lowest_priority; lowest_priority(); "
        "print(psutil.Process().nice(), os.sched_getscheduler(0) if hasattr(os, 'SCHED_IDLE') else '')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    if hasattr(os, "SCHED_IDLE"):
        assert done.stdout.split() == ["19", str(os.SCHED_IDLE)]
    else:
        assert done.stdout.split()
