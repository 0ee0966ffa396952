"""A running app that is asked from outside: by its API and as tabs of its page; its memory and open files."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
from websockets.sync.client import connect
from websockets.typing import Subprotocol

QUESTIONS = (
    "book the ferry",
    "wo werden die Zugangsdaten geprüft",
    "sourdough",
    "tide power",
    "matrix product",
)
_ROOT = Path(__file__).parents[1]
_WATCHED_SECONDS = 0.2  # between looks at memory and files


class App:
    def __init__(self, port: int, pid: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.address = ("127.0.0.1", port)
        self._process = psutil.Process(pid)

    def get(self, path: str, **parameters: object) -> int:
        """The status of the answer, which is read to its end."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request(
                "GET", f"{path}?{urlencode(parameters, errors='replace')}" if parameters else path
            )
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def status(self) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request("GET", "/api/status")
            told: dict[str, Any] = json.loads(connection.getresponse().read())
            return told
        finally:
            connection.close()

    def seconds(self) -> float:
        """Processor time of the server so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def files(self) -> int:
        """That the indexer is done with, however."""
        return sum(self.status()["files"].values())

    def is_idle(self) -> bool:
        told = self.status()
        return bool(told["indexer"]) and told["indexer"]["phase"] == "idle" and not told["pending"]

    def rests(self, seconds: float) -> bool:
        """Whether its children take next to no processor time for so long."""

        def used() -> float:
            children = [child.cpu_times() for child in self._process.children(recursive=True)]
            return float(sum(times.user + times.system for times in children))

        before = used()
        time.sleep(seconds)
        return used() - before < seconds / 20

    def session(self, query: str) -> None:
        """A tab that is opened with a query, and closed when the page's script has run to its end."""
        with self.tab(query):
            pass

    @contextmanager
    def tab(self, query: str) -> Iterator[None]:
        """A tab that shows the results of a query."""
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", "/_stcore/health")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        cookies = answer.getheader("set-cookie") or ""
        secret = cookies.partition("_streamlit_xsrf=")[2].partition(";")[0].strip('"')
        headers = {"Origin": f"http://{self.host}", "Cookie": f"_streamlit_xsrf={secret}"}
        offered = [Subprotocol("streamlit"), Subprotocol(secret)]
        with connect(
            f"ws://{self.host}/_stcore/stream",
            additional_headers=headers,
            subprotocols=offered,
            max_size=None,
            ping_interval=None,
        ) as stream:
            asked = BackMsg()
            asked.rerun_script.query_string = f"q={quote(query)}"
            stream.send(asked.SerializeToString())
            while True:
                message = ForwardMsg()
                message.ParseFromString(bytes(stream.recv(60, decode=False)))
                if message.WhichOneof("type") == "script_finished":
                    break
            yield

    def state(self) -> dict[str, int]:
        """Resident MB and open files of the server, and resident MB of its indexer and of all readers."""
        indexer = readers = 0
        for child in self._process.children(recursive=True):
            try:
                if child.ppid() == self._process.pid:
                    indexer += child.memory_info().rss
                else:
                    readers += child.memory_info().rss
            except psutil.Error:
                continue
        return {
            "server_mb": round(self._process.memory_info().rss / 1e6),
            "indexer_mb": round(indexer / 1e6),
            "readers_mb": round(readers / 1e6),
            "files": self._process.num_fds() if os.name == "posix" else 0,
        }


@contextmanager
def watched(served: App) -> Iterator[dict[str, int]]:
    """The most of each figure of `App.state` meanwhile, complete at the end."""
    most = dict(served.state())
    over = threading.Event()

    def look() -> None:
        while not over.wait(_WATCHED_SECONDS):
            for name, value in served.state().items():
                most[name] = max(most[name], value)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


@contextmanager
def app(place: Path, checkout: Path = _ROOT) -> Iterator[App]:
    """That of a checkout, with a library and a home of its own in `place`; answers when it is given."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    library = place / "library"
    with as_file(files("ui") / "sample") as sample:
        shutil.copytree(sample, library)
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli.main", "up", str(library), "--no-browser", "--port", str(port)],
            env=os.environ
            | {"SEARCHER_HOME": str(place / "home"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(checkout)},
            cwd=checkout,
            stderr=log,
        )
    try:
        served = App(port, process.pid)
        end = time.monotonic() + 300
        while time.monotonic() < end:
            try:
                if served.get("/api/search", q="ferry") == 200 and served.get("/api/status") == 200:
                    break
            except OSError:
                pass
            time.sleep(0.5)
        else:
            raise SystemExit(f"{checkout} did not answer: {(place / 'log').read_text()[-500:]}")
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def searches(served: App, count: int, mark: object = "") -> list[Callable[[], object]]:
    """All different, so that nothing is remembered."""
    return [search(served, f"{QUESTIONS[n % len(QUESTIONS)]} {n} {mark}".strip()) for n in range(count)]


def sessions(served: App, count: int) -> list[Callable[[], object]]:
    return [lambda n=n: served.session(QUESTIONS[n % len(QUESTIONS)]) for n in range(count)]  # type: ignore[misc]


def p95(took: list[float]) -> float:
    return statistics.quantiles(took, n=20)[-1] if len(took) > 1 else float("nan")


def timed(work: Callable[[], object]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def at_once(work: list[Callable[[], object]], together: int) -> tuple[list[float], int]:
    """Seconds of each, and how many failed."""
    failed = 0
    took: list[float] = []

    def one(each: Callable[[], object]) -> float | None:
        try:
            return timed(each)
        except Exception as error:
            print(f"failed: {error!r}", file=sys.stderr)
            return None

    with ThreadPoolExecutor(together) as threads:
        for seconds in threads.map(one, work):
            if seconds is None:
                failed += 1
            else:
                took.append(seconds)
    return took, failed


def search(served: App, question: str) -> Callable[[], object]:
    def ask() -> None:
        status = served.get("/api/search", q=question)
        if status not in (200, 400):
            raise RuntimeError(f"status {status} for {question[:40]!r}")

    return ask
