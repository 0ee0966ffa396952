"""One writer: a second one learns who it is, and the lock of a dead one is free at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.running.lock import writing
from searcher.errors import IndexLocked
from searcher.home import Home

ROOT = Path(__file__).parents[3]
HOLD = """
import sys, time
from pathlib import Path
from indexer.running.lock import writing
from searcher.home import Home
with writing(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    Home(tmp_path).create()
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_second_indexer_says_who_holds_the_lock(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(IndexLocked, match=rf"pid {holder.pid}\b.*{tmp_path}"), writing(Home(tmp_path)):
        pass
    second = subprocess.run(
        [sys.executable, "-m", "indexer", "--home", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert second.returncode == 1
    assert f"pid {holder.pid}" in second.stderr and len(second.stderr.splitlines()) == 1


def test_the_lock_of_a_killed_indexer_is_free(holder: subprocess.Popen[str], tmp_path: Path) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (tmp_path / "indexer.pid").read_text() == str(holder.pid)
    with writing(Home(tmp_path)):
        assert (tmp_path / "indexer.pid").read_text() == str(os.getpid())


def test_a_lock_file_left_by_another_machine_is_no_lock(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    home.lock.write_text("")
    (tmp_path / "indexer.pid").write_text("999999")
    with writing(home):
        pass
