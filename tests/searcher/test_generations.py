"""A library that stays open: other models, other settings and closing, while queries go on."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import searcher
from indexer import index
from searcher import folders
from searcher.errors import ModelMismatch, SearcherError
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.settings_file import change
from tests.conftest import make_home
from tests.shared import Indexed, Once, copy_sample

Model = Callable[..., Path]
QUERY = "book the ferry"


@pytest.fixture
def home(once: Once, first_layers: Path, tmp_path: Path) -> Home:
    """The sample's notes, indexed with the starter's first layers: how well it answers hardly matters."""

    def make(root: Path) -> None:
        home = make_home(root / "home", first_layers)
        folders.add(home, copy_sample(root / "sample", "notes"))
        index(home, Settings.load(home))

    place = once("indexed-notes", make)
    home = Indexed(Home(place / "home"), place / "sample").copied(tmp_path / "indexed")
    change(home, model="starter", hub=False)
    return home


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
            self._stop.wait(0.1)

    def until(self, dim: int) -> None:
        """Wait until an answer came from an index of that dimension."""
        self._wait(lambda: dim in self.dims[-1:])

    def until_answered(self, more: int) -> None:
        """Wait for so many more answers."""
        seen = len(self.dims)
        self._wait(lambda: len(self.dims) >= seen + more)

    def _wait(self, condition: Callable[[], bool]) -> None:
        while not condition():
            assert not self.failures
            self._stop.wait(0.02)

    def __enter__(self) -> Asking:
        self._pool = ThreadPoolExecutor(2)
        self._threads = [self._pool.submit(self.ask) for _ in range(2)]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.result()
        self._pool.shutdown()


def test_other_models_come_and_go_while_queries_go_on(home: Home, small_model: Model) -> None:
    wide = str(small_model("Q8_0", name="Some-Embedder"))
    with searcher.open(home.root) as library, Asking(library) as asking:
        asking.until(384)
        for values, dim in (
            ({"model": wide}, 1024),
            ({"model": "starter"}, 384),
        ):
            change(home, **values)
            index(home, Settings.load(home))
            asking.until(dim)
        assert library.model.dim == library.embed(["a text"]).shape[1] == 384
    assert asking.failures == []
    assert {384, 1024} == set(asking.dims)


def test_closing_while_queries_go_on(home: Home) -> None:
    library = searcher.open(home.root)
    with Asking(library) as asking:
        asking.until(384)
        for _ in range(3):
            library.close()
            asking.until_answered(3)
    library.close()
    assert asking.failures == []
    assert library.search(QUERY)[0].path.endswith("todo.txt")
    library.close()


def test_what_is_open_is_closed_with_the_last_query_on_it(home: Home) -> None:
    with searcher.open(home.root) as library:
        library.search(QUERY)
        first = library._generation
        assert first is not None
        with library._borrowed() as borrowed:
            change(home, threads=1)
            library.settings = Settings.load(home)
            assert library.search(QUERY)
            second = library._generation
            assert second is not None and second.embedding is not first.embedding
            borrowed.embedder.embed_full(["still open"], kind="query")
        with pytest.raises(SearcherError, match="was closed"):
            first.embedder.embed_full(["closed by now"], kind="query")
        library.settings = Settings.load(home, limit=3, mode="words")
        library.search(QUERY)
        assert library._generation is not None and library._generation.embedding is second.embedding


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("qwen3-8b", "qwen3-8b is not on this machine"),
        ("/nowhere/model.gguf", "neither a GGUF file nor one of"),
        ("notes.txt", "is not a GGUF file"),
    ],
)
def test_a_model_that_cannot_be_had_leaves_the_old_index(home: Home, model: str, reason: str) -> None:
    (home.root / "notes.txt").write_text("these are notes, not a model")
    change(home, model=str(home.root / model) if model == "notes.txt" else model)
    with searcher.open(home.root) as library:
        answer = library.answer(QUERY)
        assert answer.results[0].path.endswith("todo.txt")
        (note,) = answer.notes
        assert note.startswith("starter answers, which the index was built with: ") and reason in note
        change(home, model="starter")
        library.settings = Settings.load(home)
        assert library.answer(QUERY).notes == []


def test_a_model_that_is_set_is_waited_for(home: Home, small_model: Model) -> None:
    change(home, model=str(small_model("Q8_0", name="Some-Embedder")))
    with searcher.open(home.root) as library:
        answer = library.answer(QUERY)
    assert answer.model == {"name": "starter", "dim": 384} and answer.results
    assert answer.notes[0].endswith("is built; run `searcher index`")


def test_another_model_that_only_this_call_names_is_refused(
    home: Home, small_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEARCHER_MODEL", str(small_model("Q8_0", name="Some-Embedder")))
    with searcher.open(home.root) as library, pytest.raises(ModelMismatch, match="run `searcher index`"):
        library.search(QUERY)
    monkeypatch.setenv("SEARCHER_MODEL", "starter")
    monkeypatch.setenv("SEARCHER_DIM", "128")
    with searcher.open(home.root) as library, pytest.raises(ModelMismatch, match="at 128"):
        library.search(QUERY)


def test_a_model_file_that_was_replaced_is_opened_again(
    home: Home, tmp_path: Path, small_model: Model
) -> None:
    path = tmp_path / "own.gguf"
    shutil.copy(small_model("Q8_0", name="Some-Embedder"), path)
    place = tmp_path / "files"
    place.mkdir()
    (place / "ferry.md").write_text("The ferry to the island leaves at nine.\n")
    change(home, model=str(path), hub=False)
    folders.add(home, place)
    index(home, Settings.load(home))
    with searcher.open(home.root) as library:
        assert library.search("ferry")
        shutil.copy(path, tmp_path / "fetched again.gguf")
        os.replace(tmp_path / "fetched again.gguf", path)
        assert library.search("a question it has not met")
