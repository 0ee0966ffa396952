"""Links, special files, folders that vanish: each costs itself only."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from indexer.changes.discovery import FolderGone, walk
from indexer.rules import FileEntry, Skipped
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings


def walked(root: Path) -> tuple[dict[str, FileEntry], dict[str, Skipped]]:
    found, skipped = {}, {}
    for entry in walk(Folder(str(root)), home=Home(root / "nowhere"), settings=Settings()):
        name = os.path.relpath(entry.path, root)
        if isinstance(entry, FileEntry):
            found[name] = entry
        else:
            skipped[name] = entry
    return found, skipped


def test_the_stat_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / 'a "quoted"\nname 🎉.md'
    path.write_text("four")
    found, _ = walked(tmp_path)
    status = path.stat()
    assert found[path.name] == FileEntry(str(path), 4, status.st_mtime_ns, status.st_ctime_ns, status.st_dev)


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    (tmp_path / name).write_text("x")
    found, _ = walked(tmp_path)
    assert list(found) == [name]


def test_links_are_reported_and_not_followed(tmp_path: Path) -> None:
    inside, outside = tmp_path / "library", tmp_path / "outside"
    (inside / "sub").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.md").write_text("x")
    (inside / "a.md").write_text("x")
    (inside / "loop").symlink_to(inside, target_is_directory=True)
    (inside / "sub" / "up").symlink_to(inside / "sub", target_is_directory=True)
    (inside / "out").symlink_to(outside, target_is_directory=True)
    (inside / "file").symlink_to(inside / "a.md")
    (inside / "round").symlink_to(inside / "round")
    found, skipped = walked(inside)
    assert set(found) == {"a.md"}
    assert {name: s.rule for name, s in skipped.items()} == dict.fromkeys(
        ["loop", "sub/up", "out", "file", "round"], "link"
    )
    assert "out of the folder" in skipped["out"].reason
    assert "in the same folder" in skipped["file"].reason
    assert "nowhere or in a circle" in skipped["round"].reason


def test_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")
        found, skipped = walked(tmp_path)
    assert not found
    assert {name: s.rule for name, s in skipped.items()} == {"pipe": "special", "socket": "special"}


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FolderGone, match="documents are kept"):
        list(walk(Folder(str(tmp_path / "unmounted")), home=Home(tmp_path), settings=Settings()))


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.md").write_text("x")
    real = os.scandir

    def scandir(path: str) -> object:  # a test may run as root, whom no permission stops
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found, skipped = walked(tmp_path)
    assert set(found) == {"a.md"}
    assert skipped["closed"].rule == "unreadable" and skipped["closed"].is_folder
    assert "Permission denied" in skipped["closed"].reason


def test_a_folder_that_vanishes_during_the_walk(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "a.md").write_text("x")
    walking = walk(Folder(str(tmp_path)), home=Home(tmp_path / "h"), settings=Settings())
    first = next(walking)
    (tmp_path / "sub").rmdir()
    assert [first, *walking] == [first]


def test_a_deep_tree(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "a.md").write_text("x")
    assert len(walked(tmp_path)[0]) == 1
