"""The model changes under a running `searcher up`, and every way in goes on answering."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import pytest
from streamlit.testing.v1 import AppTest

from searcher import folders
from searcher.home import Home
from searcher.runtime import IndexerState, read_indexer_state
from searcher.settings import Settings
from searcher.settings_file import change
from tests.conftest import make_home
from tests.shared import copy_sample
from tests.ui.conftest import environment, start_up, unused_port, wait_for
from ui.service import use

QUERY = "book the ferry"
PAGE = Path(__file__).parents[2] / "ui" / "page" / "app.py"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[tuple[Home, str]]:
    """A home and the address of the `searcher up` that serves it, all of it found by meaning."""
    root = tmp_path_factory.mktemp("up")
    home, sample_notes = make_home(root / "home", starter), copy_sample(root / "sample", "notes")
    change(home, model="starter", hub=False, priority="normal")
    folders.add(home, sample_notes)
    port = unused_port()
    process = start_up(home.root, port=port)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/api/search?q=ferry", 120)
        wait_until(lambda: bool(asked(url)["results"]) and not asked(url)["pending"], "the first index")
        yield home, url
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def http(url: str) -> str:
    return wait_for(f"{url}/api/search?q={quote(QUERY)}", 0).decode()


def command_line(home: Home) -> str:
    call = [sys.executable, "-m", "ui.cli.main", "search", QUERY, "--home", str(home.root)]
    return subprocess.run(call, capture_output=True, text=True, env=environment(), check=True).stdout


def page() -> str:
    test = AppTest.from_file(str(PAGE), default_timeout=120)
    test.query_params["q"] = QUERY
    test.run()
    assert not test.exception
    return "\n".join(element.proto.body for element in test.get("html"))


async def assistant(home: Home, stop: threading.Event, seen: Callable[[str], None]) -> None:
    """One MCP server on stdio, asked until told to stop."""
    from mcp.client.client import Client  # takes a second, which only who runs this shall spend
    from mcp.client.stdio import StdioServerParameters, stdio_client

    arguments = ["-m", "ui.cli.main", "mcp", "--home", str(home.root)]
    server = StdioServerParameters(command=sys.executable, args=arguments, env=environment())
    async with Client(stdio_client(server)) as client:
        while not stop.is_set():
            result = await client.call_tool("search", {"query": QUERY})
            seen("\n".join(part.text for part in result.content))
            await anyio.sleep(1.0)


class Asking:
    """Each way in, asked over and over, the page by who waits and the others in a thread of their own; how
    often, and what had no answer in it."""

    def __init__(self, home: Home, url: str) -> None:
        self.counts: dict[str, int] = {"http": 0, "command line": 0, "page": 0, "mcp": 0}
        self.wrong: list[str] = []
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(3)
        self._threads = [
            self._pool.submit(self._loop, "http", lambda: http(url)),
            self._pool.submit(self._loop, "command line", lambda: command_line(home)),
            self._pool.submit(anyio.run, assistant, home, self._stop, lambda text: self._check("mcp", text)),
        ]

    def _loop(self, way: str, ask: Callable[[], str]) -> None:
        while not self._stop.is_set():
            try:
                self._check(way, ask())
            except Exception as error:
                self.wrong.append(f"{way}: {error!r}")
            self._stop.wait(1.0)

    def _check(self, way: str, text: str) -> None:
        self.counts[way] += 1
        if "todo.txt" not in text:
            self.wrong.append(f"{way}: {text[:500]}")

    def until(self, true: Callable[[], bool], what: str) -> None:
        """Ask the page, which wants the main thread, until it is so."""

        def asked_meanwhile() -> bool:
            self._check("page", page())
            assert self.wrong == []
            return true() or self._stop.wait(0.5)

        wait_until(asked_meanwhile, what)

    def until_all_answered(self) -> None:
        before = dict(self.counts)
        self.until(lambda: all(self.counts[way] > count for way, count in before.items()), "an answer each")

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.result()
        self._pool.shutdown()


def wait_until(true: Callable[[], bool], what: str, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"{what} did not come within {seconds} s"
        time.sleep(0.1)


def asked(url: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(http(url))
    return found


@pytest.mark.timeout(900)
def test_every_way_in_survives_other_models(up: tuple[Home, str], small_model: Callable[..., Path]) -> None:
    home, url = up
    use(home)
    wide = str(small_model("Q8_0", name="Some-Embedder"))
    asking = Asking(home, url)
    try:
        asking.until_all_answered()
        for model, dim in ((wide, 1024), ("starter", 384)):
            change(home, model=model)
            asking.until(lambda dim=dim: asked(url)["model"]["dim"] == dim, f"the index of {dim} dimensions")
            asking.until_all_answered()
            asking.until_all_answered()  # the first may have been asked before
    finally:
        asking.stop()
    assert asking.wrong == []
    assert asked(url)["notes"] == []


@pytest.mark.timeout(600)
def test_a_model_that_cannot_be_fetched_is_no_dead_end(up: tuple[Home, str], tmp_path: Path) -> None:
    home, url = up
    use(home)
    call = [sys.executable, "-m", "ui.cli.main", "models", "use", "qwen3-8b", "--home", str(home.root)]
    subprocess.run(call, env=environment(), check=True, capture_output=True)
    wait_until(lambda: bool(asked(url)["notes"]), "a note beside the answer")
    assert "qwen3-8b is not on this machine" in asked(url)["notes"][0]
    wait_until(lambda: "starter stays in use" in state(home).refused, "the indexer's reason")
    assert "todo.txt" in command_line(home) and "todo.txt" in page()
    # files are followed meanwhile, with the model of the index
    own = tmp_path / "own"
    own.mkdir()
    (own / "otter.md").write_text("Otters hold hands while they sleep.\n")
    folders.add(home, own)
    found = f"{url}/api/search?q={quote('animals that hold hands asleep')}"
    wait_until(lambda: "otter.md" in wait_for(found, 5).decode(), "the new file")
    # the page says why, and leads back
    settings = AppTest.from_function(_settings_page, default_timeout=120).run()
    shown = "\n".join(element.proto.body for element in settings.get("html"))
    assert "starter stays in use" in shown, shown
    next(button for button in settings.button if button.label == "Stay with starter").click().run()
    assert not settings.exception and Settings.load(home).model == "starter"
    wait_until(lambda: asked(url)["notes"] == [], "answers without a note")


def state(home: Home) -> IndexerState:
    return read_indexer_state(home) or IndexerState()


def _settings_page() -> None:
    import importlib

    importlib.import_module("ui.page.settings.page").render()
