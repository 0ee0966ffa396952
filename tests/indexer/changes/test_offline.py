"""An unmounted drive leaves an empty folder behind; that is not the deletion of everything in it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import indexer
from indexer.running import status
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from tests.indexer.mounts import can_mount, unmount


class Drive:
    """A folder that holds two notes while the drive is in. Where nothing can be mounted, taking it out
    empties the folder and gives the remembered files another device."""

    def __init__(self, root: Path, home: Home) -> None:
        self.root, self._home, self._kept = root, home, home.root.parent / "kept"
        root.mkdir(parents=True)
        self._kept.mkdir()
        if can_mount():
            subprocess.run(["mount", "-t", "tmpfs", "searcher-test", str(self._kept)], check=True)
        (self._kept / "kite.md").write_text("# Kite\n\nA kite in strong wind needs a longer tail.\n")
        (self._kept / "leek.txt").write_text("Leeks are washed twice, since sand hides in them.\n")

    def put_in(self) -> None:
        if can_mount():
            subprocess.run(["mount", "--bind", str(self._kept), str(self.root)], check=True)
        else:
            shutil.copytree(self._kept, self.root, dirs_exist_ok=True)

    def take_out(self) -> None:
        if can_mount():
            unmount(self.root)
            return
        for file in self.root.iterdir():
            file.unlink()
        with sqlite3.connect(self._home.catalogue) as catalogue:
            catalogue.execute("UPDATE files SET device = device + 1")

    def close(self) -> None:
        unmount(self.root)
        unmount(self._kept)


@pytest.fixture(params=["library", "library/drive"])
def drive(request: pytest.FixtureRequest, home: Home, tmp_path: Path) -> Iterator[Drive]:
    """At the root of the library, and deeper in it."""
    drive = Drive(tmp_path / request.param, home)
    folders.add(home, tmp_path / "library")
    drive.put_in()
    yield drive
    drive.close()


def counts(home: Home) -> tuple[int, int]:
    files = status.read(home)["files"]
    return files["indexed"], files["offline"]


def test_an_unmounted_drive_keeps_its_documents(home: Home, drive: Drive) -> None:
    indexer.index(home, Settings())
    drive.take_out()
    for _ in range(2):
        away = indexer.index(home, Settings())
        assert (away.removed, away.chunks_removed, counts(home)) == (0, 0, (0, 2))
        assert str(drive.root) in away.notes[0] and "mounted" in away.notes[0]
    (library,) = status.read(home)["folders"]
    assert library["offline_at"] == {str(drive.root): 2}
    with Library(home, Settings()) as opened:
        assert opened.search("kite in strong wind") == []
    drive.put_in()
    with Library(home, Settings()) as opened:  # before any pass: the passages were there all the time
        assert opened.search("kite in strong wind")[0].path.endswith("kite.md")
    back = indexer.index(home, Settings())
    assert (back.unchanged, back.chunks_embedded, back.chunks_written) == (2, 0, 0)
    assert counts(home) == (2, 0)


def test_emptied_on_the_same_drive_is_deleted(home: Home, drive: Drive) -> None:
    indexer.index(home, Settings())
    for file in drive.root.iterdir():
        file.unlink()
    done = indexer.index(home, Settings())
    assert (done.removed, counts(home)) == (2, (0, 0))


def test_a_deleted_folder_is_deleted(home: Home, drive: Drive, tmp_path: Path) -> None:
    other = tmp_path / "library" / "other"
    other.mkdir()
    (other / "onion.md").write_text("Onions want an hour on a low flame.\n")
    indexer.index(home, Settings())
    shutil.rmtree(other)
    assert indexer.index(home, Settings()).removed == 1
