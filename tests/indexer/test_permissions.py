"""Files and folders that may not be read for a while: what was read is kept, the rest comes when it may.

Root reads everything, so the indexer runs without that right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.catalogue import Catalogue, FileRow
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from tests.indexer.processes import indexer_running, like_anybody, wait_until

ROOT = Path(__file__).parents[2]
REASON = "cannot be read: Permission denied"
NOTHING = {"written": 0, "embedded": 0, "reused": 0, "removed": 0}


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Iterator[Path]:
    library = tmp_path / "library"
    (library / "sub").mkdir(parents=True)
    (library / "kite.md").write_text("# Kite\n\nA kite in strong wind needs a longer tail.\n")
    (library / "sub" / "leek.txt").write_text("Leeks are washed twice.\n")
    folders.add(home, library)
    yield library
    (library / "sub").chmod(0o755)


PASSES = """
import json, sys
from pathlib import Path
import indexer
from searcher.home import Home
from searcher.settings import Settings
for line in sys.stdin:
    home = Home(Path(json.loads(line)))
    print(json.dumps(indexer.index(home, Settings.load(home)).as_json()), flush=True)
"""
Index = Callable[[], dict[str, Any]]


@pytest.fixture(scope="module")
def passes() -> Iterator[subprocess.Popen[str]]:
    """A process without root's rights that indexes each home it is told."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", PASSES]
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, preexec_fn=like_anybody
    ) as running:
        yield running


@pytest.fixture
def index(home: Home, passes: subprocess.Popen[str]) -> Index:
    """A pass without root's rights, and its summary."""

    def once() -> dict[str, Any]:
        assert passes.stdin and passes.stdout
        print(json.dumps(str(home.root)), file=passes.stdin, flush=True)
        summary: dict[str, Any] = json.loads(passes.stdout.readline())
        return summary

    return once


def found(home: Home, query: str) -> list[str]:
    with Library(home, Settings()) as opened:
        return [Path(hit.path).name for hit in opened.search(query, mode="words")]


def row(home: Home, path: Path) -> FileRow | None:
    catalogue = Catalogue(home, write=False)
    try:
        return catalogue.get(str(path))
    finally:
        catalogue.close()


def test_what_was_read_is_kept_while_it_may_not_be_read(home: Home, library: Path, index: Index) -> None:
    assert index()["files"]["added"] == 2
    (library / "kite.md").chmod(0)
    (library / "sub").chmod(0)
    closed = index()
    assert (closed["files"]["removed"], closed["files"]["failed"], closed["chunks"]) == (0, 0, NOTHING)
    assert (found(home, "kite"), found(home, "leeks")) == (["kite.md"], ["leek.txt"])
    (library / "sub").chmod(0o755)
    (library / "kite.md").chmod(0o644)
    assert index()["chunks"] == NOTHING


def test_what_may_not_be_read_says_so_and_comes_when_it_may(home: Home, library: Path, index: Index) -> None:
    secret = library / "secret.md"
    secret.write_text("The plumtree stands by the harbour.\n")
    secret.chmod(0)
    for _ in range(2):
        closed = index()
        assert closed["errors"] == [{"path": str(secret), "reason": REASON}]
        assert closed["files"]["failed"] == 1
    assert found(home, "plumtree") == []
    secret.chmod(0o644)  # neither its size nor its time is another
    assert index()["files"]["added"] == 1
    assert found(home, "plumtree") == ["secret.md"]


def test_a_text_that_was_replaced_by_one_that_may_not_be_read_is_not_shown(
    home: Home, library: Path, index: Index
) -> None:
    index()
    kite = library / "kite.md"
    kite.write_text("# Box kite\n\nA box kite has two cells.\n")
    kite.chmod(0)
    closed = index()
    assert closed["errors"] == [{"path": str(kite), "reason": REASON}]
    assert found(home, "kite") == []
    kite.chmod(0o644)
    index()
    assert found(home, "cells") == ["kite.md"]


def test_a_running_indexer_notices_that_it_may_read(home: Home, library: Path) -> None:
    secret = library / "secret.md"
    with indexer_running(
        home, before=like_anybody, debounce_seconds=0.3, sweep_minutes=60, priority="normal"
    ):
        beside = library.with_name("beside.md")
        beside.write_text("The plumtree stands by the harbour.\n")
        beside.chmod(0)
        beside.rename(secret)
        wait_until(lambda: (known := row(home, secret)) and known.reason == REASON, seconds=60)
        secret.chmod(0o644)
        wait_until(lambda: found(home, "plumtree"), seconds=60)
        (library / "sub").chmod(0)
        (library / "sub").chmod(0o755)
        (library / "sub" / "more.txt").write_text("Cabbages are not.\n")
        wait_until(lambda: found(home, "cabbages"), seconds=60)
