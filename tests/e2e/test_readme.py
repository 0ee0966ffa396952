"""The README's two commands, executed as they stand there in a copy of the tree."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO
from urllib.parse import urlencode

import pytest

from tests import readme

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git would give a stranger, the uncommitted edits included."""
    target = tmp_path_factory.mktemp("clone")
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, subprocess.check_output(listing, text=True).split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return kept | {"SEARCHER_HOME": str(tmp_path_factory.mktemp("home")), "SEARCHER_PORT": "8797"}


def answers(url: str, deadline: float) -> Iterator[dict]:
    """Replies of the API until the deadline, one a second, once it answers at all."""
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                yield json.load(reply)
        except OSError:
            pass
        time.sleep(1)


def found(
    environment: dict[str, str],
    process: subprocess.Popen,
    log: TextIO,
    query: str,
    seconds: float,
    wanted: str = "",
) -> str:
    """Path of the first result, once nothing waits any more and it ends with what is wanted."""
    url = f"http://127.0.0.1:{environment['SEARCHER_PORT']}/api/search?{urlencode({'q': query})}"
    for answer in answers(url, time.monotonic() + seconds):
        assert process.poll() is None, Path(log.name).read_text()
        paths = [hit["path"] for hit in answer["results"]]
        if paths and answer["pending"] == 0 and paths[0].endswith(wanted):
            return str(paths[0])
    pytest.fail(Path(log.name).read_text())


@pytest.mark.timeout(1500)
def test_main_command_answers_a_query(clone: Path, environment: dict[str, str], tmp_path: Path) -> None:
    log = (tmp_path / "log").open("w+")
    process = subprocess.Popen(
        ["bash", "-c", readme.command("main")],
        cwd=clone,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        first = found(environment, process, log, "Wie wird ein Passwort geprüft?", 1400)
        assert first.endswith("accounts.py")
        # what was installed goes on watching after its first pass
        (clone / "ui/sample/notes/kites.md").write_text(
            "# Kites\n\nThe box kite needs eleven knots of wind.\n"
        )
        assert found(environment, process, log, "box kite", 60, wanted="kites.md")
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


@pytest.mark.timeout(1500)
def test_tests_command_runs(clone: Path, environment: dict[str, str]) -> None:
    environment = environment | {"PYTEST_ADDOPTS": "tests/test_imports.py"}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", readme.command("tests")],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    assert " passed" in run.stdout
