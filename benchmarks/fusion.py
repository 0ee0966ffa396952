"""How meaning and words are weighed, with every collection left out once.

    python -m benchmarks.fusion DIR... [--model NAME_OR_GGUF]... [--home DIR] [--most N]

Each DIR is a data set in BEIR's layout, of which at most N questions a language are asked (default 300); two
models with different cosines say more than one. What either arm brings is gathered once a question; then each
of the weights on the grid is tried on it. For each collection the weights that gain most over meaning alone
on all others, with all models, are applied to it. The shipped weights stand beside them. The aims: never more
than 0.005 below meaning, 0.02 above on average.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.report import save, table, verdict
from searcher.home import Home
from searcher.query import Query
from searcher.search import engine
from searcher.search.evaluation import DataSet, opened
from searcher.search.fusion import SHIPPED, WordWeights, features
from searcher.settings import Settings
from ui.cli.evaluate import chunks

GRID = [
    WordWeights(*each)
    for each in product(
        (0.3, 0.5, 0.65, 0.8), (0.15, 0.3, 0.5), (0.0, 1.0), (0.5, 0.77, 1.0), (0.2, 1 / 3, 1.0)
    )
]
NAMES = [field.name for field in fields(WordWeights)]
BELOW, ABOVE = -0.005, 0.02
DEPTH = 10
DISCOUNTS = 1 / np.log2(np.arange(DEPTH) + 2)
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """One query's candidates, those of a document beside each other: what their scores are made of."""

    parts: Array  # (n, 7): see `features`
    cosines: Array
    starts: npt.NDArray[np.intp]  # (documents,): first candidate of each
    gains: Array  # (documents,)
    ideal: float

    def ndcg(self, scores: Array) -> float:
        best = np.maximum.reduceat(scores, self.starts)
        gains = self.gains[np.argsort(-best, kind="stable")[:DEPTH]]
        return float(gains @ DISCOUNTS[: len(gains)]) / self.ideal


def asked(data: DataSet, most: int) -> list[Asked]:
    found = []
    vectors = data.embed([query["text"] for query in data.queries], "query")
    for place in data.places(most):
        text, relevant = data.queries[place]["text"], data.relevant[data.queries[place]["_id"]]
        query = Query(text, text)
        gathered = engine.gathered(data.store, query, vectors[place], data.ranking, mode="hybrid")
        candidates, wanted = gathered.candidates, gathered.recipe
        ideal = sum(
            value / math.log2(rank + 2)
            for rank, value in enumerate(sorted(relevant.values(), reverse=True)[:DEPTH])
        )
        if not candidates or not ideal:
            continue
        order = sorted(range(len(candidates)), key=lambda n: str(candidates[n].row["doc_id"]))
        names = [data.names[candidates[n].row["doc_id"]] for n in order]
        starts = [n for n, name in enumerate(names) if n == 0 or name != names[n - 1]]
        found.append(
            Asked(
                features(candidates, wanted)[order],
                np.array([-1.0 if c.cosine is None else c.cosine for c in candidates])[order],
                np.array(starts),
                np.array([relevant.get(names[n], 0) for n in starts], float),
                ideal,
            )
        )
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
    parser.add_argument("--most", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = Home(options.home or Path(temporary)).create()
        gains: dict[tuple[str, str], list[float]] = {}  # by model and set: of meaning, then of each weights
        for model, place in product(options.model or [""], options.sets):
            settings = replace(Settings.load(home), model=model)
            with opened(place, home, settings, chunker=chunks) as data:
                queries = asked(data, options.most)
            gains[Path(model).stem or "default", place.name] = [
                mean(queries, weights) for weights in (None, SHIPPED, *GRID)
            ]
            print(f"{Path(model).stem or 'default'} {place.name}: {len(queries)} queries", flush=True)
    rows, least, differences = [], 1.0, []
    for (model, name), (meaning, shipped, *each) in gains.items():
        others = [scores for (_, other), scores in gains.items() if other != name] or [gains[model, name]]
        best = max(range(len(GRID)), key=lambda n: sum(scores[2 + n] - scores[0] for scores in others))
        weights = " / ".join(f"{getattr(GRID[best], name):.2g}" for name in NAMES)
        rows.append([model, name, f"{meaning:.4f}", f"{each[best]:.4f}", f"{shipped:.4f}", weights])
        least = min(least, shipped - meaning)
        differences.append(shipped - meaning)
    table(
        "nDCG@10",
        ["model", "left out", "meaning", "weights of the others", "shipped", " / ".join(NAMES)],
        rows,
    )
    average = float(np.mean(differences))
    print(f"\nshipped, least above meaning {least:+.4f}: {verdict(least, BELOW)}")
    print(f"shipped, mean above meaning {average:+.4f}: {verdict(average, ABOVE)}")
    save("fusion", {"rows": rows, "least": least, "mean": average})


if __name__ == "__main__":
    main()
