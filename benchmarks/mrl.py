"""Scanning at a quarter of the dimension and rescoring with int8, beside the exact full-dimension search.

    python -m benchmarks.mrl [--rows 20000] [--passages 4000] [--queries 200] [--home DIR]

Two kinds of vectors: those of the starter model, of Python's own doc strings asked with the first sentences
of others, and random ones of Qwen3's dimension with a falling spectrum, as training for Matryoshka gives
them. Prints recall@10 against the exact answer with and without rescoring, and bytes a chunk. The aim
is 0.99.
"""

from __future__ import annotations

import argparse
import ast
import random
import sys
import sysconfig
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.report import table, verdict
from searcher.embedding import open_embedder
from searcher.embedding.base import ModelInfo, Vectors
from searcher.home import Home
from searcher.search.engine import CANDIDATES
from searcher.settings import Settings
from searcher.store.reader import nearest
from searcher.store.table import Live, Store, create_table
from searcher.vectors import axes

BAR = 0.99
_QWEN3_DIM = 1024
_COLUMNS = ["vectors", "rows", "scanned at", "scan alone", "recall@10", "aim", "bytes a chunk"]


def random_vectors(rng: np.random.Generator, rows: int, dim: int, centres: Vectors) -> Vectors:
    """float32 (rows, dim), L2-normalised: noise about shared centres, variance falling with the component."""
    noise = rng.standard_normal((rows, dim), dtype=np.float32) * _spectrum(dim)
    mixed = centres[rng.integers(len(centres), size=rows)] + 0.8 * noise
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), np.float32)


def _spectrum(dim: int) -> Vectors:
    return (1 / np.sqrt(np.arange(1, dim + 1))).astype(np.float32)


def doc_strings() -> Iterator[str]:
    """Those of the modules, classes and functions of Python's own library, each once."""
    seen = set()
    library = Path(sysconfig.get_path("stdlib"))
    for file in sorted(library.rglob("*.py")):
        if {"site-packages", "dist-packages", "test", "tests", "lib2to3"} & set(
            file.relative_to(library).parts
        ):
            continue
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
                text = (ast.get_docstring(node) or "")[:400]
                if len(text) > 60 and text not in seen:
                    seen.add(text)
                    yield text


def measured(
    name: str, model: ModelInfo, corpus: Vectors, queries: Vectors, turned_to: Vectors | None
) -> list[str]:
    """One line of the table: `corpus` through a real table at the model's scan dimension."""
    with tempfile.TemporaryDirectory() as place:
        home = Home(Path(place)).create()
        live = Live(
            "mrl",
            model.name,
            model.fingerprint,
            model.dim,
            model.native_dim,
            "",
            turned=turned_to is not None,
        )
        store = Store(create_table(home, live.table, model), live, turned_to)
        for start in range(0, len(corpus), 5000):
            ids = [f"{n:08d}:0" for n in range(start, min(start + 5000, len(corpus)))]
            store.upsert([{"id": name, "doc_id": name[:8], "terms": ""} for name in ids])
            store.fill_vectors(ids, corpus[start : start + 5000])
        store.table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
        size = sum(f.stat().st_size for f in (home.index / "mrl.lance" / "data").iterdir())
        alone, rescored = [], []
        reduced = store.layout.reduced(corpus)
        for query in queries:
            exact = {f"{n:08d}:0" for n in np.argsort(-(corpus @ query))[:10]}
            scanned = np.argsort(-(reduced @ store.layout.reduced(query[None])[0]))[:10]
            alone.append(len(exact & {f"{n:08d}:0" for n in scanned}) / 10)
            found = nearest(store, query, None, CANDIDATES)
            best = sorted(found, key=lambda row: -float(row["full"] @ query))[:10]
            rescored.append(len(exact & {row["id"] for row in best}) / 10)
    recall = float(np.mean(rescored))
    return [
        name,
        str(len(corpus)),
        f"{model.dim} of {model.native_dim}",
        f"{np.mean(alone):.3f}",
        f"{recall:.3f}",
        verdict(recall, BAR),
        f"{size / len(corpus):.0f}",
    ]


def starter(home: Home, passages: int, queries: int) -> list[str]:
    embedder = open_embedder(home, Settings(hub=False), role="index")
    model = replace(embedder.model, dim=embedder.model.native_dim // 4)
    texts = list(doc_strings())
    random.Random(5).shuffle(texts)
    asked = [text.split(". ")[0].split("\n\n")[0] for text in texts[:queries]]
    corpus = embedder.embed_full(texts[queries : queries + passages])
    vectors = np.concatenate([embedder.embed_full([text], kind="query") for text in asked])
    turned_to = axes.build(home, embedder) if axes.are_needed(model) else None
    embedder.close()
    return measured("starter", model, corpus, vectors, turned_to)


def qwen3_shaped(rows: int, queries: int) -> list[str]:
    rng = np.random.default_rng(7)
    centres = rng.standard_normal((500, _QWEN3_DIM), dtype=np.float32) * _spectrum(_QWEN3_DIM)
    corpus, asked = (random_vectors(rng, n, _QWEN3_DIM, centres) for n in (rows, queries))
    model = ModelInfo("shape", "", "0" * 32, _QWEN3_DIM // 4, _QWEN3_DIM, 512, 256, True)
    return measured("Qwen3 shape", model, corpus, asked, None)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000, help="random vectors")
    parser.add_argument("--passages", type=int, default=4000, help="at most, for the starter model")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--home", help="a home that holds the model")
    given = parser.parse_args()
    warnings.filterwarnings("ignore", "optimize")
    lines = [
        starter(Home.locate(given.home).create(), given.passages, given.queries),
        qwen3_shaped(given.rows, given.queries),
    ]
    table("recall@10 against the exact search at full dimension", _COLUMNS, lines)
    return int(any("MISSED" in line[5] for line in lines))


if __name__ == "__main__":
    sys.exit(main())
