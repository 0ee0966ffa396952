"""A real indexer follows what is hard to follow: in the end the table names exactly what is there."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from searcher import folders
from searcher.home import Home
from searcher.paths import to_stored
from searcher.store import open_store
from tests.conftest import make_home
from tests.indexer.processes import indexer_running, wait_until

NAMES = (
    b"line\nbreak.md",
    b'it\'s "quoted".md',
    "kite \U0001fa81 \u98ce\u7b5d.md".encode(),
    b"caf\xe9.md",
    b"%20 100%.md",
    b" lead and trail .md",
    b"back\\slash.md",
    b"-rf *.md",
    b"x" * 200 + b".md",
    b"x') OR 1=1 --.md",
    b"cafe\xcc\x81.md",
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[tuple[Home, Path]]:
    """A home and the library that its indexer follows; nothing is left to the sweep."""
    root = tmp_path_factory.mktemp("following")
    home, library = make_home(root / "home", starter), root / "library"
    library.mkdir()
    (library / "first.md").write_text("The first of all.\n")
    folders.add(home, library)
    with indexer_running(home, debounce_seconds=0.3, sweep_minutes=60, priority="normal"):
        yield home, library


@pytest.fixture
def home(running: tuple[Home, Path]) -> Home:
    return running[0]


@pytest.fixture
def followed(running: tuple[Home, Path]) -> Iterator[Path]:
    """The library, with its first file alone."""
    home, library = running
    yield library
    for entry in library.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != "first.md":
            entry.unlink()
    settles(home, library)


def indexed(home: Home) -> set[str]:
    table = open_store(home, None).table
    return set(table.search().where("vector IS NOT NULL").select(["path"]).to_arrow()["path"].to_pylist())


def there(library: Path) -> set[str]:
    return {to_stored(path) for path in library.rglob("*.md") if path.is_file() and not path.is_symlink()}


def settles(home: Home, library: Path) -> None:
    wait_until(lambda: indexed(home) == there(library), seconds=90)


def test_names_of_every_kind(home: Home, followed: Path) -> None:
    inner = followed / os.fsdecode(b"new\nfolder \xff")
    try:
        inner.mkdir()
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    for number, raw in enumerate(NAMES):
        for folder in (followed, inner):
            (folder / os.fsdecode(raw)).write_text(f"The note number {number} in {len(folder.name)}.\n")
    settles(home, followed)
    assert len(indexed(home)) == 1 + 2 * len(NAMES)
    for raw in NAMES:
        (followed / os.fsdecode(raw)).unlink()
    for raw in NAMES[:4]:
        path = inner / os.fsdecode(raw)
        path.rename(path.with_name("moved " + path.name))
    settles(home, followed)
    inner.rename(followed / "plain")
    settles(home, followed)
    shutil.rmtree(followed / "plain")
    settles(home, followed)


def test_a_folder_becomes_a_file_and_a_folder_again(home: Home, followed: Path) -> None:
    place = followed / "thing.md"
    for number in range(3):
        place.mkdir()
        (place / "inside.md").write_text(f"What lies inside, number {number}.\n")
        settles(home, followed)
        shutil.rmtree(place)
        place.write_text(f"Now it is a file, number {number}.\n")
        settles(home, followed)
        place.unlink()
    settles(home, followed)


def test_links_in_a_circle(home: Home, followed: Path) -> None:
    sub = followed / "sub"
    sub.mkdir()
    (sub / "up").symlink_to(followed, target_is_directory=True)
    (followed / "self").symlink_to(followed / "self")
    (sub / "here").symlink_to(".", target_is_directory=True)
    (sub / "linked.md").symlink_to(followed / "first.md")
    (sub / "real.md").write_text("A real one.\n")
    settles(home, followed)
    (sub / "here" / "through.md").write_text("Saved by way of a link.\n")
    settles(home, followed)
    assert len(indexed(home)) == 3
    (sub / "real.md").unlink()
    (sub / "real.md").symlink_to(followed / "first.md")
    settles(home, followed)
    assert len(indexed(home)) == 2


def test_everything_changes_while_it_is_looked_through(home: Home, followed: Path) -> None:
    """Folders arrive, are renamed and filled while the scans that they cause go on."""
    stop = threading.Event()

    def churn(own: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            folder = followed / f"{own}{number}" / "deep" / "deeper"
            folder.mkdir(parents=True)
            (folder / "early.md").write_text(f"{own} early {number}.\n")
            folder.parents[1].rename(followed / f"{own}{number}-renamed")
            late = followed / f"{own}{number}-renamed" / "deep" / "deeper"
            (late / "late.md").write_text(f"{own} late {number}.\n")
            (late / "early.md").rename(late.parent / "out.md")
            if number % 3 == 0:
                shutil.rmtree(followed / f"{own}{number - 1}-renamed")
            time.sleep(0.05)

    threads = [threading.Thread(target=churn, args=(own,)) for own in "ab"]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: sum(1 for _ in os.scandir(followed)) > 20, seconds=60)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    settles(home, followed)
