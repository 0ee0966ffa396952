"""`searcher up` as a process: it starts fast, tells when it cannot, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from searcher.home import Home
from searcher.runtime import read_server
from searcher.settings_file import change

ROOT = Path(__file__).parents[3]


def up(home: Home, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ui.cli.main", "up", "--home", str(home.root), "--no-browser"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    with (home.root.parent / "up.log").open("a") as log:
        return subprocess.Popen(
            [*command, *arguments], env=environment, text=True, stderr=log, start_new_session=True
        )


def said(home: Home, wanted: str, seconds: float = 60) -> str:
    """All that was said once `wanted` is among it."""
    end = time.monotonic() + seconds
    while True:
        text = (home.root.parent / "up.log").read_text()
        if wanted in text:
            return text
        assert time.monotonic() < end, text
        time.sleep(0.1)


def child_of(pid: int, seconds: float = 60) -> psutil.Process:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for child in psutil.Process(pid).children():
            if "indexer" in child.cmdline():
                return child
        time.sleep(0.1)
    raise AssertionError("the indexer was not started")


@pytest.fixture
def running(home: Home, tmp_path: Path, free_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Bread\n\nLet the sourdough rest over night.\n")
    change(home, priority="normal")  # the lowest would wait for its turn beside other workers
    process = up(home, str(tmp_path / "notes"), "--port", str(free_port))
    url = f"http://127.0.0.1:{free_port}"
    try:
        said(home, url)
        yield process, url
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(60)


def stop(process: subprocess.Popen[str], home: Home, number: int, code: int) -> None:
    """By a signal, after which nothing of it is left."""
    child = child_of(process.pid)
    process.send_signal(number)
    assert process.wait(60) == code
    assert not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE
    assert not (home.run / "server.json").exists()
    text = (home.root.parent / "up.log").read_text()
    assert "Traceback" not in text and "ERROR" not in text, text


def test_the_indexer_follows_the_settings_and_is_started_again(running: Any, home: Home) -> None:
    process, _ = running
    said(home, "everything is indexed")
    child, own = child_of(process.pid), psutil.Process().nice()
    assert child.nice() == own
    for priority, nice in (("lowest", 19), ("normal", own)):
        change(home, priority=priority)
        child.wait(60)
        child, end = child_of(process.pid), time.monotonic() + 30
        while child.nice() != nice:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert "tried again" not in (home.root.parent / "up.log").read_text()
    stop(process, home, signal.SIGTERM, 143)


def test_a_second_up_adds_its_folders_to_the_first(running: Any, home: Home, tmp_path: Path) -> None:
    from searcher import folders

    process, url = running
    wait_until_answering(url)
    (tmp_path / "more").mkdir()
    second = up(home, str(tmp_path / "more"))
    assert second.wait(60) == 0
    assert f"already runs at {url}; the folders were added" in said(home, "already runs")
    assert str(tmp_path / "more") in {folder.path for folder in folders.load(home)}
    # a third, of another library, finds the port taken
    other = Home(tmp_path / "other" / "home").create()
    third = up(other, "--port", url.rsplit(":", 1)[1])
    assert third.wait(60) == 1
    text = said(other, "searcher: ")
    assert f"port {url.rsplit(':', 1)[1]}" in text and "--port" in text and text.count("\n") == 1
    # an indexer that died is started again, and dies with its parent
    first = child_of(process.pid)
    first.kill()
    first.wait(10)
    child = child_of(process.pid)
    assert child.pid != first.pid
    process.kill()
    process.wait(10)
    child.wait(60)


def test_two_at_once_are_one(home: Home, free_port: int) -> None:
    """Also while the first is still starting, and for another port; a server file that a crash left is not
    believed though its process number is in use again: by us."""
    told = {
        "pid": os.getpid(),
        "process": f"{os.getpid()}-1",
        "url": "http://127.0.0.1:9",
        "with_token": False,
    }
    (home.run / "server.json").write_text(json.dumps(told))
    assert read_server(home) is None
    first = up(home, "--port", str(free_port))
    said(home, "Ctrl-C stops it")
    try:
        second = up(home, "--port", "1")
        assert second.wait(60) == 0
        assert f"already runs at http://127.0.0.1:{free_port}\n" in said(home, "already runs")
        stop(first, home, signal.SIGINT, 130)
    finally:
        first.kill()
        first.wait(60)


def test_a_model_that_is_not_there(home: Home, tmp_path: Path, free_port: int, monkeypatch: Any) -> None:
    monkeypatch.setenv("SEARCHER_MODEL", str(tmp_path / "none.gguf"))
    process = up(home, "--port", str(free_port))
    assert process.wait(60) == 1
    assert "none.gguf" in said(home, "searcher: no model") and "Traceback" not in said(home, "searcher:")


def wait_until_answering(url: str) -> None:
    import urllib.request

    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/api/health", timeout=10).close()
            return
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.1)
