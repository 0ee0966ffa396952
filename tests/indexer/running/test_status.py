"""What is told of a library agrees with its catalogue, and failures do not pile up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from indexer.catalogue import Catalogue, FileRow
from indexer.running.status import read
from indexer.summary import Summary
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


def test_a_file_that_fails_again_and_again_is_one_error() -> None:
    summary = Summary()
    for number in range(1000):
        summary.errors["/docs/broken.pdf"] = f"reason {number}"
    assert summary.as_json()["errors"] == [{"path": "/docs/broken.pdf", "reason": "reason 999"}]
