"""The real command line in its own processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searcher.home import Home

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(home: Home) -> dict[str, str]:
    """The test's own home; nothing of the machine's settings, no waiting for a hub."""
    # beside other workers on few cores, the lowest priority would make a test wait for its turn
    return os.environ | {
        "SEARCHER_HOME": str(home.root),
        "HF_HUB_OFFLINE": "1",
        "NO_COLOR": "1",
        "SEARCHER_PRIORITY": "normal",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """`run("search", "words", "--json")`; fails on a traceback whatever the exit code."""

    def call(*arguments: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ui.cli.main", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240)
        assert "Traceback" not in done.stderr, done.stderr
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done

    return call


@pytest.fixture
def ask(run: Run) -> Callable[..., dict[str, Any]]:
    """The command's JSON."""

    def call(*arguments: str) -> dict[str, Any]:
        return json.loads(run(*arguments, "--json").stdout)

    return call


@pytest.fixture
def indexed(run: Run, sample_notes: Path) -> Path:
    """The sample's notes, indexed."""
    run("index", str(sample_notes))
    return sample_notes
