"""What one query costs to embed: beside a bare decode, and while the indexer takes all cores.

python -m benchmarks.queries [--only qwen3|starter] [--rounds N]
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.embedding import scratch_home, shaped_model
from searcher.embedding import machine, open_embedder
from searcher.embedding.context import Context, Shape
from searcher.embedding.llama import Weights
from searcher.settings import Settings

_TEXT = "where were the credentials checked before that meeting in spring and who decided to wait for it"

INDEXER = """
import os, sys
from benchmarks.embedding import scratch_home, texts_of
from searcher.embedding import open_embedder
from searcher.settings import Settings
os.nice(19)
try:
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
except (AttributeError, OSError):
    pass
embedder = open_embedder(scratch_home(sys.argv[1]), Settings(model=sys.argv[2]), role="index")
texts = texts_of(embedder.count_tokens, 12)
print("ready", flush=True)
while True:
    embedder.embed_full(texts)
"""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--only", choices=("qwen3", "starter"))
    arguments.add_argument("--rounds", type=int, default=40)
    given = arguments.parse_args()
    result = {}
    if given.only != "qwen3":
        result["starter"] = measure("starter", "starter", "mean", given.rounds)
    if given.only != "starter":
        result["qwen3"] = measure("qwen3", str(shaped_model("Q8_0")), "last", given.rounds)
    report.save("queries", result)


def measure(name: str, model: str, pooling: str, rounds: int) -> dict[str, Any]:
    home = scratch_home(name)
    embedder = open_embedder(home, Settings(model=model), role="query")
    chance = random.Random(5)
    queries = [" ".join(chance.sample(_TEXT.split(), 12)) for _ in range(3 * rounds)]
    bare = bare_decode(Path(embedder.model.path), pooling, embedder)

    def ours(query: str) -> None:
        embedder.embed_full([query], kind="query")

    ours(queries.pop())
    bare(queries[0])
    warm: dict[str, list[float]] = {"searcher": [], "bare decode": []}
    for query in queries[:rounds]:  # each query once: none comes from the cache
        warm["bare decode"].append(_milliseconds(bare, query))
        warm["searcher"].append(_milliseconds(ours, query))
    idle = [_milliseconds(ours, query) for query in queries[rounds : 2 * rounds]]
    with_indexer = subprocess.Popen(
        [sys.executable, "-c", INDEXER, name, model], stdout=subprocess.PIPE, env={**os.environ}
    )
    try:
        assert with_indexer.stdout is not None
        with_indexer.stdout.readline()
        time.sleep(1)
        loaded = [_milliseconds(ours, query) for query in queries[2 * rounds :]]
    finally:
        with_indexer.kill()
        with_indexer.wait()
    ratio = statistics.median(warm["searcher"]) / statistics.median(warm["bare decode"])
    slower = _p95(loaded) / _p95(idle)
    rows = [
        ["warm query, 12 words", f"{statistics.median(warm['searcher']):.1f} ms"],
        ["bare decode of the same tokens", f"{statistics.median(warm['bare decode']):.1f} ms"],
        ["ratio", f"{ratio:.2f}   {report.verdict(ratio, 1.15, at_most=True)}"],
        ["p95 idle", f"{_p95(idle):.1f} ms"],
        ["p95 while indexing", f"{_p95(loaded):.1f} ms"],
        ["ratio", f"{slower:.2f}   {report.verdict(slower, 2, at_most=True)}"],
    ]
    report.table(f"Queries, {embedder.model.name}", ["", ""], rows)
    return {
        "warm_over_bare": ratio,
        "loaded_over_idle_p95": slower,
        "idle_ms": idle,
        "loaded_ms": loaded,
        **warm,
    }


def bare_decode(path: Path, pooling: str, embedder: Any) -> Callable[[str], Any]:
    """One call into llama.cpp for tokens that are already there, with the whole model."""
    weights = Weights(path)
    context = Context(weights, Shape(1, 128, 128), pooling=pooling, threads=machine.threads())
    rows = embedder.tokenizer

    def run(query: str) -> Any:
        return context.compute([rows.row(rows.wrapped(query, "query", "documents"))])

    return run


def _milliseconds(run: Callable[[str], Any], query: str) -> float:
    started = time.perf_counter()
    run(query)
    return (time.perf_counter() - started) * 1e3


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
