"""Files that go wrong: each is reported with path and reason, none stops the run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings

Ask = Callable[..., dict[str, Any]]
ODD_NAME = 'it\'s "quoted"\nand 🥐.md'


@pytest.fixture
def mess(tmp_path: Path) -> Path:
    folder = tmp_path / "mess"
    folder.mkdir()
    (folder / "good.md").write_text("# Kite\nThe kite needs a longer tail in strong wind.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    (folder / "empty.txt").touch()
    (folder / "latin1.txt").write_bytes(
        "Die Bäckerei öffnet früh am Morgen, schon um fünf Uhr.\n".encode("latin-1")
    )
    (folder / ODD_NAME).write_text("Croissants need cold butter and patience.\n")
    with (folder / "big.log").open("wb") as log:
        log.truncate(200 * 1024 * 1024)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "pipe")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("A name that is not UTF-8, about espresso machines.\n")
    return folder


def test_each_costs_itself_alone(home: Home, mess: Path, ask: Ask) -> None:
    summary = ask("index", str(mess))
    status = ask("status")
    reported = {Path(entry["path"]).name: entry["reason"] for entry in status["failed"] + status["skipped"]}
    assert {"broken.pdf", "empty.txt", "big.log", "loop", "pipe"} <= reported.keys()
    assert all(reported.values())
    assert summary["files"]["failed"] == len(status["failed"]) == len(summary["errors"])
    with Library(home, Settings()) as library:
        for question, name in [
            ("tail of a kite", "good.md"),
            ("wann macht die Bäckerei auf", "latin1.txt"),
            ("butter croissants", ODD_NAME),
        ]:
            assert Path(library.search(question)[0].path).name == name
    assert "espresso" in ask("search", "espresso machine")["results"][0]["snippet"]
