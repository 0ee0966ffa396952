"""A file that becomes a link between the scan and the reading: nothing from outside gets into the index."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import indexer
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings

SECRET = "plumtree seventeen harbour violet"


def test_swaps_all_along_a_pass(home: Home, tmp_path: Path) -> None:
    root, outside = tmp_path / "library", tmp_path / "outside"
    outside.mkdir()
    for number in range(6):
        (root / f"f{number}").mkdir(parents=True)
        (root / f"f{number}" / "note.md").write_text(f"Kites of the kind {number} like a steady wind.\n")
    (outside / "note.md").write_text(f"The word is {SECRET}.\n")
    folders.add(home, root)
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for number in range(6):
                inside = root / f"f{number}"
                os.rename(inside, root / "aside")
                os.symlink(outside, inside)
                os.unlink(inside)
                os.rename(root / "aside", inside)
                note = inside / "note.md"
                os.rename(note, inside / "note-aside")
                os.symlink(outside / "note.md", note)
                os.unlink(note)
                os.rename(inside / "note-aside", note)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(2):
            indexer.index(home, Settings())
    finally:
        done.set()
        swapping.join()
    indexer.index(home, Settings())
    with Library(home, Settings()) as library:
        assert not [hit.path for hit in library.search(SECRET, mode="words") if "plumtree" in hit.snippet]
        assert library.search("kites steady wind", mode="words")
