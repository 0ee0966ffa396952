"""Which model is used, and what happens when the hub answers, stalls or is not there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from searcher.errors import DownloadFailed, ModelNotFound
from searcher.files import write_json
from searcher.home import Home
from searcher.models import download, fetch, fingerprints, hub, resolve
from searcher.models import starter as starter_model
from searcher.models.profiles import BEST, PROFILES
from searcher.models.resolve import TO_COME, up_to_date
from searcher.settings import Settings

CONTENT = bytes(range(256)) * 100_000
COMMIT = "0123456789abcdef0123456789abcdef01234567"


class _Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download needs. `cut` ends a transfer after so many bytes, once."""

    protocol_version = "HTTP/1.1"
    requests: ClassVar[list[tuple[str, str]]] = []
    status = 200
    cut = 0
    stuck = False

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        _Hub.requests.append((self.command, self.headers.get("Range", "")))
        if self.status != 200 or "/resolve/" not in self.path:
            self.send_response(self.status if self.status != 200 else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0] or 0)
        part = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(part)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}")
        self.send_header("X-Linked-Etag", f'"{hashlib.sha256(CONTENT).hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(CONTENT)))
        self.end_headers()
        if self.stuck and body:
            self.close_connection = True
            return
        if body:
            if self.cut:
                part, _Hub.cut = part[: self.cut], 0
                self.wfile.write(part)
                self.close_connection = True
                return
            self.wfile.write(part)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def hub_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    _Hub.requests.clear()
    _Hub.status, _Hub.cut, _Hub.stuck = 200, 0, False
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _reachable(monkeypatch, tmp_path, f"http://127.0.0.1:{server.server_port}")
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _reachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, endpoint: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(download, "_PAUSE_SECONDS", 0.01)


def test_a_path_is_taken_as_it_is(home: Home, starter: Path) -> None:
    resolved = resolve(home, Settings(model=str(starter)))
    assert (resolved.path, resolved.profile) == (starter, PROFILES["starter"])


def test_without_a_hub_the_starter_and_one_line(home: Home) -> None:
    lines: list[str] = []
    resolved = resolve(home, Settings(), announce=lines.append)
    assert resolved.name == "starter"
    assert len(lines) == 1 and "models fetch qwen3-0.6b" in lines[0]


def test_qwen3_in_the_home_comes_before_the_starter(home: Home) -> None:
    (home.models / BEST.files[1]).write_bytes(b"GGUF")
    assert resolve(home, Settings()).path == home.models / BEST.files[1]
    (home.models / BEST.files[0]).write_bytes(b"GGUF")
    assert resolve(home, Settings()).path == home.models / BEST.files[0]


def test_qwen3_in_the_hubs_cache(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    repo = tmp_path / "cache" / f"models--{BEST.repo.replace('/', '--')}"
    (repo / "refs").mkdir(parents=True)
    (repo / "refs" / "main").write_text(COMMIT)
    file = repo / "snapshots" / COMMIT / BEST.files[0]
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF")
    assert resolve(home, Settings()).path == file


def test_a_download_with_progress(home: Home, hub_server: str) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch(home, "qwen3-0.6b", lambda done, whole: seen.append((done, whole)))
    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert resolve(home, Settings()).path == path


def test_a_broken_download_goes_on_where_it_stopped(home: Home, hub_server: str) -> None:
    _Hub.cut = 15_000_000
    assert fetch(home, "qwen3-0.6b").read_bytes() == CONTENT
    starts = [int(asked.removeprefix("bytes=").removesuffix("-")) for _, asked in _Hub.requests if asked]
    assert starts == [0, 15_000_000]
    assert not list(home.models.glob("*.part"))


def test_an_earlier_run_s_part_is_used(home: Home, hub_server: str) -> None:
    (home.models / f"{BEST.files[0]}.part").write_bytes(CONTENT[:20_000_000])
    assert fetch(home, "qwen3-0.6b").read_bytes() == CONTENT
    assert ("GET", "bytes=20000000-") in _Hub.requests


def test_a_damaged_download_is_thrown_away(home: Home, hub_server: str) -> None:
    (home.models / f"{BEST.files[0]}.part").write_bytes(bytes(1000))
    with pytest.raises(DownloadFailed, match="arrived damaged"):
        fetch(home, "qwen3-0.6b")
    assert fetch(home, "qwen3-0.6b").read_bytes() == CONTENT


def test_a_transfer_that_never_moves_gives_up(home: Home, hub_server: str) -> None:
    _Hub.stuck = True
    with pytest.raises(DownloadFailed, match=r"broke off after 0 MB.*try again"):
        fetch(home, "qwen3-0.6b")
    assert resolve(home, Settings()).name == "starter"


def test_the_starter_comes_before_a_download(home: Home, hub_server: str) -> None:
    lines: list[str] = []
    assert resolve(home, Settings(), announce=lines.append).name == "starter"
    assert len(lines) == 1 and "while this one answers" in lines[0]
    assert not _Hub.requests


def test_where_no_starter_can_run_the_hub_is_asked(
    home: Home, hub_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter_model.target(home).unlink()
    monkeypatch.setattr(starter_model, "source", lambda: None)
    assert resolve(home, Settings()).path.read_bytes() == CONTENT


def test_a_hub_that_is_not_there_costs_seconds_and_is_remembered(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _reachable(monkeypatch, tmp_path, "http://127.0.0.1:9")
    started = time.monotonic()
    promised = f"model: starter; {TO_COME}"
    assert up_to_date(promised, home, Settings()) == promised
    with pytest.raises(DownloadFailed, match=r"cannot fetch qwen3-0\.6b from http://127\.0\.0\.1:9"):
        fetch(home, "qwen3-0.6b")
    assert time.monotonic() - started < 8
    assert hub.failed_lately(home)
    assert "searcher models fetch qwen3-0.6b" in up_to_date(promised, home, Settings())
    lines: list[str] = []
    assert resolve(home, Settings(), announce=lines.append).name == "starter"
    assert len(lines) == 1 and "models fetch qwen3-0.6b" in lines[0]


def test_another_endpoint_is_tried_at_once(
    home: Home, hub_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(home.models / "hub.json", {"endpoint": hub_server, "failed": time.time()})
    assert hub.failed_lately(home)
    monkeypatch.setenv("HF_ENDPOINT", hub_server.replace("127.0.0.1", "localhost"))
    assert not hub.failed_lately(home)


def test_a_refusal_names_its_reason(home: Home, hub_server: str) -> None:
    _Hub.status = 403
    with pytest.raises(DownloadFailed, match="it answered 403"):
        fetch(home, "qwen3-0.6b")


def test_offline_is_honoured(home: Home) -> None:
    with pytest.raises(DownloadFailed, match="HF_HUB_OFFLINE is set"):
        fetch(home, "qwen3-0.6b")
    with pytest.raises(DownloadFailed, match="HF_HUB_OFFLINE is set"):
        resolve(home, Settings(model="qwen3-4b"))
    with pytest.raises(ModelNotFound, match="models fetch qwen3-4b"):
        resolve(home, Settings(model="qwen3-4b", hub=False))
    with pytest.raises(ModelNotFound, match="no model profile 'gpt'"):
        fetch(home, "gpt")


def test_a_hash_is_read_once(home: Home, starter: Path, tmp_path: Path) -> None:
    model = Path(shutil.copy2(starter, tmp_path / "model.gguf"))
    first = fingerprints.file_hash(home, model)
    store = home.models / "hashes.json"
    known = json.loads(store.read_text())
    known[str(model.resolve())]["sha256"] = "remembered"
    store.write_text(json.dumps(known))
    assert fingerprints.file_hash(home, model) == "remembered"
    stat = model.stat()
    os.utime(model, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert fingerprints.file_hash(home, model) == first
