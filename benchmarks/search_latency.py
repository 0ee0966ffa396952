"""A whole answer beside its bare parts: embedding the query, and the table's own two searches.

    python benchmarks/search_latency.py [--chunks 50000] [--queries 60] [--home DIR]

Builds a table of made-up passages and asks in turn: in its words; in other languages, where the sentence
nearest in meaning is marked; and for what begins like a word. Prints p50 and p95 in milliseconds and the
ratio of the whole to the sum of its parts, with marking and without; the aims are at most 1.5 at p95, and
20 ms for a suggestion.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.homes import home_like
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.library import Library
from searcher.paths import doc_id
from searcher.search import background
from searcher.search.engine import CANDIDATES
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.table import Live, create_table, write_live
from searcher.store.upkeep import QUIET, upkeep
from searcher.text.terms import query_terms, terms

_STARTS = ("bel", "kor", "mi", "tra", "sun", "val", "ost")
_ENDS = ("mark", "ten", "ling", "dorf", "sel", "ra", "nik", "tum", "gas", "fen", "lot", "bur")
_WORDS = [start + middle + end for start in _STARTS for middle in ("a", "en", "ir", "o") for end in _ENDS]

_NOT = ("en", "zxx")  # of the background's languages


def fill(home: Home, library: Library, chunks: int, folder: Path) -> Store:
    """A live table of passages of ten made-up sentences, five a file; the files are there, and empty."""
    model, dice, rng = library.model, random.Random(3), np.random.default_rng(3)
    live = Live("latency", model.name, model.fingerprint, model.dim, model.native_dim, "", model.path)
    store = Store(create_table(home, live.table, model), live)
    centres = rng.standard_normal((300, model.native_dim), dtype=np.float32)
    for start in range(0, chunks, 5000):
        rows: list[dict[str, Any]] = []
        for number in range(start, min(start + 5000, chunks)):
            path = str(folder / f"{number // 5}.txt")
            if number % 5 == 0:
                Path(path).touch()
            text = " ".join(" ".join(dice.choices(_WORDS, k=12)).capitalize() + "." for _ in range(10))
            owner = doc_id(path)
            row = {"id": f"{owner}:{number % 5}", "doc_id": owner, "ordinal": number % 5, "path": path}
            row |= {"folder": str(folder), "name": Path(path).name, "kind": "txt", "ext": "txt"}
            row |= {"text": text, "terms": " ".join(terms(text)), "hash": str(number), "doc_hash": owner}
            rows.append(row | {"date": number, "size": 0, "mtime_ns": Path(path).stat().st_mtime_ns})
        store.upsert(rows)
        full = centres[rng.integers(300, size=len(rows))] + rng.standard_normal(
            (len(rows), model.native_dim), dtype=np.float32
        )
        full /= np.linalg.norm(full, axis=1, keepdims=True)
        store.fill_vectors([row["id"] for row in rows], full)
    upkeep(store, quiet=QUIET[-1])
    write_live(home, live)
    return store


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--home", help="a home that holds the model")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = home_like(Home.locate(given.home), Path(place) / "home")
        folder = Path(place) / "files"
        folder.mkdir()
        library = Library(home, Settings(hub=False))
        embedder = open_embedder(home, Settings(hub=False))
        background.build(home, embedder)
        store = fill(home, library, given.chunks, folder)
        dice = random.Random(9)
        spoken = [line for code, lines in background.lines().items() if code not in _NOT for line in lines]
        dice.shuffle(spoken)
        whole, marked, parts, marking, suggested = [], [], [], [], []
        for number in range(given.queries + 5):
            query, other = (" ".join(dice.choices(_WORDS, k=8)) for _ in range(2))
            first = time.perf_counter()
            library.answer(query)
            second = time.perf_counter()
            answer = library.answer(spoken[number % len(spoken)])
            third = time.perf_counter()
            library.suggest(query[: dice.randint(2, 5)])
            middle = time.perf_counter()
            vector = embedder.embed_full([other], kind="query")[0].astype(np.float16)
            columns = ["id", "doc_id", "terms", "vector"]
            table = store.table
            table.search(vector, vector_column_name="vector").distance_type("cosine").select(
                [*columns, "_distance"]
            ).limit(CANDIDATES).to_arrow()
            table.search(" ".join(query_terms(other)), query_type="fts", fts_columns="terms").select(
                [*columns, "_score"]
            ).limit(CANDIDATES).to_arrow()
            end = time.perf_counter()
            if number >= 5:  # the first warm everything up
                whole.append((second - first) * 1000)
                marked.append((third - second) * 1000)
                suggested.append((middle - third) * 1000)
                parts.append((end - middle) * 1000)
                marking.append(answer.marking.get("took_ms", 0.0))
        library.close()
        embedder.close()
    times = {"whole": whole, "whole, marked": marked, "parts": parts, "marking": marking}
    shown = {
        name: statistics.quantiles(each, n=20) for name, each in (times | {"suggest": suggested}).items()
    }
    for name, cuts in shown.items():
        print(f"{name}: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms")
    for name in ("whole", "whole, marked"):
        ratio = shown[name][18] / shown["parts"][18]
        print(f"{given.chunks} chunks, {name} / parts at p95: {ratio:.2f} (aim 1.5)")
    print(f"suggest at p95: {shown['suggest'][18]:.1f} ms (aim 20)")
    return int(shown["whole"][18] > 1.5 * shown["parts"][18] or shown["suggest"][18] > 20)


if __name__ == "__main__":
    sys.exit(main())
