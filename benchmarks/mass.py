"""How many passages of a table, a log or a JSON file have to be searched by meaning (`mass_passages`).

    python -m benchmarks.mass SET [--questions 200] [--home DIR] [--json FILE]

SET is a data set in BEIR layout whose corpus has titles, xquad-dev say. The sentences of its paragraphs
become records of CSV, JSON and log files, some 30, 120 and 480 in each; a record is a passage or two. A
question is answered by the file that holds the sentences of its paragraph. nDCG@10 of hybrid and of meaning
alone, by language, for each number of passages of a file with a vector, beside how many vectors that makes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import indexer
from benchmarks.homes import home_like
from benchmarks.report import table
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.paths import to_stored
from searcher.query import Query
from searcher.search import background, engine, sample
from searcher.search.documents import grouped
from searcher.search.evaluation import measures
from searcher.settings import Settings
from searcher.store import Store, open_store
from searcher.store.reader import full_vectors
from searcher.store.table import create_table

NUMBERS = (0, 1, 4, 16, 32, 64, 128, 256, 10**6)
SIZES = (1, 4, 16)  # articles of a file
SETTINGS = Settings(hub=False, chunk_tokens=32, mass_passages=0)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True)
class Asked:
    text: str
    language: str
    path: str  # of the file that answers, as it is stored


def library(source: Path, root: Path, most: int) -> list[Asked]:
    """Writes the files: a third of the articles go to files of one, a third to files of four, a third to one
    of sixteen. At most so many questions."""
    dice = random.Random(7)
    articles: dict[str, list[dict[str, str]]] = defaultdict(list)
    for line in (source / "corpus.jsonl").open(encoding="utf-8"):
        entry = json.loads(line)
        articles[entry["title"]].append(entry)
    titles = sorted(articles)
    dice.shuffle(titles)
    third, groups = len(titles) // len(SIZES), list[list[str]]()
    for number, size in enumerate(SIZES):
        own = titles[number * third : (number + 1) * third]
        groups += [own[start : start + size] for start in range(0, len(own), size)]
    root.mkdir()
    place: dict[str, str] = {}
    for number, group in enumerate(groups):
        records = [
            (entry["_id"], sentence)
            for title in group
            for entry in articles[title]
            for sentence in _SENTENCE.split(entry["text"])
        ]
        dice.shuffle(records)
        path = root / f"{number}{('.csv', '.json', '.log')[number % 3]}"
        path.write_text(_written([text for _, text in records], path.suffix, dice))
        place |= {owner: to_stored(path) for owner, _ in records}
    answered = {}
    for line in (source / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
        query, document, _ = line.split("\t")
        if document in place:
            answered[query] = place[document]
    queries = [json.loads(line) for line in (source / "queries.jsonl").open(encoding="utf-8")]
    asked = [
        Asked(query["text"], query.get("metadata", {}).get("language", "?"), answered[query["_id"]])
        for query in queries
        if query["_id"] in answered
    ]
    dice.shuffle(asked)
    return asked[:most]


def _written(sentences: list[str], ending: str, dice: random.Random) -> str:
    numbered = [(dice.randrange(10**6), sentence) for sentence in sentences]
    if ending == ".csv":
        return "id;remark\n" + "".join(f'{n};"{text.replace(chr(34), "")}"\n' for n, text in numbered)
    if ending == ".json":
        return json.dumps([{"id": n, "remark": text} for n, text in numbered], indent=1, ensure_ascii=False)
    return "".join(f"2026-03-{1 + n % 28:02} INFO [{n}] {text}\n" for n, text in numbered)


def measured(home: Home, asked: list[Asked]) -> dict[str, dict[int, dict[str, float]]]:
    """nDCG@10 by mode, number of passages and language; `vectors` by number under `cost`."""
    embedder = open_embedder(home, SETTINGS, role="index")
    whole = open_store(home, None)
    found = whole.table.search().where("vector IS NOT NULL").limit(10**7).to_arrow()
    full, rows = full_vectors(found, whole.layout), found.to_pylist()
    paths = {row["doc_id"]: row["path"] for row in rows}
    vectors = embedder.embed_full([each.text for each in asked], kind="query")
    known = background.build(home, embedder)
    store = Store(create_table(home, "mass", embedder.model), whole.live)
    store.upsert([{**row, "vector": None, **({"rest": None} if "rest" in row else {})} for row in rows])
    result: dict[str, dict[int, dict[str, float]]] = {"hybrid": {}, "meaning": {}, "cost": {}}
    done = 0
    for most in NUMBERS:
        part = [n for n, row in enumerate(rows) if done <= (row["spread"] or 0) < most]
        if part:
            store.fill_vectors([rows[n]["id"] for n in part], full[part])
        store.table.optimize()
        done = most
        with_vector = sum((row["spread"] or 0) < most for row in rows)
        result["cost"][most] = {"vectors": with_vector, "share": with_vector / len(rows)}
        ranking = engine.Ranking(sample.take(store), known)
        for mode in ("hybrid", "meaning"):
            scores: dict[str, list[float]] = defaultdict(list)
            for each, vector in zip(asked, vectors, strict=True):
                ranked = engine.ranked(store, Query(each.text, each.text), vector, ranking, mode=mode)
                names = [paths[document.doc_id] for document in grouped(ranked, fold_copies=False)]
                value = measures(names, {each.path: 1})["ndcg@10"]
                scores[each.language].append(value)
                scores["all"].append(value)
            result[mode][most] = {language: float(np.mean(values)) for language, values in scores.items()}
    embedder.close()
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary).resolve()
        home = home_like(Home.locate(given.home), place / "home")
        asked = library(given.set, place / "library", given.questions)
        folders.add(home, place / "library")
        indexer.index(home, SETTINGS)
        result = measured(home, asked)
    show(result, len(asked))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1))
    return 0


def show(result: dict[str, Any], questions: int) -> None:
    languages = sorted(next(iter(result["hybrid"].values())), key=lambda name: (name != "all", name))
    table(
        f"nDCG@10 of {questions} questions by the passages of a file with a vector",
        ["passages", "vectors", *(f"{mode} {name}" for mode in ("hybrid", "meaning") for name in languages)],
        [
            [
                "all" if most == NUMBERS[-1] else str(most),
                f"{result['cost'][most]['vectors']:.0f}",
                *(f"{result[m][most].get(n, 0.0):.3f}" for m in ("hybrid", "meaning") for n in languages),
            ]
            for most in NUMBERS
        ],
    )


if __name__ == "__main__":
    sys.exit(main())
