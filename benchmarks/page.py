"""How long a person waits for painted results, beside what the search itself takes and what any page would.

    python benchmarks/page.py [--chunks 50000] [--of 4] [--rounds 15] [--tabs 10] [--json FILE]

Three things are measured in turn, in one run, on one machine: the HTTP API's answer; an empty Streamlit app
that echoes what is typed, from Enter to the echo on the screen; the search page, from Enter to the results on
the screen. The aim is page <= 2 x API + empty app.

The same in every round for somebody who types a key each 80 to 150 ms and never presses Enter, in both with
the same pause after which the text is sent: from the last key to the results, and to the suggestions under
the box, whose API is asked as well. That no key is lost or moved is a part of it.

Then the insight page with its map, from the address to the points on the screen, and the server's memory with
one tab and with many. Documents have `--of` chunks.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.page_typing import typed  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WORDS = [
    "garden",
    "boiler",
    "letter",
    "invoice",
    "river",
    "meeting",
    "kitchen",
    "bicycle",
    "winter",
    "contract",
    "library",
    "engine",
    "harbour",
    "music",
    "teacher",
    "window",
    "planet",
    "forest",
    "bridge",
    "market",
    "doctor",
    "island",
    "camera",
    "village",
    "theatre",
    "pencil",
    "mirror",
    "castle",
]
EMPTY = """
import streamlit as st
text = st.text_input("text", key="q")
st.html(f'<p class="echo" data-q="{text}">{text}</p>')
typed = st.text_input("typed", key="typed", live="200ms")
st.html(f'<p class="typed" data-q="{typed}">{typed}</p>')
"""
PAGE_BOX, RESULTS = ".st-key-q input", 'ol.hits[data-q="TEXT"]'
# from Enter to the frame after the element for this query is there
WAIT = """
([box, there]) => new Promise(done => {
  const input = document.querySelector(box), start = performance.now()
  const look = () => document.querySelector(there)
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)))
    : requestAnimationFrame(look)
  input.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", code: "Enter", keyCode: 13, bubbles: true}))
  look()
})
"""


def build(home_path: Path, folder: Path, chunks: int, of: int) -> None:
    """An index of small notes that lie on disk; their vectors are random, which no timing depends on."""
    import numpy as np

    from indexer.catalogue import Catalogue, FileRow
    from indexer.chunking import VERSION
    from searcher import folders
    from searcher.embedding import open_embedder
    from searcher.home import Home
    from searcher.records import Chunk, Document
    from searcher.settings import Settings
    from searcher.store import rows
    from searcher.store.table import Live, Store, create_table, write_live

    home = Home(home_path).create()
    folder.mkdir()
    folders.add(home, folder)
    embedder = open_embedder(home, Settings.load(home), role="index")
    model = embedder.model
    embedder.close()
    live = Live(
        table=f"chunks_{model.fingerprint[:12]}_{model.dim}",
        model=model.name,
        fingerprint=model.fingerprint,
        dim=model.dim,
        native_dim=model.native_dim,
        chunker=VERSION,
    )
    store = Store(create_table(home, live.table, model), live)
    catalogue = Catalogue(home)
    chance, noise = random.Random(7), np.random.default_rng(7)
    batch: list[dict] = []
    files = []
    for number in range(chunks // of):
        lines = [" ".join(chance.choices(WORDS, k=40)) + "." for _ in range(of)]
        text, path = "\n".join(lines), folder / f"note-{number}.txt"
        path.write_text(text)
        state = path.stat()
        offsets = [sum(len(line) + 1 for line in lines[:n]) for n in range(of)]
        pieces = [
            Chunk(
                ordinal=n,
                text=line,
                char_start=offsets[n],
                char_end=offsets[n] + len(line),
                line_start=n + 1,
                line_end=n + 1,
                language="en",
                tokens=60,
            )
            for n, line in enumerate(lines)
        ]
        digest = f"{number:032x}"
        batch += rows.rows(
            Document(text=text, kind="txt"),
            pieces,
            path=str(path),
            folder=str(folder),
            size=state.st_size,
            mtime_ns=state.st_mtime_ns,
            doc_hash=digest,
            gen=1,
        )
        files.append(
            FileRow(
                str(path),
                str(folder),
                state.st_size,
                state.st_mtime_ns,
                state.st_dev,
                hash=digest,
                kind="txt",
                chunks=len(pieces),
                indexed_at=time.time(),
            )
        )
        if len(batch) >= 5000 or number == chunks // of - 1:
            vectors = noise.normal(size=(len(batch), model.native_dim)).astype(np.float32)
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            for row, vector in zip(batch, vectors[:, : model.dim], strict=True):
                row["vector"] = (vector / np.linalg.norm(vector)).astype(np.float16)
            store.upsert(batch)
            batch = []
    store.table.optimize()
    catalogue.put(files)
    catalogue.close()
    write_live(home, live)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], url: str) -> Iterator[psutil.Process]:
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        for _ in range(600):
            try:
                urlopen(url, timeout=2).close()
                break
            except OSError:
                time.sleep(0.1)
        yield psutil.Process(process.pid)
        process.terminate()


def painted(page: Page, box: str, there: str, text: str) -> float:
    """Milliseconds from Enter until what belongs to `text` is on the screen."""
    page.locator(box).fill(text)
    return float(page.evaluate(WAIT, [box, there.replace("TEXT", text)]))


def memory(process: psutil.Process) -> int:
    """Resident bytes of the server and its children, memory they share counted once each."""
    return sum(p.memory_info().rss for p in (process, *process.children(recursive=True)))


def asked(url: str) -> float:
    """Milliseconds until the API has answered."""
    start = time.perf_counter()
    urlopen(url).read()
    return (time.perf_counter() - start) * 1000


def measure(browser: Browser, url: str, empty: str, rounds: int) -> dict[str, list[float]]:
    page, blank = browser.new_page(), browser.new_page()
    page.goto(url)
    blank.goto(empty)
    page.locator(PAGE_BOX).wait_for()
    blank.locator(PAGE_BOX).wait_for()
    times: dict[str, list[float]] = {}
    for number in range(rounds + 2):
        words = random.Random(number).sample(WORDS, 6)
        entered, live = " ".join(words[2::-1]), f"{words[3]} {words[4]} {words[5][:4]}"
        other = quote(" ".join(words[:3]))
        found = {"api": asked(f"{url}/api/search?q={other}&limit=10")}
        found["empty app"] = painted(blank, PAGE_BOX, 'p.echo[data-q="TEXT"]', words[0] + str(number))
        found["page"] = painted(page, PAGE_BOX, RESULTS, entered)
        found["suggest api"] = asked(f"{url}/api/suggest?q={words[5][:3]}&limit=6")
        echoed = typed(blank, ".st-key-typed input", 'p.typed[data-q="TEXT"]', live)
        found |= {"empty app, typed": echoed["results"], "empty app, letter": echoed["letter"]}
        results = typed(page, PAGE_BOX, RESULTS, live, suggests=True)
        found |= {"page, typed": results["results"], "page, letter": results["letter"]}
        found["suggestions"] = results["suggestions"]
        if number >= 2:  # the first ones warm caches
            for name, value in found.items():
                times.setdefault(name, []).append(value)
    page.close()
    blank.close()
    return times


def insight(browser: Browser, url: str) -> list[float]:
    """Milliseconds until the map is drawn: at the first visit, which reads the index, and at the next."""
    times = []
    for _ in range(2):
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(f"{url}/insight")
        page.locator(".map circle").first.wait_for(state="attached")
        times.append((time.perf_counter() - start) * 1000)
        page.close()
    return times


def tabs(browser: Browser, url: str, process: psutil.Process, count: int) -> tuple[int, int]:
    """Resident bytes with one tab and with `count`."""
    opened, sizes = [], []
    for number in range(count):
        tab = browser.new_page()
        tab.goto(f"{url}/?q={WORDS[number % len(WORDS)]}")
        tab.locator(".hit").first.wait_for()
        opened.append(tab)
        if number in (0, count - 1):
            time.sleep(3)
            sizes.append(memory(process))
    for tab in opened:
        tab.close()
    return sizes[0], sizes[-1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=50_000)
    parser.add_argument("--of", type=int, default=4, help="chunks a document")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--tabs", type=int, default=10)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        place = Path(name)
        build(place / "home", place / "notes", options.chunks, options.of)
        (place / "empty.py").write_text(EMPTY)
        port, other = free_port(), free_port()
        up = [
            sys.executable,
            "-m",
            "ui.cli.main",
            "--home",
            str(place / "home"),
            "up",
            "--port",
            str(port),
            "--no-browser",
        ]
        blank = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(place / "empty.py"),
            "--server.port",
            str(other),
            "--server.headless",
            "true",
            "--browser.gatherUsageStats",
            "false",
        ]
        url, empty = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{other}"
        with running(up, f"{url}/api/health") as server, running(blank, f"{empty}/_stcore/health"):
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            times = measure(browser, url, empty, options.rounds)
            drawn = insight(browser, url)
            one, many = tabs(browser, url, server, options.tabs)
            browser.close()
    medians = {name: statistics.median(values) for name, values in times.items()}
    api, echo = medians["api"], medians["empty app, typed"]
    ratios = {
        "page / (2 x api + empty app)": medians["page"] / (2 * api + medians["empty app"]),
        "page, typed / (2 x api + empty app, typed)": medians["page, typed"] / (2 * api + echo),
        "suggestions / (2 x suggest api + empty app, typed)": medians["suggestions"]
        / (2 * medians["suggest api"] + echo),
    }
    print(f"{'milliseconds':<20}{'median':>10}{'fastest':>10}{'slowest':>10}")
    for what, values in times.items():
        print(f"{what:<20}{medians[what]:>10.0f}{min(values):>10.0f}{max(values):>10.0f}")
    for what, ratio in ratios.items():
        print(f"{what} = {ratio:.2f}   (aim: at most 1)")
    documents = options.chunks // options.of
    print(f"map of {documents} documents: {drawn[0]:.0f} ms at first, {drawn[1]:.0f} ms again")
    print(f"server memory: {one / 1e6:.0f} MB with one tab, {many / 1e6:.0f} MB with {options.tabs}")
    if options.json:
        result = {
            "chunks": options.chunks,
            "ms": times,
            "ratios": ratios,
            "documents": documents,
            "map": drawn,
            "memory": {"1": one, str(options.tabs): many},
        }
        options.json.write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
