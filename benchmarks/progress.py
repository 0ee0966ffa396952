"""What can be found while a library is still being embedded, and how long that takes.

    python -m benchmarks.progress SETS [--full] [--home DIR] [--json FILE]

SETS is a folder with data sets in BEIR layout (xquad-dev and code-dev are taken). Their documents are spread
over a library of notes and source files beside a table; hybrid nDCG@10 is measured against the share of the
passages that have a vector: in the order of the indexer, where the questions were asked at each share before;
where other questions were, every second one, and the rest is measured; where nobody asked; and one file after
the other, the newest first.

Then a pass over mixed files, 300 or with --full 2,000: seconds until all is found by words, until every
document has a vector, and until the end, beside a pass whose embedder costs nothing; how long queries take
meanwhile; and how right the time left was that the pass told of.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

import indexer
from benchmarks import progress_times
from benchmarks.homes import home_like
from benchmarks.report import table, verdict
from indexer.work.turns import Turns
from searcher import folders
from searcher.embedding import Embedder, open_embedder
from searcher.home import Home
from searcher.paths import to_stored
from searcher.query import Query
from searcher.search import asked as noted
from searcher.search import background, engine, sample
from searcher.search.documents import RankedDocument, grouped
from searcher.search.evaluation import measures
from searcher.settings import Settings
from searcher.store import Store, open_store
from searcher.store.reader import full_vectors
from searcher.store.table import create_table

SHARES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
EARLY, EARLY_BAR, FALL_BAR = 0.2, 0.85, 0.01
WORDS_ALONE_BAR = 1.0
WORDS_BAR = 1.3
BY_WORDS, ASKED, OTHERS, NOBODY = (
    "words alone",
    "breadth first, asked",
    "... others asked",
    "... nobody asked",
)
_PAGE = 10  # documents of an answer
_A_NOTE = 3  # documents of a set in one file
_ROWS = 400  # of the table


@dataclass(frozen=True)
class Asked:
    text: str
    relevant: dict[str, int]  # by stored path


def library(sets: Sequence[Path], root: Path, most: int) -> list[Asked]:
    """Writes the files; the questions, at most so many of a set."""
    dice, asked = random.Random(11), []
    root.mkdir()
    for directory in sets:
        place: dict[str, str] = {}
        entries = [json.loads(line) for line in (directory / "corpus.jsonl").open(encoding="utf-8")]
        ending = Path(str(entries[0].get("title") or "")).suffix
        size = 1 if ending else _A_NOTE
        for start in range(0, len(entries), size):
            part = entries[start : start + size]
            ending = Path(str(part[0].get("title") or "")).suffix or ".md"
            path = root / f"{directory.name}-{start}{ending}"
            path.write_text("\n\n".join(entry["text"] for entry in part) + "\n")
            made = 1_700_000_000 + dice.randrange(10**7)
            os.utime(path, (made, made))
            place |= {entry["_id"]: to_stored(path) for entry in part}
        relevant: dict[str, dict[str, int]] = {}
        for line in (directory / "qrels" / "test.tsv").read_text("utf-8").splitlines()[1:]:
            query, document, score = line.split("\t")
            if int(score) > 0:
                relevant.setdefault(query, {})[place[document]] = int(score)
        queries = [json.loads(line) for line in (directory / "queries.jsonl").open(encoding="utf-8")]
        queries = [query for query in queries if query["_id"] in relevant]
        dice.shuffle(queries)
        asked += [Asked(query["text"], relevant[query["_id"]]) for query in queries[:most]]
    dice.shuffle(asked)  # as people ask, about one thing and another
    cells = "".join(f"{n};{' '.join(dice.choices(progress_times.WORDS, k=12))}\n" for n in range(_ROWS))
    (root / "table.csv").write_text(f"number;words\n{cells}")
    return asked


Take = Callable[[int], list[str]]  # ids of the passages that are next


def orders(home: Home, rows: list[dict[str, Any]]) -> dict[str, Take]:
    """By name; `home` has what was asked."""
    files = sorted(rows, key=lambda row: (-row["mtime_ns"], row["doc_id"], row["ordinal"]))
    by_file = iter([row["id"] for row in files])
    return {
        ASKED: partial(_in_turn, home, _turns(rows)),
        OTHERS: partial(_in_turn, home, _turns(rows)),
        NOBODY: _turns(rows).take,
        "file after file": lambda count: list(islice(by_file, count)),
    }


def _turns(rows: list[dict[str, Any]]) -> Turns:
    turns = Turns()
    for owner, own in groupby(rows, key=itemgetter("doc_id")):
        passages = list(own)
        ordinals = [row["ordinal"] for row in passages]
        is_mass = passages[0]["spread"] is not None
        turns.put(owner, ordinals, newest=passages[0]["mtime_ns"], is_mass=is_mass)
    return turns


def _in_turn(home: Home, turns: Turns, count: int) -> list[str]:
    turns.ask(noted.read(home))
    return turns.take(count)


def curve(home: Home, embedder: Embedder, asked: list[Asked]) -> dict[str, list[float]]:
    """Hybrid nDCG@10 at each of SHARES, by order; and once that of words alone."""
    whole = open_store(home, None)
    found = whole.table.search().where("vector IS NOT NULL").limit(10**7).to_arrow()
    found = found.sort_by([("doc_id", "ascending"), ("ordinal", "ascending")])
    full = full_vectors(found, whole.layout)
    rows = found.to_pylist()
    at = {row["id"]: number for number, row in enumerate(rows)}
    paths = {row["doc_id"]: row["path"] for row in rows}
    vectors = embedder.embed_full([each.text for each in asked], kind="query")
    known = background.build(home, embedder)
    result: dict[str, list[float]] = {BY_WORDS: []}

    def score(documents: list[RankedDocument], each: Asked) -> float:
        return measures([paths[one.doc_id] for one in documents], each.relevant)["ndcg@10"]

    for name, take in orders(home, rows).items():
        store = Store(create_table(home, f"order_{len(result)}", embedder.model), whole.live)
        store.upsert([{**row, "vector": None, **({"rest": None} if "rest" in row else {})} for row in rows])
        home.asked.unlink(missing_ok=True)
        done, result[name] = 0, []
        for share in SHARES:
            if part := take(round(share * len(rows)) - done):
                store.fill_vectors(part, full[[at[passage] for passage in part]])
                done += len(part)
            store.table.optimize()
            ranking = engine.Ranking(sample.take(store), known)
            scores, words = [], []
            for number, (each, vector) in enumerate(zip(asked, vectors, strict=True)):
                query = Query(each.text, each.text)
                documents = grouped(
                    engine.ranked(store, query, vector, ranking, mode="hybrid"), fold_copies=False
                )
                if name == ASKED or (name == OTHERS and number % 2):
                    noted.note(home, _without_meaning(documents[:_PAGE]))
                if name != OTHERS or not number % 2:
                    scores.append(score(documents, each))
                if not result[BY_WORDS]:
                    ranked = engine.ranked(store, query, None, ranking, mode="words")
                    words.append(score(grouped(ranked, fold_copies=False), each))
            result[name].append(float(np.mean(scores)))
            result[BY_WORDS] = result[BY_WORDS] or [float(np.mean(words))]
    return result


def _without_meaning(documents: Sequence[RankedDocument]) -> list[str]:
    """Ids of the passages that an answer shows and that wait, as a library notes them."""
    shown = [one.best for one in documents] + [passage for one in documents for passage in one.passages]
    return [passage.row["id"] for passage in shown if passage.cosine is None]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", type=Path)
    parser.add_argument("--full", action="store_true", help="all questions, and 2,000 files")
    parser.add_argument("--only", choices=("quality", "times"))
    parser.add_argument("--files", type=int, default=0, help="files of the pass, in place of 300 or 2,000")
    parser.add_argument("--home", help="a home that holds the model")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    source = Home.locate(given.home)
    os.environ["HF_HUB_OFFLINE"] = "1"
    told: dict[str, Any] = {}
    missed = 0
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary).resolve()
        if given.only != "times":
            home = home_like(source, place / "home")
            asked = library(
                [given.sets / name for name in ("xquad-dev", "code-dev")],
                place / "library",
                10**6 if given.full else 100,
            )
            folders.add(home, place / "library")
            indexer.index(home, Settings(hub=False))
            embedder = open_embedder(home, Settings(hub=False), role="index")
            told["ndcg@10"] = curves = curve(home, embedder, asked)
            embedder.close()
            missed += _told(curves, len(asked))
        if given.only != "quality":
            files = given.files or (2000 if given.full else 300)
            told["times"] = times = progress_times.measured(source, place, files)
            missed += progress_times.told(times, files, WORDS_BAR)
    if given.json:
        given.json.write_text(json.dumps(told, indent=1))
    return int(missed > 0)


def _told(curves: dict[str, list[float]], questions: int) -> int:
    """Prints the curves; how many bars were missed."""
    table(
        f"hybrid nDCG@10 of {questions} questions, by the share of passages with a vector",
        ["order", *(f"{share:.0%}" for share in SHARES)],
        [
            [name, *(f"{value:.3f}" for value in values), *[""] * (len(SHARES) - len(values))]
            for name, values in curves.items()
        ],
    )
    values = curves[ASKED]
    at = SHARES.index(EARLY)
    early = values[at] / values[-1]
    fall = max(max(values[: n + 1]) - value for n, value in enumerate(values))
    before = values[0] / curves[BY_WORDS][0]
    others, nobody = (curves[name][at] / curves[name][-1] for name in (OTHERS, NOBODY))
    print(f"\nat 0 %, beside words alone: {before:.3f} {verdict(before, WORDS_ALONE_BAR)}")
    print(f"at {EARLY:.0%}, of the final value: {early:.3f} {verdict(early, EARLY_BAR)}")
    print(f"... where others asked: {others:.3f}; where nobody asked: {nobody:.3f}")
    print(f"deepest fall on the way: {fall:.3f} {verdict(fall, FALL_BAR, at_most=True)}")
    return (before < WORDS_ALONE_BAR) + (early < EARLY_BAR) + (fall > FALL_BAR)


if __name__ == "__main__":
    sys.exit(main())
