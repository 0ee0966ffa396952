"""A first run with the hub in reach: the starter answers at once, the better index is built behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.shapes import Qwen3Shape, write_qwen3
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.models.profiles import BEST
from searcher.runtime import read_indexer_state
from searcher.settings import Settings
from searcher.settings_file import change
from searcher.store.table import read_live
from tests.indexer.processes import indexer_running, wait_until


@pytest.fixture
def slow_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A hub that keeps the second half of a small model of the real width back until the event is set."""
    model = tmp_path / "small.gguf"
    write_qwen3(model, shape=Qwen3Shape(layers=1, inner=256, heads=2, kv_heads=1, vocabulary=2000))
    content, released = model.read_bytes(), threading.Event()

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()

        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            released.wait(120)
            self.wfile.write(content[len(content) // 2 :])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_HUB_OFFLINE")
    yield released
    released.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("chosen", ["", BEST.name], ids=["by itself", "named"])
def test_the_starter_answers_while_the_better_model_comes(
    home: Home, tmp_path: Path, slow_hub: threading.Event, chosen: str
) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "ferry.md").write_text("The ferry leaves at seven in the morning.\n")
    folders.add(home, library)

    def note() -> bool:
        state = read_indexer_state(home)
        return state is not None and any("fetching" in line for line in state.notes)

    if chosen:
        change(home, model="starter")
    with indexer_running(home), Library(home, Settings.load(home)) as asking:
        if chosen:  # while it comes, what is saved is read as before
            change(home, model=chosen)
            asking.settings = Settings.load(home)
            wait_until(note, seconds=30)
            (library / "gull.md").write_text("A gull took the sandwich.\n")
            wait_until(lambda: bool(asking.search("bird that stole lunch gull")), seconds=30)
        assert asking.search("ship that departs early")[0].cosine is not None
        live = read_live(home)
        assert live and live.model == "starter"
        wait_until(note, seconds=30)
        slow_hub.set()

        def swapped() -> bool:
            assert asking.search("ferry")[0].path.endswith("ferry.md")
            live = read_live(home)
            return live is not None and live.model == BEST.name

        wait_until(swapped, seconds=120)
        assert asking.search("ferry")[0].cosine is not None
        assert asking.model.name == BEST.name
