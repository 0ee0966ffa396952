"""Commands that write, while `searcher up` runs: it does the work, they wait for it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Run
from tests.e2e.test_up import Get, first, up, wait_for


def told_nothing(get: Callable[..., dict[str, Any]], path: str, word: str) -> bool:
    """Whether no answer of the running server holds the word of a forgotten file."""
    answers = []
    for endpoint, parameters in (
        ("search", {"q": "wash vegetables"}),
        ("search", {"q": "twice", "mode": "words"}),
        ("explain", {"q": "twice", "path": path}),
        ("document", {"path": path}),
        ("similar", {"path": path}),
        ("suggest", {"q": word[:3]}),
    ):
        try:
            answers.append(json.dumps(get(endpoint, **parameters)))
        except urllib.error.HTTPError as refused:
            answers.append(refused.read().decode())
    return len(answers) == 6 and not any(word in answer for answer in answers)


def forgotten_by_a_stopped_indexer(environment: dict[str, str], run: Run, get: Get, path: str) -> int:
    """How many files. The command says what it waits for, and ends once the indexer may go on."""
    pid = get("status")["indexer"]["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        wait_for(lambda: get("status")["indexer"]["phase"] == "stopped", within=10)
        assert f"kill -CONT {pid}" in run("status").stdout
        command = [sys.executable, "-m", "ui.cli.main", "forget", path, "--json"]
        pipe = subprocess.PIPE
        asking = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
        assert asking.stderr is not None
        assert f"waiting for the indexer (pid {pid}), which a signal has stopped" in asking.stderr.readline()
    finally:
        os.kill(pid, signal.SIGCONT)
    told, _ = asking.communicate(timeout=60)
    assert asking.returncode == 0
    return int(json.loads(told)["files"])


def test_index_and_forget_beside_up(
    environment: dict[str, str], run: Run, ask: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    notes, more = tmp_path / "notes", tmp_path / "more"
    for folder, name, text in ((notes, "kite", "A kite needs a tail."), (more, "leek", "Wash leeks twice.")):
        folder.mkdir()
        (folder / f"{name}.md").write_text(f"{text}\n")
    with up(environment, notes) as (_, get):
        wait_for(lambda: first(get, "kite") == "kite.md", within=90)
        done = ask("index", str(more))
        assert done["files"]["seen"] == 2
        assert done["files"].keys() >= {"added", "unchanged", "failed", "skipped"}
        wait_for(lambda: first(get, "leek") == "leek.md", within=5)  # readers look once a second
        leek = str(more / "leek.md")
        assert "leeks" in get("document", path=leek)["text"]
        assert get("suggest", q="lee")["suggestions"]
        assert forgotten_by_a_stopped_indexer(environment, run, get, leek) == 1
        assert told_nothing(get, leek, "leeks")
        wait_for(lambda: first(get, '"leeks"') is None, within=10)
        (notes / "safe.md").write_text("The combination of the safe is plumtree.\n")
        wait_for(lambda: first(get, "plumtree") == "safe.md", within=30)

        assert "searcher runs and reads it now" in run("folders", "add", str(more)).stderr
        wait_for(lambda: first(get, '"leeks"') == "leek.md", within=30)  # added again, so read again
