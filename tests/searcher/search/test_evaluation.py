"""What `searcher eval` prints is what trec_eval says of the same rankings."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean

import pytest
import pytrec_eval
from hypothesis import given
from hypothesis import strategies as st

from searcher.home import Home
from searcher.search.evaluation import evaluate, measures, opened, rankings
from searcher.settings import Settings

OURS = {"ndcg@10": "ndcg_cut_10", "recall@10": "recall_10", "mrr@10": "recip_rank"}
Judged = dict[str, dict[str, int]]

BREAD = "The sourdough rests in the fridge over night and is baked in a hot iron pot."
CORPUS = {
    "bread": BREAD,
    "bread again": BREAD,  # copies rank alike
    "bread once more": BREAD,
    "starter": "Feed the sourdough starter with rye flour every morning.",
    "oven": "The oven needs forty minutes until it is hot.",
    "shed": "The bicycle shed is locked; the key hangs beside the door.",
    "tyre": "A flat tyre on the bicycle is mended with a patch and glue.",
    "tea": "Green tea is steeped for two minutes at seventy degrees.",
    "boiler": "Error E119 means that the boiler pressure is too low; open the tap.",
    "ferry": "The ferry to the island leaves at eight and must be booked.",
    "walk": "The walk along the coast takes five hours with a rest at the lighthouse.",
    "garden": "Tomatoes are planted out after the last frost in May.",
    "expenses": "Travel expenses are handed in by the end of the month.",
}
QUERIES = {
    "graded": "How is sourdough bread baked?",
    "one": "E119",
    "another language": "Wo ist der Schlüssel für das Fahrrad?",
    "missing": "bicycle",
    "without hits": "xylophone",
    "nothing relevant": "green tea",
    "judged below zero": "ferry to the island",
}
JUDGED: Judged = {
    "graded": {"bread": 3, "bread again": 1, "starter": 2, "oven": 1, "tea": 0},
    "one": {"boiler": 1},
    "another language": {"shed": 2, "tyre": 1},
    "missing": {"shed": 1, "lost": 3, "tyre": 1},  # one that the corpus lacks
    "without hits": {"walk": 1},
    "nothing relevant": {"tea": 0, "ferry": 0},
    "judged below zero": {"walk": 2, "ferry": -1, "garden": -1},
    "not asked": {"tea": 1},
}


def by_trec_eval(judged: Judged, run: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Its measures of each query over the first ten of a ranking. It orders by score."""
    scored = {query: {name: 1.0 / n for n, name in enumerate(names[:10], 1)} for query, names in run.items()}
    evaluator = pytrec_eval.RelevanceEvaluator(judged, {"ndcg_cut.10", "recall.10", "recip_rank"})
    found = evaluator.evaluate(scored)
    # trec_eval leaves out a query without a ranking unless it is told to count it as 0
    return {query: found.get(query) or dict.fromkeys(OURS.values(), 0.0) for query in run}


@pytest.mark.parametrize("mode", ["hybrid", "words"])
def test_a_run_measures_as_trec_eval_says(home: Home, tmp_path: Path, mode: str) -> None:
    data = tmp_path / "set"
    (data / "qrels").mkdir(parents=True)
    entries = [{"_id": name, "title": "", "text": text} for name, text in CORPUS.items()]
    (data / "corpus.jsonl").write_text("\n".join(map(json.dumps, entries)))
    asked = [{"_id": name, "text": text} for name, text in QUERIES.items()]
    (data / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    lines = [f"{query}\t{name}\t{value}" for query, each in JUDGED.items() for name, value in each.items()]
    (data / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "\n".join(lines))

    with opened(data, home, Settings()) as opened_set:
        run = {query["_id"]: names for query, names in rankings(opened_set, mode)}
    assert set(run) == set(QUERIES)
    assert (mode == "words") == (run["without hits"] == [])
    expected = by_trec_eval(JUDGED, run)
    printed = evaluate(data, home, Settings(), mode=mode)
    for ours, theirs in OURS.items():
        assert printed[ours] == pytest.approx(mean(each[theirs] for each in expected.values()), abs=6e-5)
    assert 0.3 < printed["ndcg@10"] < 1 and printed["queries"] == len(QUERIES)


NAMES = st.sampled_from([f"d{number}" for number in range(16)])


@given(
    ranking=st.lists(NAMES, unique=True),
    # below -1 trec_eval writes beside its arrays
    relevant=st.dictionaries(NAMES, st.integers(-1, 4), min_size=1),
)
def test_any_ranking_measures_as_trec_eval_says(ranking: list[str], relevant: dict[str, int]) -> None:
    expected = by_trec_eval({"q": relevant}, {"q": ranking})["q"]
    found = measures(ranking, relevant)
    assert {ours: round(found[ours], 4) for ours in OURS} == {
        ours: round(expected[theirs], 4) for ours, theirs in OURS.items()
    }
