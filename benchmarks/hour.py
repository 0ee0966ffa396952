"""Whether a searcher that stands for an hour stays as large as it was: resident memory, minute by minute.

    python -m benchmarks.hour [--minutes 60] [--notes 4000] [--queries 20] [--home DIR] [--json FILE]

Starts `searcher up` on so many notes of a passage each. Each minute it saves a note, waits until that is
found by meaning, asks `--queries` queries, no two alike, and looks at the minute's end how large indexer and
server are; at last it lets both rest. The first ten minutes are for what is done once and for what is kept;
the growth after them is that of a line through all later looks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.live import app, save
from benchmarks.memory import IDLE_BAR, LOADED_BAR, Memory, text, write_notes
from benchmarks.report import table, verdict
from searcher.home import Home
from searcher.runtime import read_indexer_state, read_server

SERVER_BAR, GROWTH_BAR = 500, 10  # MB; MB an hour
_WARM = 10  # minutes
_REST = 90.0  # seconds


def stand(home: Home, library: Path, given: argparse.Namespace) -> list[dict[str, Any]]:
    """A look a minute, and one after the rest."""
    write_notes(library, given.notes, 20)
    dice, looks = random.Random(6), list[dict[str, Any]]()
    with app(home, library, within=1800) as get:
        began = time.monotonic()
        for minute in range(given.minutes):
            found = save(get, library, minute)[1]
            for number in range(given.queries):
                get("search", q=f"{text(dice, 3)[:-2]} {minute}x{number}", limit=10)
            time.sleep(max(0.0, began + 60 * (minute + 1) - time.monotonic()))
            looks.append(_look(home, found=round(found, 1)))
        time.sleep(_REST)
        looks.append(_look(home))
    return looks


def _look(home: Home, **more: float) -> dict[str, Any]:
    state, server = read_indexer_state(home), read_server(home)
    assert state is not None and server is not None
    look: dict[str, Any] = {"phase": state.phase, **more}
    for name, pid in (("indexer", state.pid), ("server", server["pid"])):
        memory = Memory.of(pid)
        look |= {name: round(memory.resident, 1), f"{name} anonymous": round(memory.anonymous, 1)}
    print(json.dumps(look), flush=True)
    return look


def growth(looks: list[dict[str, Any]], name: str) -> float:
    """MB an hour."""
    sizes = [look[name] for look in looks]
    return 60 * statistics.linear_regression(range(len(sizes)), sizes).slope


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--notes", type=int, default=4000)
    parser.add_argument("--queries", type=int, default=20, help="a minute")
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the looks to this file")
    given = parser.parse_args()
    if given.minutes < _WARM + 2:
        parser.error(f"--minutes must be {_WARM + 2} or more")
    source = Home.locate(given.home)
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place).resolve() / "home").create()
        for file in filter(Path.is_file, source.models.iterdir() if source.models.is_dir() else ()):
            os.symlink(file, home.models / file.name)
        os.environ["SEARCHER_PRIORITY"] = "normal"  # what else runs does not delay
        looks = stand(home, Path(place).resolve() / "library", given)
    *used, rested = looks
    late, rows, missed = used[_WARM:], [], rested["indexer"] > IDLE_BAR
    for name, bar in (("indexer", LOADED_BAR), ("server", SERVER_BAR)):
        grown, most = growth(late, name), max(look[name] for look in used)
        sizes = [late[0][name], late[-1][name], most, rested[name]]
        rows.append([name, *(f"{size:.0f}" for size in sizes), verdict(most, bar, at_most=True)])
        rows[-1] += [f"{grown:+.1f}", verdict(grown, GROWTH_BAR, at_most=True)]
        missed += most > bar or grown > GROWTH_BAR
    table(
        f"{given.minutes} minutes, {given.notes} notes, resident MB",
        ["process", f"after {_WARM} minutes", "last", "most", "rested", "bar", "growth an hour", "bar"],
        rows,
    )
    print(f"\nindexer at rest {verdict(rested['indexer'], IDLE_BAR, at_most=True)}")
    if given.json:
        given.json.write_text(json.dumps(looks, indent=1))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
