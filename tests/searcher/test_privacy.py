"""The home is its owner's alone, also one that was there before."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import indexer
from searcher import folders
from searcher.errors import FolderError, HomeError
from searcher.home import Home
from searcher.settings import Settings
from tests.strangers import OTHER, as_root, run_as_other


def open_ones(home: Home) -> list[str]:
    found = [home.root, *home.root.rglob("*")]
    return [str(path) for path in found if stat.S_IMODE(path.lstat().st_mode) & 0o077]


def test_a_home_that_was_open_is_closed_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home = Home(tmp_path / "home").create()
    home.catalogue.touch()
    for path in (home.root, home.index, home.catalogue):
        path.chmod(0o777)
    with caplog.at_level(logging.WARNING, "searcher"):
        home.claim()
    assert not open_ones(home)
    assert "3 files and folders" in caplog.text and str(home.root) in caplog.text
    caplog.clear()
    home.claim()
    assert not caplog.text


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_without_a_umask_nothing_is_open_either(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("A kite needs a tail.\n")
    folders.add(home, tmp_path / "notes")
    for made in home.models.glob("*.layers.*"):
        made.unlink()
    home.claim()
    before = os.umask(0)
    try:
        indexer.index(home, Settings())
    finally:
        os.umask(before)
    assert not open_ones(home)


@as_root
def test_a_file_of_another_user_in_it_is_refused(tmp_path: Path) -> None:
    """His processes could hold its locks."""
    home = Home(tmp_path / "home").create()
    home.lock.touch()
    os.chown(home.lock, OTHER, OTHER)
    with pytest.raises(HomeError, match=r"indexer\..*belongs to another user"):
        home.claim()


@as_root
def test_another_users_home_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    os.chown(home.root, OTHER, OTHER)
    with pytest.raises(HomeError, match="belongs to another user"):
        home.create()
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", "index", "--home", str(home.root)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and "belongs to another user" in done.stderr


@as_root
def test_another_user_sees_nothing_of_it(tmp_path: Path) -> None:
    for parent in (tmp_path, *tmp_path.parents):
        if parent != Path("/") and parent.stat().st_uid == 0 and parent.is_relative_to("/tmp/pytest-of-root"):
            parent.chmod(0o755)
    home = Home(tmp_path / "home").create()
    home.root.chmod(0o755)
    home.catalogue.write_text("x")
    code = """
def reached(path):
    try:
        return bool(os.listdir(path) if os.path.isdir(path) else open(path).read())
    except OSError:
        return False
print([reached(path) for path in sys.argv[1:]])
"""
    places = [str(home.root), str(home.catalogue)]
    assert run_as_other(code, *places) == "[True, True]\n"
    home.claim()
    assert run_as_other(code, *places) == "[False, False]\n"


def test_a_line_break_in_its_name(tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="control character"):
        Home(tmp_path / "two\nlines").create()


@pytest.mark.skipif(sys.platform != "linux", reason="they are Linux'")
@pytest.mark.parametrize("path", ["/proc", "/proc/self", "/sys/kernel", "/dev", "/dev/shm"])
def test_what_only_looks_like_files_is_no_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(FolderError, match="the system shows itself"):
        folders.add(Home(tmp_path / "home").create(), path)
