"""A library that stays open: other models, other settings and closing, while queries go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import searcher
from indexer import index
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.settings_file import change

Model = Callable[..., Path]
QUERY = "when does the ferry leave"


@pytest.fixture
def files(home: Home, tmp_path: Path) -> Path:
    """A small library, indexed with the starter."""
    place = tmp_path / "files"
    place.mkdir()
    (place / "ferry.md").write_text("# Ferry\n\nThe ferry to the island leaves at nine.\n")
    for number in range(20):
        (place / f"note {number}.txt").write_text(f"Note {number}: the tide turns at {number} o'clock.\n")
    change(home, model="starter", hub=False)
    folders.add(home, place)
    index(home, Settings.load(home))
    return place


class Asking:
    """Threads that put one question after the other until told to stop; what went wrong, and the answers."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.failures: list[Exception] = []
        self.dims: list[object] = []
        self._stop = threading.Event()

    def ask(self) -> None:
        while not self._stop.is_set():
            try:
                answer = self.library.answer(QUERY, limit=3)
                assert answer.results, "an answer without results"
                self.dims.append(answer.model["dim"])
                self.library.similar(answer.results[0].path)
            except Exception as error:
                self.failures.append(error)

    def until(self, dim: int) -> None:
        """Wait until an answer came from an index of that dimension."""
        while dim not in self.dims[-1:]:
            assert not self.failures
            self._stop.wait(0.02)

    def __enter__(self) -> Asking:
        self._pool = ThreadPoolExecutor(3)
        self._threads = [self._pool.submit(self.ask) for _ in range(3)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.result()
        self._pool.shutdown()


def test_other_models_come_and_go_while_queries_go_on(home: Home, files: Path, small_model: Model) -> None:
    wide = str(small_model("Q8_0", name="Some-Embedder"))
    with searcher.open(home.root) as library, Asking(library) as asking:
        asking.until(384)
        for model, dim in ((wide, 1024), ("starter", 384)):
            change(home, model=model)
            index(home, Settings.load(home))
            asking.until(dim)
    assert asking.failures == []
    assert {384, 1024} == set(asking.dims)
