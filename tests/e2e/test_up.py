"""`searcher up` as a person uses it: files change while it runs, Ctrl-C ends it, a second start goes on."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psutil
import pytest

Get = Callable[..., dict[str, Any]]
NOTES = 10  # of the sample, those with a text


@contextmanager
def up(environment: dict[str, str], *folders: Path) -> Iterator[tuple[subprocess.Popen[str], Get]]:
    """A running app and a function that asks its API. Ctrl-C ends it and leaves no process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "ui.cli.main",
        "up",
        *map(str, folders),
        "--no-browser",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)

    def get(path: str, /, **parameters: object) -> dict[str, Any]:
        url = f"http://127.0.0.1:{port}/api/{path}?{urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.load(reply)

    try:
        wait_for(lambda: get("health"), within=60)
        yield process, get
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        assert "Traceback" not in errors, errors
    assert children and process.returncode in (0, 130)
    assert psutil.wait_procs(children, timeout=5)[1] == []


def wait_for(check: Callable[[], object], *, within: float) -> float:
    """Seconds until `check` was true; fails when that takes longer than `within`."""
    start = time.monotonic()
    while True:
        try:
            if check():
                return time.monotonic() - start
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        if time.monotonic() - start > within:
            pytest.fail(f"not true within {within} s")
        time.sleep(0.2)


def first(get: Get, question: str) -> str | None:
    results = get("search", q=question)["results"]
    return Path(results[0]["path"]).name if results else None


def indexed(get: Get) -> bool:
    status = get("status")
    return status["files"]["indexed"] >= NOTES and status["pending"] == 0


def test_interrupted_anywhere_then_started_again(environment: dict[str, str], sample_notes: Path) -> None:
    moments: list[Callable[[dict[str, Any]], object]] = [
        lambda _: True,
        lambda status: (status["chunks"] or 0) > (status["pending"] or 0),
    ]
    for moment in moments:
        with up(environment, sample_notes) as (_, get):
            wait_for(lambda moment=moment, get=get: moment(get("status")), within=60)
    with up(environment, sample_notes) as (_, get):
        wait_for(lambda: indexed(get), within=90)
        assert get("status")["chunks"] >= NOTES
        paths = [hit["path"] for hit in get("search", q="bread", limit=50)["results"]]
        assert len(paths) == len(set(paths))
        assert first(get, "sourdough bread") == "sourdough.md"
        changes_on_disk_show_within_seconds(get, sample_notes)
    command = [sys.executable, "-m", "ui.cli.main", "index", "--json"]
    again = json.loads(subprocess.check_output(command, env=environment, text=True))
    assert again["chunks"]["written"] == 0


def changes_on_disk_show_within_seconds(get: Get, sample_notes: Path) -> None:
    (sample_notes / "notes/todo.txt").write_text("Take the cello to the luthier: the bridge is bent.\n")
    wait_for(lambda: first(get, "repair of a musical instrument") == "todo.txt", within=5)

    (sample_notes / "notes/huerto.md").rename(sample_notes / "notes/jardin.md")
    wait_for(lambda: first(get, "cuándo se siembran los tomates") == "jardin.md", within=5)

    (sample_notes / "notes/茶.md").unlink()
    wait_for(lambda: first(get, "brewing green tea") != "茶.md", within=5)
    # what is shown is looked at then; the index follows
    wait_for(
        lambda: get("status")["files"]["indexed"] == NOTES - 1 and not get("status")["pending"], within=30
    )
