"""An endpoint in place of the local model, tested against llama-cpp-python's own server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from searcher.embedding import endpoints, open_embedder, remote
from searcher.errors import EmbeddingFailed, SettingsError
from searcher.home import Home
from searcher.settings import Settings

TEXTS = [
    f"note {number} about {topic}"
    for number in range(12)
    for topic in ("pasta", "Verträge", "数据库", "tests")
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(starter: Path) -> Iterator[str]:
    port = _free_port()
    arguments = ["--model", str(starter), "--model_alias", "multilingual-e5-small", "--embedding", "true"]
    process = subprocess.Popen(
        [sys.executable, "-m", "llama_cpp.server", *arguments, "--port", str(port), "--verbose", "false"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, "the server ended"
            try:
                urllib.request.urlopen(f"{address}/v1/models", timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def test_a_real_server_gives_the_local_vectors(server: str, home: Home) -> None:
    far = open_embedder(home, Settings(embed_url=server, model="multilingual-e5-small"))
    near = open_embedder(home, Settings(), role="index")
    assert (far.model.native_dim, far.model.dim) == (384, 384)
    for kind in ("document", "query"):
        # the server's own llama.embed differs in attention kernels, not in more
        assert (far.embed_full(TEXTS, kind=kind) * near.embed_full(TEXTS, kind=kind)).sum(1).min() > 0.998
    assert far.embed_full([]).shape == (0, 384)
    again = open_embedder(home, Settings(embed_url=f"{server}/v1/", model="multilingual-e5-small"))
    assert again.model.fingerprint == far.model.fingerprint != near.model.fingerprint
    far.close()


class _Flaky(BaseHTTPRequestHandler):
    """Answers with made vectors, after failing as often as it is told; counts what is open at once."""

    protocol_version = "HTTP/1.1"
    failures: ClassVar[list[int]] = []
    open_now = most_open = calls = connections = 0
    guard = threading.Lock()
    shift = 0.0

    def setup(self) -> None:
        super().setup()
        with self.guard:
            _Flaky.connections += 1

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.guard:
            _Flaky.calls += 1
            _Flaky.open_now += 1
            _Flaky.most_open = max(_Flaky.most_open, _Flaky.open_now)
            failure = self.failures.pop() if self.failures else 0
        time.sleep(0.02)
        rows = [{"index": i, "embedding": self._vector(text)} for i, text in enumerate(body["input"])]
        answer = {"data": rows[::-1], "model": "some-model"}  # the order is the client's to restore
        if failure:
            answer = {"error": {"message": "the input is too large"}}
        content = json.dumps(answer).encode()
        with self.guard:
            _Flaky.open_now -= 1
        self.send_response(failure or 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _vector(self, text: str) -> list[float]:
        return [3.0 + self.shift, float(len(text)), float(text.count("1")), 1.0]

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(endpoints, "PAUSE_SECONDS", 0.01)
    _Flaky.failures, _Flaky.most_open, _Flaky.calls, _Flaky.shift = [], 0, 0, 0.0
    _Flaky.connections = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Flaky)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_order_is_kept_and_requests_are_few_at_once(flaky: str, bare_home: Home) -> None:
    embedder = open_embedder(bare_home, Settings(embed_url=flaky))
    texts = [f"{number} {'x' * (number % 17)}" for number in range(200)]
    got = embedder.embed_full(texts)
    expected = np.array([[3, len(t), t.count("1"), 1] for t in texts], np.float32)
    assert np.allclose(got, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert 1 <= _Flaky.most_open <= 2
    assert _Flaky.calls > 10 and _Flaky.connections <= 2  # kept open between the requests
    assert embedder.model.name == "some-model"


def test_a_busy_server_is_asked_again(flaky: str, bare_home: Home) -> None:
    embedder = open_embedder(bare_home, Settings(embed_url=flaky))
    _Flaky.failures = [503, 429, 500]
    assert embedder.embed_full(["a"]).shape == (1, 4)
    assert _Flaky.calls == 5


def test_a_refusal_is_not_asked_again(flaky: str, bare_home: Home) -> None:
    embedder = open_embedder(bare_home, Settings(embed_url=flaky))
    _Flaky.failures = [400]
    with pytest.raises(EmbeddingFailed, match="400: the input is too large"):
        embedder.embed_full(["a"])
    assert _Flaky.calls == 2


def test_another_address_takes_over(flaky: str, bare_home: Home) -> None:
    dead = f"http://127.0.0.1:{_free_port()}"
    embedder = open_embedder(bare_home, Settings(embed_url=f"{dead}, {flaky}/v1"))
    assert embedder.embed_full(["a"] * 40).shape == (40, 4)


@pytest.fixture
def several(flaky: str) -> Iterator[list[str]]:
    """Three servers, of which one takes ten times as long."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), kind) for kind in (_Quick, _Slow, _Broken)]
    for kind, server in zip((_Quick, _Slow, _Broken), servers, strict=True):
        kind.answers = 0
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [f"http://127.0.0.1:{server.server_port}" for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


class _Quick(_Flaky):
    answers = 0
    seconds = 0.01

    def do_POST(self) -> None:
        type(self).answers += 1
        time.sleep(self.seconds)
        super().do_POST()


class _Slow(_Quick):
    seconds = 0.2


class _Broken(_Quick):
    def do_POST(self) -> None:
        type(self).answers += 1
        self.send_error(503)


def test_a_quick_server_gets_more_and_a_broken_one_is_left_alone(
    several: list[str], bare_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = open_embedder(bare_home, Settings(embed_url=",".join(several)))
    assert embedder.width == 6
    monkeypatch.setattr(endpoints, "PAUSE_SECONDS", 60.0)
    texts = [f"{number} {'x' * (number % 17)}" for number in range(16 * 40)]
    got = embedder.embed_full(texts)
    expected = np.array([[3, len(t), t.count("1"), 1] for t in texts], np.float32)
    assert np.allclose(got, expected / np.linalg.norm(expected, axis=1, keepdims=True), atol=1e-6)
    assert _Quick.answers > 2 * _Slow.answers > 0
    assert _Broken.answers <= 8  # two requests at once, and those before the pause was so long
    embedder.close()


def test_endpoints_of_different_models_are_refused(flaky: str, bare_home: Home) -> None:
    class Other(_Flaky):
        def _vector(self, text: str) -> list[float]:
            return [float(len(text)), -3.0, 1.0, 0.0]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        embedder = open_embedder(bare_home, Settings(embed_url=f"{flaky},{address}"))
        with pytest.raises(EmbeddingFailed, match="one model from all of them"):
            embedder.embed_full(["a"] * 64)
    finally:
        server.shutdown()
        server.server_close()


def test_a_repeated_query_is_not_sent_again(flaky: str, bare_home: Home) -> None:
    embedder = open_embedder(bare_home, Settings(embed_url=flaky))
    first, second = (embedder.embed_full(["which"], kind="query") for _ in range(2))
    assert np.array_equal(first, second)
    assert _Flaky.calls == 2


def test_another_model_behind_the_address_has_another_fingerprint(flaky: str, bare_home: Home) -> None:
    def fingerprint() -> str:
        return open_embedder(bare_home, Settings(embed_url=flaky)).model.fingerprint

    before = fingerprint()
    _Flaky.shift = 0.001
    assert fingerprint() == before
    _Flaky.shift = 500.0
    assert fingerprint() != before


def test_nobody_there_is_one_line(bare_home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "PAUSE_SECONDS", 0.01)
    with pytest.raises(
        EmbeddingFailed, match=r"no embedding from http://127.0.0.1:\d+/v1/embeddings: .*refused"
    ):
        open_embedder(bare_home, Settings(embed_url=f"http://127.0.0.1:{_free_port()}"))


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://host/x", "http://"])
def test_a_bad_address_is_refused(url: str, bare_home: Home) -> None:
    with pytest.raises(SettingsError, match="is no http address"):
        open_embedder(bare_home, Settings(embed_url=url))


SCRIPTS = [
    "a few plain words",
    "def f(x):\n    return {x: [1, 22, 333]}",
    "Überraschung für alle",
    "委员会将决定推迟到春天",
    "समिति ने अपना निर्णय",
    "x" * 300,
]


@pytest.mark.parametrize("text", SCRIPTS)
def test_estimates_are_not_below_the_truth(home: Home, text: str) -> None:
    (true,) = open_embedder(home, Settings(), role="index").count_tokens([text])
    assert true * 0.9 <= remote._estimate(f"passage: {text}")
