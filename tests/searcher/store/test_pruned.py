"""A reader whose version was pruned goes on with the newest, without an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import indexer
from searcher import folders
from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import open_store
from searcher.store.upkeep import QUIET, upkeep

ROOT = Path(__file__).parents[3]
_ASKS = """
import sys
from pathlib import Path
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings

with Library(Home(Path(sys.argv[1])), Settings()) as opened:
    for question in sys.stdin:
        hits = opened.search(question.strip())
        print(Path(hits[0].path).name, flush=True)
"""


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    library = tmp_path / "library"
    library.mkdir()
    (library / "ferry.md").write_text("# Ferry\n\nThe ferry to the island leaves at seven.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    return library


@pytest.fixture
def ask(home: Home, library: Path) -> Iterator[Callable[[str], str]]:
    """Asks an open library in another process; the name of the best file."""
    reader = subprocess.Popen(
        [sys.executable, "-c", _ASKS, str(home.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert reader.stdin and reader.stdout
    asking, answers = reader.stdin, reader.stdout

    def ask(question: str) -> str:
        asking.write(question + "\n")
        asking.flush()
        return answers.readline().strip()

    yield ask
    asking.close()
    assert reader.wait(30) == 0
    answers.close()


def data_files(home: Home) -> set[Path]:
    return {path for path in home.index.rglob("*") if path.is_file()}


def write_and_prune(home: Home, library: Path, number: int) -> None:
    """Another note, and nothing left of the version before it but what the newest shares."""
    (library / f"{number}.md").write_text(f"# Note {number}\n\nOnions want an hour on flame {number}.\n")
    indexer.index(home, Settings())
    store = open_store(home, None, write=True)
    upkeep(store, quiet=QUIET[-1])
    assert len(store.table.list_versions()) <= 2


def test_in_another_process(home: Home, library: Path, ask: Callable[[str], str]) -> None:
    assert ask("when does the ferry leave") == "ferry.md"
    before = data_files(home)
    for number in range(3):
        write_and_prune(home, library, number)
        assert ask("when does the ferry leave") == "ferry.md"
        assert ask(f'"flame {number}"') == f"{number}.md"
    assert before - data_files(home), "nothing of the first version was pruned"


def test_in_the_middle_of_an_answer(home: Home, library: Path) -> None:
    store = open_store(home, None)
    version, asked = store.table.version, list[int]()

    def ask(table: Any) -> int:
        asked.append(table.version)
        if len(asked) == 1:
            table.checkout(version)  # as a reader that has not looked for a newer one yet
            write_and_prune(home, library, 1)
        return len(table.search().select(["text"]).to_list())

    assert store.read(ask) == 2
    assert len(asked) == 2 and asked[1] > version
    assert store.count() == 2


def test_again_and_again_in_the_middle_of_an_answer(home: Home, library: Path) -> None:
    store, asked = open_store(home, None), list[int]()

    def ask(table: Any) -> int:
        asked.append(table.version)
        if len(asked) <= 3:
            table.checkout(table.version)
            write_and_prune(home, library, len(asked))
        return len(table.search().select(["text"]).to_list())

    assert store.read(ask) == 4
    assert sorted(set(asked)) == asked and len(asked) == 4


def test_while_writing_a_slow_reader_has_time(home: Home, library: Path) -> None:
    """Its version outlives compactions, and goes once the writer has been quiet."""
    writer = open_store(home, None, write=True)
    version = writer.table.version
    for number in range(40):
        writer.upsert([{"id": f"{number:08d}:0", "doc_id": "1", "terms": "flame"}])
    assert upkeep(writer), "so many fragments are worth a compaction"
    reader = open_store(home, None)
    reader.table.checkout(version)
    assert len(reader.table.search().select(["text"]).to_list()) == 1
    upkeep(writer, quiet=QUIET[-1])
    assert len(writer.table.list_versions()) <= 2


def test_files_of_the_newest_version_are_gone(home: Home, library: Path) -> None:
    for file in (home.index / open_store(home, None).live.table).with_suffix(".lance").glob("data/*"):
        file.unlink()
    store = open_store(home, None)
    with pytest.raises(IndexDamaged, match="doctor --fix"):
        store.read(lambda table: table.search().select(["text"]).to_list())


@pytest.mark.parametrize("error", [ValueError("matmul"), RuntimeError("cannot schedule"), OSError(5, "no")])
def test_what_the_table_did_not_say_is_no_damage(home: Home, library: Path, error: Exception) -> None:
    def ask(_: Any) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        open_store(home, None).read(ask)
    assert raised.value is error
