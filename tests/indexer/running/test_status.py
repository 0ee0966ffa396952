"""What is told of a library agrees with its catalogue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.catalogue import Catalogue, FileRow
from indexer.running.status import read
from searcher import folders
from searcher.home import Home


def test_sums_by_folder(tmp_path: Path) -> None:
    bare = Home(tmp_path / "home").create()
    library = [bare.root.parent / name for name in ("a", "b", "empty")]
    for folder in library:
        folder.mkdir()
        folders.add(bare, folder)
    first, second = (str(folder) for folder in library[:2])
    rows = [
        FileRow(f"{first}/1", first, 10, 0, 0, indexed_at=5.0),
        FileRow(f"{first}/2", first, 20, 0, 0, indexed_at=3.0),
        FileRow(f"{second}/1", second, 40, 0, 0, indexed_at=4.0),
    ]
    catalogue = Catalogue(bare)
    catalogue.put([*rows, replace(rows[0], path=f"{first}/3", status="failed", size=1000, indexed_at=9.0)])
    catalogue.close()
    told = read(bare)
    sums = [(f["files"], f["bytes"], f["changed"]) for f in told["folders"]]
    assert sums == [(2, 30, 5.0), (1, 40, 4.0), (0, 0, None)]
    assert told["last_change"] == 5.0 and told["files"]["failed"] == 1
