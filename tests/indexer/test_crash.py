"""kill -9 at random moments: the next start is consistent without help."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import indexer
from searcher import folders
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import open_store

LIVES = 6


def note(number: int, version: int) -> str:
    return f"# Note {number}\n\nVersion {version} of note {number} is about subject {number * 7 % 31}.\n" * 4


def test_killed_anywhere(home: Home, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    folders.add(home, library)
    dice = random.Random(5)
    for life in range(LIVES):
        for _ in range(25):
            number = dice.randrange(80)
            path = library / f"{number}.md"
            if path.exists() and dice.random() < 0.3:
                path.unlink()
            else:
                path.write_text(note(number, life))
        command = [sys.executable, "-m", "indexer", "--home", str(home.root)]
        process = subprocess.Popen(command, env=os.environ | {"HF_HUB_OFFLINE": "1"}, stderr=subprocess.PIPE)
        time.sleep(dice.uniform(0.8, 3.0))
        process.send_signal(signal.SIGKILL)
        assert process.wait(10) == -signal.SIGKILL
    done = indexer.index(home, Settings())
    assert done.failed == 0
    store = open_store(home, None)
    rows = store.table.search().select(["path", "text", "ordinal", "id"]).limit(100_000).to_list()
    assert len(rows) == len({row["id"] for row in rows})
    indexed: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: row["ordinal"]):
        indexed[row["path"]] = indexed.get(row["path"], "") + row["text"]
    on_disk = {str(path): path.read_text() for path in library.iterdir()}
    assert indexed == on_disk
    assert store.pending() == 0
    again = indexer.index(home, Settings())
    assert (again.chunks_written, again.chunks_embedded) == (0, 0)
