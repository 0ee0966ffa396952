"""How long the command line takes to start, against the bare interpreter.

    python benchmarks/cli_start.py [--home DIR] [--repeat 15]

With a `searcher up` running for the home, `searcher search` is measured too: the whole process, and the
query's own time as the server tells it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

CALLS = {
    "python -c pass": ["-c", "pass"],
    "searcher --help": ["-m", "ui.cli.main", "--help"],
    "searcher search --help": ["-m", "ui.cli.main", "search", "--help"],
    "searcher search (asks searcher up)": ["-m", "ui.cli.main", "search", "--json", "passport"],
}


def seconds(arguments: list[str]) -> tuple[float, float]:
    """Wall time of one process, and the query's own part of it."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=True)
    took = time.perf_counter() - start
    return took, json.loads(done.stdout)["took_ms"]["total"] / 1000 if "--json" in arguments else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home")
    parser.add_argument("--repeat", type=int, default=15)
    parser.add_argument("--out", help="write JSON there")
    given = parser.parse_args()
    if given.home:
        os.environ["SEARCHER_HOME"] = given.home
    calls = {name: c for name, c in CALLS.items() if given.home or "asks" not in name}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(given.repeat):  # interleaved, so that a busy moment hits all of them
        for name, arguments in calls.items():
            taken[name].append(seconds(arguments))
    bare = statistics.median(whole for whole, _ in taken["python -c pass"])
    rows = []
    for name, times in taken.items():
        whole = statistics.median(w for w, _ in times)
        own = statistics.median(w - query for w, query in times)
        rows.append({"call": name, "ms": round(whole * 1000, 1), "ratio": round(own / bare, 1)})
        print(f"{name:<36} {whole * 1000:7.1f} ms   {own / bare:4.1f} x bare start, without the query")
    if given.out:
        with open(given.out, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)


if __name__ == "__main__":
    main()
