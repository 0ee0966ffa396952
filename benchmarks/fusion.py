"""How meaning and words are weighed, with every collection left out once.

    python -m benchmarks.fusion DIR... [--model NAME_OR_GGUF]... [--home DIR]

Each DIR is a data set in BEIR's layout; two models with different cosines say more than one. For each
collection the weights that gain most over meaning alone on all others, with all models, are applied to it.
The shipped weights stand beside them. The aims: never more than 0.005 below meaning, 0.02 above on average.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.report import save, table, verdict
from searcher.home import Home
from searcher.query import Query
from searcher.search import engine
from searcher.search.evaluation import DataSet, measures, opened
from searcher.search.fusion import SHIPPED, WordWeights, features
from searcher.settings import Settings
from ui.cli.evaluate import chunks

GRID = [WordWeights(*each) for each in product((0.3, 0.5, 0.65, 0.8), (0.15, 0.3, 0.5), (0.0, 1.0))]
BELOW, ABOVE = -0.005, 0.02
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One query's candidates: what their scores are made of, and whose they are."""

    parts: Array  # (n, 5): see `features`
    cosines: Array
    names: list[str]
    relevant: dict[str, int]

    def ndcg(self, scores: Array) -> float:
        order = np.argsort(-scores, kind="stable")
        documents = list(dict.fromkeys(self.names[place] for place in order))
        return measures(documents, self.relevant)["ndcg@10"]


def asked(data: DataSet) -> list[Asked]:
    found = []
    vectors = data.embed([query["text"] for query in data.queries], "query")
    for query, vector in zip(data.queries, vectors, strict=True):
        text = query["text"]
        candidates, wanted = engine.gathered(
            data.store, Query(text, text), vector, data.ranking, mode="hybrid"
        )
        parts = np.array(features(candidates, wanted), float).reshape(-1, 5)
        cosines = np.array([-1.0 if c.cosine is None else c.cosine for c in candidates])
        names = [data.names[c.row["doc_id"]] for c in candidates]
        found.append(Asked(parts, cosines, names, data.relevant[query["_id"]]))
    return found


def mean(queries: list[Asked], weights: WordWeights | None) -> float:
    """nDCG@10; of meaning alone without weights."""
    return float(
        np.mean([q.ndcg(q.cosines if weights is None else weights.scores(q.parts)) for q in queries])
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Home(options.home or Path(temporary)).create()
        gains: dict[tuple[str, str], list[float]] = {}  # by model and set: of meaning, then of each weights
        for model, place in product(options.model or [""], options.sets):
            settings = replace(Settings.load(home), model=model)
            with opened(place, home, settings, chunker=chunks) as data:
                queries = asked(data)
            gains[Path(model).stem or "default", place.name] = [
                mean(queries, weights) for weights in (None, SHIPPED, *GRID)
            ]
    rows, least, differences = [], 1.0, []
    for (model, name), (meaning, shipped, *each) in gains.items():
        others = [scores for (_, other), scores in gains.items() if other != name] or [gains[model, name]]
        best = max(range(len(GRID)), key=lambda n: sum(scores[2 + n] - scores[0] for scores in others))
        chosen = GRID[best]
        weights = f"{chosen.prose:g} / {chosen.code:g} / {chosen.whole:g}"
        rows.append([model, name, f"{meaning:.4f}", f"{each[best]:.4f}", f"{shipped:.4f}", weights])
        least = min(least, shipped - meaning)
        differences.append(shipped - meaning)
    table(
        "nDCG@10",
        ["model", "left out", "meaning", "weights of the others", "shipped", "prose / code / whole"],
        rows,
    )
    average = float(np.mean(differences))
    print(f"\nshipped, least above meaning {least:+.4f}: {verdict(least, BELOW)}")
    print(f"shipped, mean above meaning {average:+.4f}: {verdict(average, ABOVE)}")
    save("fusion", {"rows": rows, "least": least, "mean": average})


if __name__ == "__main__":
    main()
