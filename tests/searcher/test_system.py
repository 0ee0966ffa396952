"""What differs between systems, each with the values that system has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from searcher import system

ROOT = Path(__file__).parents[2]


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
