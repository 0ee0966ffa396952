"""Random changes from two processes under queries from a third. benchmarks/soak.py goes on for minutes."""

from __future__ import annotations

from pathlib import Path

from benchmarks.soak import run
from searcher.home import Home


def test_the_index_is_what_is_on_disk(home: Home, tmp_path: Path) -> None:
    outcome = run(home, tmp_path / "library", seconds=6, changers=2, readers=1, seed=2)
    assert sum(outcome.changes.values()) > 20
    assert outcome.queries
    assert outcome.failed == []
    assert outcome.wrong == []
