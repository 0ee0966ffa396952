"""Scanning at a quarter of the dimension and rescoring with int8, beside the exact full-dimension search.

    python benchmarks/mrl.py [--rows 20000] [--queries 100] [--dim 1024]

Vectors with a falling spectrum, as models trained for Matryoshka give them, in clusters. Prints recall@10
against the exact answer with and without rescoring, and bytes a chunk. The aim is recall 0.99.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from datetime import timedelta
from pathlib import Path

import numpy as np

from searcher.embedding.base import ModelInfo, Vectors
from searcher.home import Home
from searcher.search.engine import CANDIDATES
from searcher.store.reader import nearest
from searcher.store.table import Live, Store, create_table


def vectors(rng: np.random.Generator, rows: int, dim: int, centres: Vectors) -> Vectors:
    """float32 (rows, dim), L2-normalised: noise about shared centres, variance falling with the component."""
    spectrum = (1 / np.sqrt(np.arange(1, dim + 1))).astype(np.float32)
    noise = rng.standard_normal((rows, dim), dtype=np.float32) * spectrum
    mixed = centres[rng.integers(len(centres), size=rows)] + 0.8 * noise
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--dim", type=int, default=1024)
    given = parser.parse_args()
    warnings.filterwarnings("ignore", "optimize")
    rng = np.random.default_rng(7)
    spectrum = (1 / np.sqrt(np.arange(1, given.dim + 1))).astype(np.float32)
    centres = rng.standard_normal((500, given.dim), dtype=np.float32) * spectrum
    corpus, queries = (vectors(rng, n, given.dim, centres) for n in (given.rows, given.queries))
    quarter = given.dim // 4
    model = ModelInfo("shape", "", "0" * 32, quarter, given.dim, 512, 256, True)
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place)).create()
        live = Live("mrl", model.name, model.fingerprint, model.dim, model.native_dim, "")
        store = Store(create_table(home, live.table, model), live)
        for start in range(0, given.rows, 5000):
            part = range(start, min(start + 5000, given.rows))
            store.upsert([{"id": f"{n:08d}:0", "doc_id": f"{n:08d}", "terms": ""} for n in part])
            store.fill_vectors([f"{n:08d}:0" for n in part], corpus[part.start : part.stop])
        store.table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
        size = sum(f.stat().st_size for f in (home.index / "mrl.lance" / "data").iterdir())
        plain, rescored = [], []
        for query in queries:
            exact = {f"{n:08d}:0" for n in np.argsort(-(corpus @ query))[:10]}
            found = nearest(store, query, None, CANDIDATES)
            plain.append(len(exact & {row["id"] for row in found[:10]}) / 10)
            best = sorted(found, key=lambda row: -float(row["full"] @ query))[:10]
            rescored.append(len(exact & {row["id"] for row in best}) / 10)
    print(f"{given.rows} rows, scanned at {quarter} of {given.dim}, {given.queries} queries")
    print(f"  recall@10 without rescoring {np.mean(plain):.3f}")
    print(f"  recall@10 rescored by int8  {np.mean(rescored):.3f}   (aim 0.99)")
    print(f"  bytes a chunk on disk       {size / given.rows:.0f}   (float32 alone: {4 * given.dim})")
    return int(np.mean(rescored) < 0.99)


if __name__ == "__main__":
    sys.exit(main())
