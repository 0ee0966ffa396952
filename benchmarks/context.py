"""nDCG@10 of plain cosine with and without the context that chunking puts in front, on a BEIR-layout set."""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from indexer.chunking import chunk
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.records import Document
from searcher.settings import Settings

_LANGUAGES = {"py": "python", "js": "javascript"}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def document(entry: dict[str, Any]) -> Document:
    language = _LANGUAGES.get(entry.get("title", "").rpartition(".")[2])
    kind = "code" if language else "txt"
    return Document(entry["text"], kind=kind, title=entry.get("title"), language=language)


def ndcg(similar: np.ndarray, wanted: dict[int, float]) -> float:
    top = np.argsort(-similar, kind="stable")[:10]
    gain = sum(wanted.get(int(at), 0.0) / math.log2(rank + 2) for rank, at in enumerate(top))
    ideal = sorted(wanted.values(), reverse=True)[:10]
    return gain / sum(value / math.log2(rank + 2) for rank, value in enumerate(ideal))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("--home", type=Path, required=True, help="a home that holds the model")
    given = arguments.parse_args()
    embedder = open_embedder(Home(given.home).create(), Settings(model="starter", hub=False), role="index")
    model = embedder.model
    corpus, queries = lines(given.directory / "corpus.jsonl"), lines(given.directory / "queries.jsonl")
    places = {entry["_id"]: at for at, entry in enumerate(corpus)}
    wanted: dict[str, dict[int, float]] = defaultdict(dict)
    for line in (given.directory / "qrels" / "test.tsv").read_text().splitlines()[1:]:
        query, found, score = line.split("\t")
        wanted[query][places[found]] = float(score)
    asked = embedder.embed_full([query["text"] for query in queries], kind="query")
    chunks = [
        (at, c)
        for at, entry in enumerate(corpus)
        for c in chunk(
            document(entry),
            path=f"/{entry.get('title') or 'x'}",
            count=embedder.count_tokens,
            target=model.chunk_tokens,
            limit=model.max_tokens,
        )
    ]
    for name in ("bare", "context"):
        kept = [(at, c if name == "context" else replace(c, context="")) for at, c in chunks]
        vectors = embedder.embed_full([f"{c.context}\n{c.text}" if c.context else c.text for _, c in kept])
        best = np.full((len(queries), len(corpus)), -1.0)
        for column, (at, _) in enumerate(kept):
            best[:, at] = np.maximum(best[:, at], asked @ vectors[column])
        by_language: dict[str, list[float]] = defaultdict(list)
        for query, similar in zip(queries, best, strict=True):
            by_language[query["metadata"]["language"]].append(ndcg(similar, wanted[query["_id"]]))
        print(f"{name:8}", {language: round(float(np.mean(v)), 4) for language, v in by_language.items()})
    embedder.close()


if __name__ == "__main__":
    main()
