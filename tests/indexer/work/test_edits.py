"""Many single edits leave a home as small and as quick as a fresh one. benchmarks/edits.py makes 2,000."""

from __future__ import annotations

from pathlib import Path

from benchmarks.edits import run
from searcher.home import Home
from tests.conftest import make_home


def test_edits_leave_little_behind(home: Home, starter: Path, tmp_path: Path) -> None:
    fresh = make_home(tmp_path / "fresh", starter)
    outcome = run(home, fresh, tmp_path / "notes", chunks=160, edits=24, queries=14)
    assert outcome.chunks == 160
    # a table this small weighs little beside its versions of the last seconds, which slow readers may need
    assert max(outcome.size, outcome.size_peak) < 20
    assert outcome.size_rested < 2
    assert outcome.growth < 4
