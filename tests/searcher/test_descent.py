"""Files are reached from their folder down, and no link is followed on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from searcher.descent import open_below


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "note.txt").write_text("inside")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "note.txt").write_text("outside")
    return root


def test_a_file_below_is_opened(library: Path) -> None:
    with open_below(library, library / "deep" / "er" / "note.txt") as file:
        assert file.read() == b"inside"


@pytest.mark.parametrize("at", ["deep", "deep/er", "deep/er/note.txt"])
def test_no_link_is_followed(library: Path, tmp_path: Path, at: str) -> None:
    target = tmp_path / "outside"
    (library / at).rename(library / "moved")
    (library / at).symlink_to(target / "note.txt" if at.endswith(".txt") else target)
    with pytest.raises(OSError):
        open_below(library, library / "deep" / "er" / "note.txt")


def test_not_even_at_the_folder_itself(library: Path, tmp_path: Path) -> None:
    library.rename(tmp_path / "moved")
    library.symlink_to(tmp_path / "moved")
    with pytest.raises(OSError):
        open_below(library, library / "deep" / "er" / "note.txt")


def test_neither_a_pipe_nor_a_folder_is_opened(library: Path) -> None:
    os.mkfifo(library / "pipe")
    for name in ("pipe", "deep"):
        with pytest.raises(OSError):
            open_below(library, library / name)


@pytest.mark.parametrize("path", ["/etc/passwd", "{0}", "{0}/../outside/note.txt", "{0}-2/note.txt"])
def test_what_is_not_below_is_a_wrong_call(library: Path, path: str) -> None:
    with pytest.raises(ValueError):
        open_below(library, path.format(library))
