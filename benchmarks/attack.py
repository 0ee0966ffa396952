"""What load and attacks do to a running app: p95 of its answers, memory, open files; before, during, after.

    python -m benchmarks.attack [--queries 3000] [--sessions 200]
    python -m benchmarks.attack --beside CHECKOUT [--rounds 3]

Starts `searcher up` on a copy of the sample library in a home of its own, on loopback. The sets: searches
one by one; 50 at once; one of them 50 times at once; 20 sessions of the page at once; 1,000 half-sent
headers, and the health asked meanwhile; another user's calls (for root alone: calls that were let in count as
failed); hostile queries; hostile files, with searches meanwhile; `--queries` searches with five tabs open;
`--sessions` sessions, ten at a time. Memory and files are the most that was seen during a set. All of it is
bounded: some minutes on two cores.

With `--beside` the app of another checkout, an older one say, runs at the same time, and the sets of load are
put to both in turn: p95 and processor time of this one, and its share of the other's.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import attack_files, attack_stranger, report
from benchmarks.attack_app import (
    QUESTIONS,
    App,
    app,
    at_once,
    p95,
    search,
    searches,
    sessions,
    timed,
    watched,
)
from benchmarks.attack_beside import beside

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
        took.append(timed(search(served, QUESTIONS[len(took) % len(QUESTIONS)])))
        time.sleep(0.2)
    return took, 0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--queries", type=int, default=3000)
    arguments.add_argument("--sessions", type=int, default=200)
    arguments.add_argument("--beside", type=Path, metavar="CHECKOUT", help="load on two checkouts in turn")
    arguments.add_argument("--rounds", type=int, default=3, help="of these turns")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if given.beside is not None:
            beside(Path(place), given.beside.resolve(), given.rounds, given.sessions)
            return
        with app(Path(place)) as served:
            attack(served, Path(place) / "library", given.queries, given.sessions)


def attack(served: App, library: Path, queries: int, tabs: int) -> None:
    def beside_tabs() -> tuple[list[float], int]:
        with ExitStack() as opened:
            for question in QUESTIONS:
                opened.enter_context(served.tab(question))
            return at_once(searches(served, queries), 10)

    hostile = [search(served, query[:1000]) for query in _HOSTILE] * 5
    sets: list[tuple[str, Callable[[], tuple[list[float], int]]]] = [
        ("searches one by one", lambda: at_once(searches(served, 60), 1)),
        ("50 searches at once", lambda: at_once(searches(served, 50), 50)),
        ("one search 50 times at once", lambda: at_once([search(served, "slow tides")] * 50, 50)),
        ("20 sessions at once", lambda: at_once(sessions(served, 20), 20)),
        ("1,000 half-sent headers", lambda: half_sent(served)),
        ("another user's calls", lambda: attack_stranger.asks(served.host, 300)),
        ("hostile queries", lambda: at_once(hostile, 5)),
        ("hostile files", lambda: hostile_files(served, library)),
        (f"{queries} searches, 5 tabs", beside_tabs),
        (f"{tabs} sessions", lambda: at_once(sessions(served, tabs), 10)),
    ]
    if not attack_stranger.can_be_played():
        print("another user's calls are left out: only root can play one", file=sys.stderr)
        sets = [each for each in sets if "user" not in each[0]]
    result: dict[str, Any] = {"before": served.state()}
    rows = [["before", "", "", "", *map(str, result["before"].values())]]
    for name, run in sets:
        with watched(served) as most:
            took, failed = run()
        median = statistics.median(took)
        result[name] = {"p95": p95(took), "median": median, "failed": failed, **most}
        rows.append([name, f"{median:.3f}", f"{p95(took):.3f}", str(failed), *map(str, most.values())])
    time.sleep(60)  # connections, readers and caches have their time to end
    result["after"] = served.state()
    rows.append(["60 s after", "", "", "", *map(str, result["after"].values())])
    columns = ["set", "median s", "p95 s", "failed", "server MB", "indexer MB", "readers MB", "open files"]
    report.table("Load and attacks", columns, rows)
    report.save("attack", result)


if __name__ == "__main__":
    main()
