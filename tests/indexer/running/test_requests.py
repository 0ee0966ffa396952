"""`index` and `forget` while another process indexes: that one does it, or whoever asks when it is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import indexer
from searcher import folders
from searcher.errors import IndexLocked
from searcher.home import Home
from searcher.library import Library
from searcher.runtime import pause
from searcher.settings import Settings
from tests.indexer.processes import indexer_running, wait_until


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    root = tmp_path / "library"
    root.mkdir()
    (root / "kite.md").write_text("# Kite\n\nA kite in strong wind needs a longer tail.\n")
    (root / "safe.md").write_text("The combination of the safe is plumtree-seventeen-harbour-violet.\n")
    folders.add(home, root)
    return root


def found(home: Home, query: str) -> list[str]:
    with Library(home, Settings()) as opened:
        return [Path(hit.path).name for hit in opened.search(query, mode="words")]


def asks(home: Home) -> list[Path]:
    return [*(home.run / "requests").glob("*.ask"), *(home.run / "requests").glob("*.answer")]


def test_a_running_indexer_does_what_it_is_asked(home: Home, library: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "onion.md").write_text("Onions want an hour on a low flame.\n")
    with indexer_running(home) as running:
        folders.add(home, other)
        done = indexer.index_anyhow(home, Settings())
        assert (done["files"]["seen"], done["files"]["unchanged"] + done["files"]["added"]) == (3, 3)
        assert found(home, "onions") == ["onion.md"]

        gone = indexer.forget_anyhow(home, Settings(), library / "safe.md")
        assert (gone["files"], gone["chunks"]) == (1, 1)
        assert found(home, "plumtree") == []
        (library / "kite.md").write_text("# Kite\n\nA box kite has two cells.\n")
        again = indexer.index_anyhow(home, Settings())
        assert again["files"]["seen"] == 2
        assert found(home, "plumtree") == []
        assert running.poll() is None
        assert asks(home) == []
        with pytest.raises(IndexLocked):
            indexer.index(home, Settings())
        pause(home)  # which who asks overrides
        (library / "leek.md").write_text("Leeks are washed twice.\n")
        assert indexer.index_anyhow(home, Settings())["files"]["added"] == 1


@pytest.mark.parametrize("what", ["index", "forget"])
def test_who_asked_a_dying_indexer_does_it_himself(home: Home, library: Path, what: str) -> None:
    with indexer_running(home) as running:
        running.send_signal(signal.SIGSTOP)  # it will never answer
        (library / "leek.md").write_text("Leeks are washed twice.\n")
        killer = threading.Timer(1.5, running.kill)
        killer.start()
        if what == "index":
            assert indexer.index_anyhow(home, Settings())["files"]["added"] == 1
        else:
            assert indexer.forget_anyhow(home, Settings(), library / "safe.md")["files"] == 1
            assert found(home, "plumtree") == []
        killer.join()
    assert asks(home) == []


def test_ctrl_c_takes_the_question_back_and_another_outlives_the_indexer(home: Home, library: Path) -> None:
    with indexer_running(home) as running:
        running.send_signal(signal.SIGSTOP)
        environment = os.environ | {"SEARCHER_HOME": str(home.root)}
        command = [sys.executable, "-m", "ui.cli.main", "forget", str(library / "safe.md")]
        caller = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        wait_until(lambda: asks(home), seconds=30)
        caller.send_signal(signal.SIGINT)
        caller.communicate(timeout=20)
        assert caller.returncode == 130
        assert asks(home) == []
        running.send_signal(signal.SIGCONT)
        assert indexer.index_anyhow(home, Settings())["files"]["unchanged"] == 2
        assert found(home, "plumtree") == ["safe.md"]

        running.send_signal(signal.SIGSTOP)
        pipe = subprocess.PIPE
        caller = subprocess.Popen([*command, "--json"], env=environment, stdout=pipe, text=True)
        wait_until(lambda: asks(home), seconds=30)
        caller.send_signal(signal.SIGSTOP)  # or it would take the work over
        running.kill()
    with indexer_running(home):
        caller.send_signal(signal.SIGCONT)
        printed, _ = caller.communicate(timeout=60)
    assert caller.returncode == 0
    assert '"files"' in printed
    assert found(home, "plumtree") == []
