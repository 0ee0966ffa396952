"""File names that are not UTF-8 are escaped as a whole, and still lie below their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import indexer
from indexer.catalogue import Catalogue
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.paths import is_within, starts_below, to_stored
from searcher.settings import Settings


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [
        (b"/a/b/c.md", b"/a/b", True),
        (b"/a/b", b"/a/b", True),
        (b"/a/bc/d.md", b"/a/b", False),
        (b"/a/b/\xff.md", b"/a/b", True),
        (b"/a/\xfe/c.md", b"/a/\xfe", True),
        (b"/a/\xfe/c.md", b"/a", True),
        (b"/a/\xfe/c.md", b"/a/b", False),
        (b"/\xc3\xa4 b/\xff.md", b"/\xc3\xa4 b", True),
        (b"/a b%20/\xff.md", b"/a b%20", True),
        (b"/a", b"/", True),
    ],
)
def test_stored_paths_below_a_folder(path: bytes, folder: bytes, inside: bool) -> None:
    stored, above = to_stored(os.fsdecode(path)), to_stored(os.fsdecode(folder))
    assert is_within(stored, above) is inside
    assert stored.startswith(starts_below(above)) is (inside and stored != above)


def test_forgetting_and_removing_reach_them(home: Home, tmp_path: Path) -> None:
    library = tmp_path / "library"
    inner = library / "inner"
    inner.mkdir(parents=True)
    name = os.fsdecode(b"caf\xe9.md")
    try:
        (inner / name).write_text("The harbour pilot drinks his coffee at noon.\n")
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    (inner / "plain.md").write_text("The lighthouse keeper drinks tea.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    catalogue = Catalogue(home, write=False)
    assert len(catalogue.below(to_stored(inner))) == 2
    catalogue.close()
    with Library(home, Settings()) as opened:
        found = opened.search("harbour pilot", folder=str(inner))
        assert os.fsencode(found[0].path).endswith(b"caf%E9.md") or name in found[0].path
    assert indexer.forget(home, Settings(), inner)["files"] == 2
    again = indexer.index(home, Settings())
    assert (again.added, again.skipped) == (0, 2)
