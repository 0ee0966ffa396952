"""A folder of many files that is renamed or copied embeds nothing, in a pass and under a watcher."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import indexer
from indexer.work import reader
from searcher import folders
from searcher.embedding.local import LocalEmbedder
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import open_store
from tests.indexer.processes import is_idle, wait_until

FILES = 60  # more than one commit
NOUNS = ("ferry", "onion", "kite", "walnut", "ledger", "violin", "glacier", "anchor", "lantern", "beehive")


@pytest.fixture
def notes(home: Home, tmp_path: Path) -> Path:
    """A library with one folder of many files, indexed."""
    notes = tmp_path / "library" / "notes"
    for number in range(FILES):
        file = notes / f"{number % 10}" / f"{number}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"The {NOUNS[number % 10]} number {number}.\n")
    folders.add(home, notes.parent)
    assert indexer.index(home, Settings()).chunks_embedded == FILES
    return notes


def below(home: Home, folder: Path) -> int:
    """Passages of that folder's files which have a vector."""
    table = open_store(home, None).table
    return int(table.count_rows(f"path LIKE '{folder}/%' AND vector IS NOT NULL"))


@contextmanager
def watching(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """A watcher in a thread; gives what counts the texts it has embedded."""
    embedded: list[int] = []

    embed = LocalEmbedder.embed_full

    def counted(embedder: LocalEmbedder, texts: Sequence[str], **how: Any) -> Any:
        if how.get("kind") != "query":  # labels are fitted to the index by asking it
            embedded.append(len(texts))
        return embed(embedder, texts, **how)

    monkeypatch.setattr(LocalEmbedder, "embed_full", counted)
    stop = threading.Event()
    thread = threading.Thread(target=indexer.watch, args=(home, Settings()), kwargs={"stop": stop})
    thread.start()
    try:
        wait_until(lambda: is_idle(home), seconds=90)
        yield lambda: sum(embedded)
    finally:
        stop.set()
        thread.join()


def test_a_folder_renamed_and_copied(home: Home, notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = notes.parent
    notes.rename(library / "renamed")
    moved = indexer.index(home, Settings())
    assert (moved.moved, moved.added, moved.removed) == (FILES, 0, 0)
    assert (moved.chunks_embedded, moved.chunks_reused) == (0, FILES)
    shutil.copytree(library / "renamed", library / "copied")
    copied = indexer.index(home, Settings())
    assert (copied.moved, copied.added, copied.removed) == (0, FILES, 0)
    assert (copied.chunks_embedded, copied.chunks_reused) == (0, FILES)

    with watching(home, monkeypatch) as embedded:
        (library / "renamed").rename(library / "again")
        wait_until(lambda: below(home, library / "again") == FILES, seconds=120)
        wait_until(lambda: below(home, library / "renamed") == 0, seconds=30)
        shutil.copytree(library / "copied", library / "third")
        wait_until(lambda: below(home, library / "third") == FILES, seconds=120)
        assert embedded() == 0
        (library / "new.txt").write_text("One that nobody has seen.\n")
        wait_until(lambda: embedded() == 1, seconds=60)
    assert open_store(home, None).count() == 3 * FILES + 1


def test_a_file_that_takes_long_moves_with_its_vectors(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_LONG_TEXT", 3000)
    library = tmp_path / "library"
    library.mkdir()
    parts = [f"# Part {n}\n\n" + f"The {NOUNS[n]} of day {n}. " * 60 + "\n\n" for n in range(5)]
    (library / "long.md").write_text("".join(parts))
    (library / "short.md").write_text("A short one.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    (library / "long.md").rename(library / "moved.md")
    (library / "short.md").unlink()
    moved = indexer.index(home, Settings())
    assert (moved.moved, moved.removed, moved.added) == (1, 1, 0)
    assert moved.chunks_embedded == 0 < moved.chunks_reused
