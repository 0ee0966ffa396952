"""What questions to an index in an object store take, and how many requests.

    python -m benchmarks.bucket --delay 20 --rows 20000

Starts SeaweedFS on this machine and a proxy before it that counts requests and makes each take so many
milliseconds more, writes made passages, and asks a reader that has just opened the table, then again.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.report import save, table
from tests.bucket import Proxy, environment, proxied, seaweed, variables

_DIM, _ASKED = 256, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--delay", type=float, default=20.0, help="milliseconds a request")
    parser.add_argument("--rows", type=int, default=20_000)
    given = parser.parse_args()
    rows = []
    with (
        tempfile.TemporaryDirectory() as place,
        seaweed(Path(place) / "store") as port,
        proxied(port) as proxy,
    ):
        address = {"SEARCHER_INDEX": "s3://bucket/measured", **variables(proxy.server_port)}
        with environment(address):
            rows = _measured(Path(place), proxy, given.delay / 1000, given.rows)
    columns = ["question", "first ms", "ms", "requests", "KB"]
    table(f"{given.rows} passages, {given.delay:g} ms a request more", columns, rows)
    save("bucket", {"delay_ms": given.delay, "rows": given.rows, "questions": rows})


def _measured(place: Path, proxy: Proxy, delay: float, count: int) -> list[list[str]]:
    from searcher.embedding.base import ModelInfo
    from searcher.home import Home
    from searcher.store import Store, open_store
    from searcher.store.indexes import index_vectors
    from searcher.store.reader import nearest, with_words
    from searcher.store.table import Live, create_table, write_live

    home = Home(place / "home").create()
    model = ModelInfo("made", "", "0" * 16, _DIM, _DIM, 512, 256, True)
    live = Live("made", model.name, model.fingerprint, _DIM, _DIM, "1:256")
    written = Store(create_table(home, live.table, model), live)
    chance = np.random.default_rng(5)
    vectors = chance.standard_normal((count, _DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = [f"word{number}" for number in range(2000)]
    for start in range(0, count, 5000):
        ids = [f"{number:032x}:0" for number in range(start, min(start + 5000, count))]
        texts = [" ".join(chance.choice(words, 40)) for _ in ids]
        written.upsert([_row(name, text) for name, text in zip(ids, texts, strict=True)])
        written.fill_vectors(ids, vectors[start : start + len(ids)])
    written.table.optimize()
    write_live(home, live)
    store = open_store(home, None)
    questions: dict[str, Callable[[int], object]] = {
        "200 nearest": lambda turn: nearest(store, vectors[turn], None, 200),
        "words": lambda turn: with_words(store, words[turn * 3 : turn * 3 + 3], None, 200),
        "counts": lambda turn: (store.count(), store.pending()),
    }
    proxy.delay = delay
    rows = [[name, *_asked(proxy, ask)] for name, ask in questions.items()]
    proxy.delay = 0.0
    index_vectors(written.table)
    proxy.delay, store = delay, open_store(home, None)
    return [*rows, ["200 nearest, by an index", *_asked(proxy, questions["200 nearest"])]]


def _row(name: str, text: str) -> dict[str, object]:
    path = f"/library/{name}.md"
    return {"id": name, "doc_id": name[:32], "ordinal": 0, "path": path, "terms": text, "text": text}


def _asked(proxy: Proxy, ask: Callable[[int], object]) -> list[str]:
    times, requests, content = [], [], []
    for turn in range(_ASKED + 1):
        before, had, began = sum(proxy.seen.values()), proxy.bytes, time.monotonic()
        ask(turn)
        times.append((time.monotonic() - began) * 1000)
        requests.append(sum(proxy.seen.values()) - before)
        content.append((proxy.bytes - had) / 1000)
    later = [statistics.median(values[1:]) for values in (times, requests, content)]
    return [f"{times[0]:.0f}", *(f"{value:.0f}" for value in later)]


if __name__ == "__main__":
    main()
