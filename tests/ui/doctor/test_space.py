"""A budget for the disk, what is dropped for it, and the check that is made once a day."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

from searcher.home import Home
from searcher.settings import Settings
from ui.caretaker import Caretaker
from ui.doctor import space


def test_only_what_can_be_had_again_is_dropped(home: Home) -> None:
    (home.models / "other-Q8_0.gguf").write_bytes(bytes(3_000_000))
    (home.models / "other-Q8_0-123456789abc.layers.gguf").write_bytes(bytes(2_000_000))
    starter = next(home.models.glob("multilingual*.gguf"))
    taken = sum(file.stat().st_size for file in home.root.rglob("*") if file.is_file())
    wide = replace(Settings(), disk_budget_gb=taken / 1e9 + 1)
    (fine,) = space.space(home, wide, False)
    assert fine.ok
    tight = replace(Settings(), disk_budget_gb=(taken - 2_500_000) / 1e9)
    (said,) = space.space(home, tight, False)
    assert not said.ok and "other-Q8_0.gguf (3 MB" in said.detail and said.fix == "searcher doctor --fix"
    assert starter.name not in said.detail and (home.models / "other-Q8_0.gguf").exists()
    (mended,) = space.space(home, tight, True)
    assert mended.ok, mended
    # the largest was enough
    left = [file.name for file in home.models.glob("other*")]
    assert left == ["other-Q8_0-123456789abc.layers.gguf"] and starter.exists()
    (hopeless,) = space.space(home, replace(Settings(), disk_budget_gb=0.001), True)
    assert not hopeless.ok and "folders remove" in hopeless.fix and starter.exists()


def test_the_daily_check_tells_what_is_wrong_once(home: Home, tmp_path: Path) -> None:
    from searcher import folders

    (tmp_path / "gone").mkdir()
    folders.add(home, tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    said: list[str] = []
    checked = threading.Event()

    def announce(line: str) -> None:
        said.append(line)
        checked.set()

    for _ in range(2):
        caretaker = Caretaker(home, announce, every=0, look=0.05)
        caretaker.start()
        before = home.checked.stat().st_mtime_ns if home.checked.exists() else 0
        for _ in range(1200):
            if home.checked.exists() and home.checked.stat().st_mtime_ns != before:
                break
            threading.Event().wait(0.1)
        caretaker.stop()
    wrong = json.loads(home.checked.read_text())["wrong"]
    assert any("gone is not there" in line for line in wrong)
    assert len([line for line in said if "gone is not there" in line]) == 1
