"""Whether the page's server stays as large as it was: resident memory over page loads and queries.

    python -m benchmarks.page_memory [--loads 200] [--queries 3000] [--most 900] [--json FILE]

Starts `searcher up` on the sample library, warms it up, loads the search page with another query each time,
each in a tab that is closed again, and then asks in one tab as a person types. `--most` seconds end it early;
the figures say how far it came. Flat is what grows by less than 10 % from when it is warm.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from benchmarks.homes import home_like
from benchmarks.page import FLAGS, ROOT, WORDS, free_port, painted, running
from benchmarks.report import table, verdict
from searcher.home import Home

LOOKS = 5  # of either part
GROWN = 1.1  # times what it was, the bar
_WARM = (20, 150)  # loads and queries before the first look
_REST = 5.0  # seconds before a look, in which sessions of closed tabs end


def resident(server: psutil.Process) -> float:
    """MB of the server alone; the indexer is a process of its own."""
    time.sleep(_REST)
    return float(server.memory_info().rss / 1e6)


def query(number: int) -> str:
    """No two alike."""
    return f"{' '.join(random.Random(number).sample(WORDS, 3))} {number}"


def load(browser: Browser, url: str, numbers: range) -> None:
    for number in numbers:
        tab = browser.new_page()
        tab.goto(f"{url}/?q={query(number)}")
        tab.locator(".hit").first.wait_for(timeout=60_000)
        tab.close()


def ask(browser: Browser, url: str, numbers: range) -> None:
    tab = browser.new_page()
    tab.goto(url)
    tab.locator(".st-key-q input").wait_for()
    for number in numbers:
        painted(tab, ".st-key-q input", 'ol.hits[data-q="TEXT"]', query(number))
    tab.close()


def measure(browser: Browser, url: str, server: psutil.Process, given: argparse.Namespace) -> list[list[str]]:
    """Rows of (what was done, MB)."""
    began = time.monotonic()
    load(browser, url, range(_WARM[0]))
    ask(browser, url, range(_WARM[1]))
    rows = [["warm", f"{resident(server):.0f}"]]
    for name, act, count in (("loads", load, given.loads), ("queries", ask, given.queries)):
        for look in range(LOOKS):
            if time.monotonic() - began > given.most:
                return rows
            first, last = (count * (look + more) // LOOKS for more in (0, 1))
            act(browser, url, range(1_000_000 + first, 1_000_000 + last))
            rows.append([f"{last} {name}", f"{resident(server):.0f}"])
            print(*rows[-1], "MB", f"{time.monotonic() - began:.0f} s", flush=True)
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loads", type=int, default=200)
    parser.add_argument("--queries", type=int, default=3000)
    parser.add_argument("--most", type=float, default=7200.0, help="seconds")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        home = home_like(Home.locate(given.home), Path(name).resolve() / "home")
        library = shutil.copytree(ROOT / "ui" / "sample", Path(name) / "sample")
        port = free_port()
        command = ["--home", str(home.root), "up", str(library), "--port", str(port), "--no-browser"]
        url = f"http://127.0.0.1:{port}"
        with running([sys.executable, "-m", "ui.cli.main", *command], f"{url}/api/health") as server:
            browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
            rows = measure(browser, url, server, given)
            browser.close()
    table("the page's server, resident", ["after", "MB"], rows)
    sizes = [float(size) for _, size in rows]
    print(f"\ngrown {sizes[-1] / sizes[0]:.2f} times: {verdict(sizes[-1] / sizes[0], GROWN, at_most=True)}")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1))
    return int(sizes[-1] > GROWN * sizes[0])


if __name__ == "__main__":
    sys.exit(main())
