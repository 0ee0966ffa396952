"""What load and attacks do to a running app: p95 of its answers, memory, open files; before, during, after.

    python -m benchmarks.attack [--queries 3000] [--sessions 200]

Starts `searcher up` on a copy of the sample library in a home of its own, on loopback. The sets: searches one
by one; 50 at once; 20 sessions of the page at once; 1,000 half-sent headers with the health asked meanwhile;
another user's calls (for root alone: the calls that were let in count as failed); hostile queries; hostile
files, with searches meanwhile; `--queries` searches with five tabs open, and `--sessions` sessions, ten at a
time. Everything is bounded: some minutes on two cores.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psutil
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from benchmarks import attack_files, attack_stranger, report

_QUESTIONS = (
    "book the ferry",
    "wo werden die Zugangsdaten geprüft",
    "sourdough",
    "tide power",
    "matrix product",
)
_HOSTILE = (
    "a " * 480,
    "\x00\x01\x02",
    "path:" + "[a-z]*" * 60,
    "path:" + "*" * 300,
    "-".join(["x"] * 400),
    '"' * 999,
    "\N{ZERO WIDTH JOINER}" * 900,
    "漢" * 900,
    "date:>9999-12-31",
    "type:" + ",".join(["pdf"] * 200),
    "(((((((" * 100,
    "' OR 1=1 --",
)


_FILES_SECONDS = 180.0  # that reading them may take


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

    def files(self) -> int:
        """That the indexer is done with, however."""
        return sum(self.status()["files"].values())

    def is_idle(self) -> bool:
        told = self.status()
        return bool(told["indexer"]) and told["indexer"]["phase"] == "idle" and not told["pending"]

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

    def state(self) -> dict[str, Any]:
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
def app(place: Path) -> Iterator[App]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    library = place / "library"
    with as_file(files("ui") / "sample") as sample:
        shutil.copytree(sample, library)
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ui.cli.main", "up", str(library), "--no-browser", "--port", str(port)],
            env=os.environ | {"SEARCHER_HOME": str(place / "home"), "HF_HUB_OFFLINE": "1"},
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
        yield served
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


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


def half_sent(served: App) -> tuple[list[float], int]:
    """The health, asked after every hundredth of 1,000 connections that send half a header."""
    took = []
    with ExitStack() as flood:
        for number in range(1000):
            connection = flood.enter_context(socket.create_connection(served.address, 10))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ")
            if number % 100 == 99:
                took.append(timed(lambda: served.get("/api/health")))
    return took, 0


def hostile_files(served: App, library: Path) -> tuple[list[float], int]:
    """Searches while they are read, until the indexer has nothing to do; files it is not done with."""
    before = served.files()
    count = attack_files.write(library)
    took: list[float] = []
    end = time.monotonic() + _FILES_SECONDS
    while (left := before + count - served.files()) > 0 or not served.is_idle():
        if time.monotonic() > end:
            return took, max(left, 1)
        took.append(timed(search(served, _QUESTIONS[len(took) % len(_QUESTIONS)])))
        time.sleep(0.2)
    return took, 0


def search(served: App, question: str) -> Callable[[], object]:
    def ask() -> None:
        status = served.get("/api/search", q=question)
        if status not in (200, 400):
            raise RuntimeError(f"status {status} for {question[:40]!r}")

    return ask


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--queries", type=int, default=3000)
    arguments.add_argument("--sessions", type=int, default=200)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place, app(Path(place)) as served:

        def searches(count: int) -> list[Callable[[], object]]:
            return [search(served, f"{_QUESTIONS[n % len(_QUESTIONS)]} {n}") for n in range(count)]

        def sessions(count: int) -> list[Callable[[], object]]:
            return [lambda n=n: served.session(_QUESTIONS[n % len(_QUESTIONS)]) for n in range(count)]

        def beside_tabs() -> tuple[list[float], int]:
            with ExitStack() as tabs:
                for question in _QUESTIONS:
                    tabs.enter_context(served.tab(question))
                return at_once(searches(given.queries), 10)

        sets: list[tuple[str, Callable[[], tuple[list[float], int]]]] = [
            ("searches one by one", lambda: at_once(searches(60), 1)),
            ("50 searches at once", lambda: at_once(searches(50), 50)),
            ("20 sessions at once", lambda: at_once(sessions(20), 20)),
            ("1,000 half-sent headers", lambda: half_sent(served)),
            ("another user's calls", lambda: attack_stranger.asks(served.host, 300)),
            ("hostile queries", lambda: at_once([search(served, q[:1000]) for q in _HOSTILE] * 5, 5)),
            ("hostile files", lambda: hostile_files(served, Path(place) / "library")),
            (f"{given.queries} searches, 5 tabs", beside_tabs),
            (f"{given.sessions} sessions", lambda: at_once(sessions(given.sessions), 10)),
        ]
        if not attack_stranger.can_be_played():
            print("another user's calls are left out: only root can play one", file=sys.stderr)
            sets = [each for each in sets if "user" not in each[0]]
        result: dict[str, Any] = {"before": served.state()}
        rows = []
        for name, run in sets:
            took, failed = run()
            p95 = statistics.quantiles(took, n=20)[-1] if len(took) > 1 else float("nan")
            state = served.state()
            result[name] = {"p95": p95, "median": statistics.median(took), "failed": failed, **state}
            rows.append(
                [name, f"{statistics.median(took):.3f}", f"{p95:.3f}", str(failed), *map(str, state.values())]
            )
        time.sleep(60)  # connections, readers and caches have their time to end
        result["after"] = served.state()
        rows.insert(0, ["before", "", "", "", *map(str, result["before"].values())])
        rows.append(["60 s after", "", "", "", *map(str, result["after"].values())])
        columns = [
            "set",
            "median s",
            "p95 s",
            "failed",
            "server MB",
            "indexer MB",
            "readers MB",
            "open files",
        ]
        report.table("Load and attacks", columns, rows)
    report.save("attack", result)


if __name__ == "__main__":
    main()
