"""The second half of `benchmarks.progress`: one pass over mixed files, timed, with queries meanwhile."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import indexer
from benchmarks.homes import home_like
from benchmarks.report import table, verdict
from benchmarks.wrapping import Wrapping
from indexer.running import passes
from searcher import folders
from searcher.embedding import Embedder
from searcher.embedding.base import Kind, Vectors
from searcher.home import Home
from searcher.runtime import IndexerState
from searcher.settings import Settings
from searcher.store import open_store

WORDS = [
    f"{a}{b}"
    for a in ("bel", "kor", "mi", "tra", "sun", "ost", "wal", "pen")
    for b in ("mark", "ten", "ling", "dorf", "haus", "berg", "see", "wald", "feld", "bach")
]
SETTINGS = Settings(hub=False, priority="normal")
ESTIMATE_BAR = 0.3  # of the time that was left, from the first minute on
_FIRST = 60.0
_ASK = """
import json, sys, time
from pathlib import Path
from searcher.home import Home
from searcher.library import Library
from searcher.search import asked
from searcher.settings import Settings
asked.note = lambda *_: None  # no person asks as often: what is found would be all that is embedded
library, times = Library(Home(Path(sys.argv[1])), Settings(hub=False)), []
print(flush=True)
for number, line in enumerate(sys.stdin):
    began = time.perf_counter()
    library.answer(line.strip(), limit=10)
    print(time.perf_counter() - began, flush=True)
"""


class _Free(Wrapping):
    """The embedder, but for the cost of computing."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)
        self._one = embedder.embed_full(["one"])[0]

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        return np.tile(self._one, (len(texts), 1))


