"""Doctor: a healthy library passes, and each thing that breaks is found and names its fix."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from searcher.embedding import cards
from searcher.home import Home
from searcher.settings import Settings
from ui.doctor import Check, examine

ROOT = Path(__file__).parents[3]


@pytest.fixture
def library(sample_home: Home) -> Home:
    """A copy of an indexed home that may be broken; its folder stays as it is."""
    return sample_home


def wrong(home: Home, *, repair: bool = False, **settings: object) -> dict[str, Check]:
    found = examine(home, Settings.load(home, **settings), repair=repair)
    assert all(check.fix for check in found if not check.ok)
    return {check.name: check for check in found if not check.ok}


def doctor(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ui.cli.main", "doctor", "--home", str(home.root), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_a_healthy_library_passes(library: Home) -> None:
    done = doctor(library, "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0 and report["ok"], done.stdout
    names = {check["name"] for check in report["checks"]}
    assert {"versions", "permissions", "disk", "lock", "port", "model", "embedding", "fingerprint"} <= names
    (computing,) = (check["detail"] for check in report["checks"] if check["name"] == "computing")
    assert computing.startswith("the processor computes") or cards.are_usable()


def open_to_all(home: Home) -> None:
    home.root.chmod(0o755)


def broken_table(home: Home) -> None:
    for data in home.index.rglob("*.manifest"):
        data.write_bytes(b"broken")


def lost_rows(home: Home) -> None:
    from searcher.store.table import open_table, read_live

    live = read_live(home)
    assert live
    open_table(home, live.table, write=True).delete("name = 'todo.txt'")


def unknown_rows(home: Home) -> None:
    import sqlite3

    with sqlite3.connect(home.catalogue) as catalogue:
        catalogue.execute("DELETE FROM files WHERE path LIKE '%todo.txt'")


def missing_folder(home: Home) -> None:
    home.folders.write_text(json.dumps([{"path": str(home.root.parent / "gone")}]))


@pytest.mark.parametrize(
    ("damage", "name", "repairable"),
    [
        (open_to_all, "permissions", True),
        (broken_table, "index", True),
        (lost_rows, "index", False),
        (unknown_rows, "index", True),
        (missing_folder, "folders", False),
    ],
)
def test_damage_is_found_and_repaired(
    library: Home, damage: Callable[[Home], None], name: str, repairable: bool
) -> None:
    damage(library)
    assert name in wrong(library)
    if repairable:
        assert name not in wrong(library, repair=True)
        assert name not in wrong(library)


def test_a_broken_model_file(library: Home, tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"\0" * 100)
    assert "model" in wrong(library, model=str(broken))


def test_other_weights_are_noticed(library: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.doctor import model

    monkeypatch.setitem(model.STORED, "starter", (0.9, 0.79373, 0.81552, 0.71947))
    assert "off by at most 0.0169" in wrong(library)["embedding"].detail


def test_what_computes_is_said(library: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a card that is here and not used, too: what is told of it is true of this machine or simulated."""
    from ui.doctor import model

    monkeypatch.setattr(cards, "are_usable", lambda: False)
    assert "gpu_layers is 12" in wrong(library, gpu_layers="12")["computing"].detail
    monkeypatch.setattr(model, "has_nvidia_card", lambda: True)
    found = {check.name: check for check in examine(library, Settings.load(library))}
    assert found["computing"].ok and "was not built for the NVIDIA card" in found["computing"].detail
    monkeypatch.setattr(cards, "are_usable", lambda: True)
    monkeypatch.setattr(cards, "cards", lambda: [cards.Card("NVIDIA X", 90_000_000, None)])
    full = wrong(library)["computing"]
    assert "NVIDIA X has 0.1 GB free" in full.detail and "gpu_layers" in full.fix


def test_another_model_than_the_index_has(library: Home) -> None:
    found = wrong(library, dim=128)
    assert "128" not in found["fingerprint"].detail and "searcher index" in found["fingerprint"].fix


def test_a_taken_port(library: Home) -> None:
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "--port" in wrong(library, port=other.getsockname()[1])["port"].fix


def test_a_file_that_changed(library: Home) -> None:
    import sqlite3

    with sqlite3.connect(library.catalogue) as catalogue:  # as if it had been read a second before
        catalogue.execute("UPDATE files SET mtime_ns = mtime_ns - 1000000000 WHERE path LIKE '%todo.txt'")
    assert "todo.txt changed" in wrong(library)["files"].detail


def test_an_empty_home_says_what_to_do(tmp_path: Path, starter: Path) -> None:
    home = Home(tmp_path / "home").create()
    os.link(starter, home.models / starter.name)
    done = doctor(home)
    assert done.returncode == 1 and "searcher folders add" in done.stdout and "Traceback" not in done.stderr


def test_network_blocked_and_all_works(library: Home) -> None:
    done = doctor(library, "--network", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout
    assert report["checks"][0]["name"] == "network" and "nothing tried to connect" in done.stdout


def test_the_trial_would_notice_a_connection(tmp_path: Path) -> None:
    from ui.doctor.network import BLOCKER

    (tmp_path / "sitecustomize.py").write_text(BLOCKER)
    log = tmp_path / "log"
    code = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=2)"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "SEARCHER_TRIAL_LOG": str(log)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode and "networking is blocked" in done.stderr
    assert "192.0.2.1" in log.read_text()
