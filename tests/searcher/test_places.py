"""Home, folders and file names."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher import folders, paths
from searcher.errors import FolderError, HomeError
from searcher.home import Home


@given(st.binary(min_size=1).filter(lambda raw: b"\0" not in raw))
def test_any_file_name_survives_storing(raw: bytes) -> None:
    path = Path("/" + os.fsdecode(raw))
    stored = paths.to_stored(path)
    stored.encode("utf-8")
    assert paths.from_stored(stored) == path


def test_home_is_its_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "new").create()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700


def test_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HomeError, match="--home"):
        Home(tmp_path / "file" / "home").create()


def test_home_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCHER_HOME", str(tmp_path / "a"))
    assert Home.locate().root == tmp_path / "a"
    assert Home.locate(tmp_path / "b").root == tmp_path / "b"


@pytest.fixture
def bare(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").create()


def test_folders_are_kept_resolved_and_once(bare: Home, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    folders.add(bare, tmp_path / "real")
    folders.add(bare, tmp_path / "link", exclude=("*.log",))
    assert folders.load(bare) == [folders.Folder(str(tmp_path / "real"), (), ("*.log",))]
    folders.remove(bare, tmp_path / "link")
    assert folders.load(bare) == []


@pytest.mark.parametrize("wrong", ["missing", "file", "home", "home/index"])
def test_what_cannot_be_a_folder(bare: Home, tmp_path: Path, wrong: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FolderError, match=wrong):
        folders.add(bare, tmp_path / wrong)


def test_removing_a_stranger(bare: Home, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="folders list"):
        folders.remove(bare, tmp_path)


def test_containing_follows_links_and_takes_the_innermost(bare: Home, tmp_path: Path) -> None:
    outer, inner, outside = tmp_path / "a", tmp_path / "a/b", tmp_path / "c"
    inner.mkdir(parents=True)
    outside.mkdir()
    (inner / "out").symlink_to(outside)
    known = [folders.Folder(str(outer)), folders.Folder(str(inner))]
    assert folders.containing(known, inner / "x.md") == known[1]
    assert folders.containing(known, outer / "x.md") == known[0]
    assert folders.containing(known, inner / "out" / "x.md") is None
    assert folders.containing(known, inner / ".." / ".." / "c" / "x.md") is None
    assert folders.containing(known, tmp_path / "ab") is None
