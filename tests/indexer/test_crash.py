"""kill -9 at random moments: the next start is consistent without help. benchmarks/kill.py goes on longer."""

from __future__ import annotations

from pathlib import Path

from benchmarks.kill import run
from indexer.work.embedding_queue import MOST_LOST
from searcher.home import Home


def test_killed_anywhere(home: Home, tmp_path: Path) -> None:
    outcome = run(home, tmp_path / "library", kills=2, seed=3, files=16)
    assert sum(outcome.killed.values()) >= 2
    assert outcome.wrong == []
    assert max(outcome.again) <= MOST_LOST