def mixed(root: Path, count: int) -> None:
    """Notes, source code, tables, records and pages of a few kB each."""
    dice = random.Random(3)
    root.mkdir()

    def words(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randrange(most // 4, most)))

    for number in range(count):
        match number % 20:
            case 0:
                rows = "".join(f"{n},{words(12)}\n" for n in range(60))
                (root / f"{number}.csv").write_text(f"number,words\n{rows}")
            case 1:
                records = [{"number": n, "words": words(12)} for n in range(40)]
                (root / f"{number}.json").write_text(json.dumps(records, indent=1))
            case 2 | 3 | 4:
                made = "\n\n".join(
                    f"def {dice.choice(WORDS)}_{n}(x):\n    # {words(12)}\n    return x + {n}"
                    for n in range(8)
                )
                (root / f"{number}.py").write_text(f"{made}\n")
            case 5:
                parts = "".join(f"<h2>{words(6)}</h2><p>{words(80)}.</p>" for _ in range(4))
                (root / f"{number}.html").write_text(f"<html><body>{parts}</body></html>")
            case _:
                parts = "\n\n".join(f"# {words(6)}\n\n{words(90)}." for _ in range(dice.randrange(1, 5)))
                (root / f"{number}.md").write_text(f"{parts}\n")


def measured(source: Home, place: Path, files: int) -> dict[str, Any]:
    """Seconds of both passes, of queries, and what was said of the time left."""
    mixed(place / "mixed", files)
    free = _pass(home_like(source, place / "free"), place / "mixed", costs=False)
    real = _pass(home_like(source, place / "real"), place / "mixed", costs=True)
    return {"without embedding": free, "with embedding": real}


def _pass(home: Home, root: Path, *, costs: bool) -> dict[str, Any]:
    folders.add(home, root)
    seen: dict[str, Any] = {"estimates": []}
    began = time.monotonic()

    def report(state: IndexerState) -> None:
        now = time.monotonic() - began
        if state.files_total and state.files_done == state.files_total:
            seen.setdefault("words", now)
        if state.phase in ("indexing", "embedding"):  # labels are fitted behind the last vector
            seen["embedded"], seen["processor"] = now, time.process_time()
            if state.seconds_left is not None:
                seen["estimates"].append((now, state.seconds_left, time.process_time()))

    opened, ended = passes.opened_embedder, threading.Event()
    if not costs:
        passes.opened_embedder = lambda *given, **named: _freed(opened(*given, **named))
    watcher = threading.Thread(target=_watch, args=(home, began, seen, ended))
    watcher.start()
    try:
        indexer.index(home, SETTINGS, progress=report)
    finally:
        passes.opened_embedder = opened
        ended.set()
        watcher.join()
    seen["end"] = time.monotonic() - began
    return seen


def _freed(pair: tuple[Embedder, str]) -> tuple[Embedder, str]:
    return _Free(pair[0]), pair[1]


def _watch(home: Home, began: float, seen: dict[str, Any], ended: threading.Event) -> None:
    """Looks when every document has its first vector, and asks another process meanwhile."""
    dice, times, process = random.Random(8), list[float](), None
    while not ended.wait(0.5):
        if not home.live.exists():
            continue
        if process is None:
            process = subprocess.Popen(
                [sys.executable, "-c", _ASK, str(home.root)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert process.stdout
            process.stdout.readline()
        if process is not None:
            assert process.stdin and process.stdout
            process.stdin.write(" ".join(dice.choices(WORDS, k=4)) + "\n")
            process.stdin.flush()
            times.append(float(process.stdout.readline() or "nan"))
        if "words" in seen and "leading" not in seen:
            store = open_store(home, None)
            if not store.read(lambda table: table.count_rows("ordinal = 0 AND vector IS NULL")):
                seen["leading"] = time.monotonic() - began
    if process is not None:
        assert process.stdin
        process.stdin.close()
        process.wait(60)
    seen["queries"] = times


def told(result: dict[str, Any], files: int, words_bar: float) -> int:
    """Prints what was measured; how many bars were missed."""
    free, real = result["without embedding"], result["with embedding"]

    def seconds(seen: dict[str, Any], name: str) -> str:
        return f"{seen[name]:.1f}" if name in seen else "with the end"

    table(
        f"a pass over {files} mixed files, seconds",
        ["", "by words", "a vector a document", "all vectors", "end"],
        [
            [name, *(seconds(seen, mark) for mark in ("words", "leading", "embedded", "end"))]
            for name, seen in result.items()
        ],
    )
    ratio = real["words"] / free["words"]
    kept = verdict(ratio, words_bar, at_most=True)
    print(f"\nby words, beside the pass without embedding: {ratio:.2f} {kept}")
    for name, mark in (("a vector a document", "leading"), ("all vectors", "embedded"), ("the end", "end")):
        if mark in real and mark in free:
            print(f"{name}, beside it: {real[mark] / free[mark]:.2f}")
    _tell_queries(result)
    errors, own = _errors(real)
    missed = ratio > words_bar
    if errors:
        usual, worst = np.percentile(errors, [50, 90])
        kept = verdict(worst, ESTIMATE_BAR, at_most=True)
        print(f"the time left was wrong by {usual:.0%} (median), {worst:.0%} (90 % of the time) {kept}")
        usual, worst = np.percentile(own, [50, 90])
        kept = verdict(worst, ESTIMATE_BAR, at_most=True)
        print(f"in processor time, which other work does not stretch: {usual:.0%}, {worst:.0%} {kept}")
        missed += worst > ESTIMATE_BAR
    return int(missed)


def _tell_queries(result: dict[str, Any]) -> None:
    """How long they took in either pass, and what embedding adds."""
    percentiles = []
    for name, seen in result.items():
        times = [value * 1000 for value in seen["queries"] if value == value][1:]  # the first loads what asks
        if not times:
            return
        p50, p95 = np.percentile(times, [50, 95])
        percentiles.append((p50, p95))
        print(f"{len(times)} queries {name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")
    (free50, free95), (real50, real95) = percentiles
    print(f"queries with embedding, beside without: p50 {real50 / free50:.2f}, p95 {real95 / free95:.2f}")


def _errors(real: dict[str, Any]) -> tuple[list[float], list[float]]:
    """Of each estimate from the first minute on, as a share of what was left until all had vectors; and the
    same in processor time, at the share of a processor that the last minute had."""
    errors, own = [], []
    for now, left, processor in real["estimates"]:
        if now < _FIRST or real["embedded"] - now <= 10:
            continue
        errors.append(abs(left / (real["embedded"] - now) - 1))
        then, _, before = next(each for each in real["estimates"] if each[0] >= now - _FIRST)
        if now > then:
            share = (processor - before) / (now - then)
            own.append(abs(left * share / (real["processor"] - processor) - 1))
    return errors, own
