"""What the labels of hits are worth, on a data set with known answers.

    python -m benchmarks.labels DIR... [--model NAME_OR_GGUF] [--home DIR] [--most N] [--shipped]

Each DIR is a data set in BEIR's layout, of which at most N questions a language are asked (default all).
Labels are fitted to its documents alone, as the indexer fits them; `--shipped` takes those that hold before
that. Then each question is asked twice, with what answers it in the library and left out. Of the first hit it
prints, by language of the question and with 95 % confidence intervals (Wilson 1927): how often strong and
likely are right in both cases together, how often a strong or likely hit comes when there is an answer, and
how often nothing is said to match well, with an answer and without; beside it, how often without could be
said by whoever knew where to draw the line for this set and language, with an answer for 0.05. The aims:
strong right in 0.9, likely in 0.6; nothing for half of the questions without an answer and for at most 0.05
of those with one.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

from benchmarks.report import save, table
from searcher.home import Home
from searcher.query import Query
from searcher.search import engine, labels
from searcher.search.calibration import fitted_to
from searcher.search.documents import RankedDocument, grouped
from searcher.search.evaluation import DataSet, opened
from searcher.search.labels import Labels
from searcher.settings import Settings
from searcher.text import language
from ui.cli.evaluate import chunks


@dataclass(frozen=True)
class Case:
    """The first hit of a question."""

    language: str
    answerable: bool
    label: str
    right: bool
    good: bool  # something is said to match well
    stands: float  # how far the best of them stands above the library


def cases(data: DataSet, fitted: Labels, most: int) -> list[Case]:
    result = []
    vectors = data.embed([query["text"] for query in data.queries], "query")
    for place in data.places(most):
        query, vector = data.queries[place], vectors[place]
        text = query["text"]
        ranked = engine.ranked(data.store, Query(text, text), vector, data.ranking, mode="hybrid")
        right = {name for name, value in data.relevant[query["_id"]].items() if value > 0}
        documents = grouped(ranked, fold_copies=False)
        without = [one for one in documents if data.names[one.doc_id] not in right]
        for answerable, left in ((True, documents), (False, without)):
            of_query = language.of_query(text)
            native = engine.is_native(of_query, data.ranking.sample)
            said = labels.labeller(
                left,
                fitted,
                mode="hybrid",
                spoken=of_query,
                native=native,
                nonsense=labels.is_nonsense(data.ranking.background, vector),
            )
            if left:
                first = left[0]
                good = any(said.is_worth_showing(one.best) for one in left[:10])
                spoken = (query.get("metadata") or {}).get("language", "?")
                is_right = data.names[first.doc_id] in right
                stands = max(standing(one, native=native) for one in left[:10])
                result.append(Case(spoken, answerable, said.label(first.best), is_right, good, stands))
    return result


def standing(document: RankedDocument, *, native: bool) -> float:
    near = labels.nearness_of(document)
    if near is None:
        return math.inf
    return (document.best.score + near) / 2 if native else near


def at_best(answerable: list[Case], others: list[Case]) -> str:
    """The share of those without an answer below the line that leaves 0.05 of those with one below."""
    line = sorted(case.stands for case in answerable)[len(answerable) // 20]
    return f"{sum(case.stands < line for case in others) / max(len(others), 1):.2f}"


def share(part: int, whole: int) -> str:
    """A share with Wilson's interval."""
    if not whole:
        return "-"
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{p:.2f} ({max(middle - half, 0):.2f}-{min(middle + half, 1):.2f}) of {whole}"


def row(model: str, name: str, spoken: str, own: list[Case]) -> list[str]:
    answerable = [case for case in own if case.answerable]
    others = [case for case in own if not case.answerable]
    by_label = {label: [case for case in own if case.label == label] for label in ("strong", "likely")}
    return [
        model,
        name,
        spoken,
        *(share(sum(case.right for case in part), len(part)) for part in by_label.values()),
        share(sum(case.label != "weak" for case in answerable), len(answerable)),
        share(sum(not case.good for case in answerable), len(answerable)),
        share(sum(not case.good for case in others), len(others)),
        at_best(answerable, others),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--model", action="append", default=[])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--shipped", action="store_true")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        home = Home(options.home or Path(temporary)).create()
        for model, place in product(options.model or [""], options.sets):
            settings = replace(Settings.load(home), model=model)
            with opened(place, home, settings, chunker=chunks) as data:
                fitted = (
                    labels.shipped(data.store.count())
                    if options.shipped
                    else fitted_to(data.store, data.ranking, data.embed)
                )
                own = cases(data, fitted, options.most)
            print(f"{Path(model).stem or 'default'} {place.name}: {len(own)} cases", flush=True)
            for spoken in sorted({case.language for case in own}):
                part = [case for case in own if case.language == spoken]
                rows.append(row(Path(model).stem or "default", place.name, spoken, part))
    columns = ["strong is right", "likely is right", "strong or likely, answered"]
    columns += ["nothing, answered", "nothing, no answer", "at best"]
    table("first hits", ["model", "set", "language", *columns], rows)
    save("labels", {"rows": rows, "shipped": options.shipped})


if __name__ == "__main__":
    main()
