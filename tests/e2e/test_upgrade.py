"""A home that an earlier release made: search answers from the first moment, and the next pass brings it up
to date. tests/data has one of each release, with the few files it is of."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from tests.ui.conftest import environment

DATA = Path(__file__).parents[1] / "data"
QUERIES = {
    "boiler pressure": "boiler.md",
    "where are passwords checked": "accounts.py",
    "tomates": "huerto.md",
}


def call(home: Home, *arguments: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", *arguments, "--json", "--home", str(home.root)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def answers(home: Home) -> dict[str, str]:
    """The first file for each query."""
    with Library(home, Settings.load(home)) as library:
        return {query: Path(library.search(query)[0].path).name for query in QUERIES}


@pytest.mark.parametrize("release", ["0.1.0"])
def test_a_home_of_an_earlier_release(release: str, starter: Path) -> None:
    place = Path(f"/tmp/searcher-home-{release}")  # the paths in its index
    shutil.rmtree(place, ignore_errors=True)
    try:
        with tarfile.open(DATA / f"home-{release}.tar.xz") as archive:
            archive.extractall(place, filter="data")
        home = Home(place / "home").create()
        for file in filter(Path.is_file, starter.parent.iterdir()):
            os.link(file, home.models / file.name)
        before = answers(home)
        done = call(home, "index")
        after = answers(home)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    assert before == QUERIES and after == QUERIES
    assert done["errors"] == []
