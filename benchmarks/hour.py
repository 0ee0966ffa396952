"""Whether a searcher that stands for an hour stays as large as it was: resident memory, minute by minute.

    python -m benchmarks.hour [--minutes 60] [--notes 4000] [--tabs 5] [--queries 50] [--home DIR]
        [--json FILE]

Starts `searcher up` on so many notes of a passage each, and opens its page in `--tabs` tabs of a browser,
which stay open. Each minute it saves a note, waits until that is found by meaning, types `--queries` queries,
no two alike, into the tabs in turn (or asks the API, without tabs), and looks at the minute's end how large
indexer and server are; at last it lets both rest. The first ten minutes are for what is done once and for
what is kept; the growth after them is that of a line through all later looks.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from benchmarks.homes import home_like
from benchmarks.live import app, save
from benchmarks.memory import IDLE_BAR, LOADED_BAR, Memory, text, write_notes
from benchmarks.page import FLAGS
from benchmarks.report import table, verdict
from searcher.home import Home
from searcher.runtime import read_indexer_state, read_server

SERVER_BAR, GROWTH_BAR = 500, 10  # MB; MB an hour
_WARM = 10  # minutes
_REST = 90.0  # seconds
_ANSWERED = 60_000  # ms


def stand(home: Home, library: Path, given: argparse.Namespace) -> list[dict[str, Any]]:
    """A look a minute, and one after the rest."""
    write_notes(library, given.notes, 20)
    dice, looks = random.Random(6), list[dict[str, Any]]()
    with app(home, library, within=1800) as get, tabs(home, given) as pages:
        began = time.monotonic()
        for minute in range(given.minutes):
            found, answered = save(get, library, minute)[1], 0
            for number in range(given.queries):
                query = f"{text(dice, 3)[:-2]} {minute}x{number}"
                if pages:
                    answered += typed(pages[number % len(pages)], query)
                else:
                    answered += bool(get("search", q=query, limit=10)["results"])
            time.sleep(max(0.0, began + 60 * (minute + 1) - time.monotonic()))
            looks.append(_look(home, found=round(found, 1), answered=answered))
        time.sleep(_REST)
        looks.append(_look(home))
    return looks


@contextmanager
def tabs(home: Home, given: argparse.Namespace) -> Iterator[list[Page]]:
    """Of the search page, open as long as this lasts."""
    if not given.tabs:
        yield []
        return
    server = read_server(home)
    assert server is not None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
        pages = [browser.new_page() for _ in range(given.tabs)]
        for page in pages:
            page.goto(server["url"])
            page.locator(".st-key-q input").wait_for(timeout=_ANSWERED)
        yield pages
        browser.close()


def typed(page: Page, query: str) -> bool:
    """Whether its results were painted in time."""
    box = page.locator(".st-key-q input")
    box.fill(query)
    box.press("Enter")
    try:
        page.locator(f'ol.hits[data-q="{query}"]').wait_for(timeout=_ANSWERED)
    except PlaywrightTimeout:
        return False
    return True


def _look(home: Home, **more: float) -> dict[str, Any]:
    state, server = read_indexer_state(home), read_server(home)
    assert state is not None and server is not None
    look: dict[str, Any] = {"phase": state.phase, **more}
    for name, pid in (("indexer", state.pid), ("server", server["pid"])):
        memory = Memory.of(pid)
        look[name] = round(memory.resident, 1)
        for part in ("anonymous", "model", "libraries"):
            look[f"{name} {part}"] = round(getattr(memory, part), 1)
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
    parser.add_argument("--tabs", type=int, default=5)
    parser.add_argument("--queries", type=int, default=50, help="a minute")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the looks to this file")
    given = parser.parse_args()
    if given.minutes < _WARM + 2:
        parser.error(f"--minutes must be {_WARM + 2} or more")
    with tempfile.TemporaryDirectory() as place:
        home = home_like(Home.locate(given.home), Path(place).resolve() / "home")
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
