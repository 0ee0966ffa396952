"""One budget of time a query for what it looks up on disk, said in the answer when it was not enough."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import index
from searcher import folders
from searcher.errors import ExtractionFailed
from searcher.home import Home
from searcher.library import Library
from searcher.records import Document
from searcher.search import freshness
from searcher.settings import Settings

NOTES = 8
QUERY = "when does the ferry leave"


@pytest.fixture
def files(home: Home, tmp_path: Path) -> Path:
    place = tmp_path / "files"
    place.mkdir()
    for number in range(NOTES):
        (place / f"{number}.txt").write_text(f"Ferry number {number} leaves at {number} o'clock.\n")
    folders.add(home, place)
    index(home, Settings(hub=False))
    return place


class Reader:
    """Reads a file when it is let; counts how often."""

    def __init__(self) -> None:
        self.may_read = threading.Event()
        self.read: list[str] = []

    def __call__(self, path: Path) -> Document:
        self.read.append(path.name)
        assert self.may_read.wait(60)
        return Document(path.read_text(), kind="txt")


@pytest.fixture
def slow(home: Home, files: Path) -> Iterator[tuple[Library, Reader]]:
    reader = Reader()
    with Library(home, Settings(hub=False), reread=reader) as library:
        library.search(QUERY)
        yield library, reader
        reader.may_read.set()


def test_changed_files_are_waited_for_together(slow: tuple[Library, Reader], files: Path) -> None:
    library, reader = slow
    for number in range(NOTES):
        (files / f"{number}.txt").write_text(f"Boat number {number} leaves at noon from the new pier.\n")
    started = time.monotonic()
    answer = library.answer(QUERY, limit=NOTES)
    # far below the budget a file would have, at any load: 8 times 1.5 s
    assert time.monotonic() - started < 4 * freshness.SECONDS
    assert len(answer.results) == NOTES and all(hit.stale for hit in answer.results)
    assert all("Ferry" in hit.snippet for hit in answer.results)
    assert answer.notes == [
        f"{NOTES} files that changed could not be read again in time; their indexed text is shown"
    ]
    assert len(reader.read) == 1  # one after the other, beside the query
    reader.may_read.set()
    while len(reader.read) < NOTES:
        time.sleep(0.01)
    answer = library.answer(QUERY, limit=NOTES)
    assert all("Boat" in hit.snippet for hit in answer.results) and answer.notes == []
    assert sorted(reader.read) == sorted({*reader.read})  # what was read late is not read again


def test_files_that_are_gone_are_looked_for_together(files: Path) -> None:
    """What is not found in time is left out and said; the budget is that of all files."""
    folder = str(files)
    row = {"folder": folder, "size": 1, "mtime_ns": 1}
    spent = freshness.Freshness(None, seconds=0.0)
    for number in range(3):
        assert spent.whereabouts({**row, "path": f"{folder}/gone-{number}.txt"}) is None
    assert spent.notes() == ["3 files that were moved or deleted were not found in time; they are left out"]
    enough = freshness.Freshness(None, seconds=60.0)
    there = files / "0.txt"
    moved = {**row, "path": f"{folder}/gone.txt", "size": there.stat().st_size}
    moved["mtime_ns"] = there.stat().st_mtime_ns
    found = enough.whereabouts(moved)
    assert found is not None and found[0] == there and enough.notes() == []


def test_an_unreadable_file_is_tried_once(home: Home, files: Path) -> None:
    tried: list[Path] = []

    def fails(path: Path) -> Document:
        tried.append(path)
        raise ExtractionFailed("no")

    (files / "3.txt").write_text("Now it says something else about the ferry.\n")
    with Library(home, Settings(hub=False), reread=fails) as library:
        for _ in range(3):
            hits = library.search(QUERY, limit=NOTES)
            assert next(hit for hit in hits if hit.path.endswith("3.txt")).stale
    assert tried == [files / "3.txt"]


def test_a_library_is_closed_while_a_file_is_read(slow: tuple[Library, Reader], files: Path) -> None:
    library, reader = slow
    (files / "0.txt").write_text("Changed.\n")
    assert library.answer(QUERY, limit=NOTES).notes
    library.close()
    shutil.rmtree(files)
    reader.may_read.set()
