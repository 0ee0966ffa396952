"""Meaning and words in one score."""

from __future__ import annotations

from typing import Any

from searcher.query import parse
from searcher.search.documents import grouped
from searcher.search.evaluation import measures
from searcher.search.fusion import Candidate, fuse, wanted


def candidate(name: str, terms: str, meaning: float, **more: Any) -> Candidate:
    row = {
        "id": f"{name}:0",
        "doc_id": name,
        "doc_hash": name,
        "hash": name,
        "name": name,
        "terms": terms,
        "kind": "txt",
        "date": 0,
        "full": None,
    } | more
    return Candidate(row, cosine=meaning, meaning=meaning)


def order(
    query: str, *candidates: Candidate, mode: str = "hybrid", common: tuple[str, ...] = ()
) -> list[str]:
    parsed = parse(query)
    terms = {term for c in candidates for term in c.row["terms"].split()} | set(query.lower().split())
    weights = {term: 0.5 if term in common else 5.0 for term in terms if term in query.lower()}
    rare = {term: 0.5 if term in common else 0.001 for term in weights}
    return [c.row["name"] for c in fuse(candidates, wanted(parsed, weights, rare), mode=mode)]


def test_an_identifier_that_is_there_wins_over_near_meaning() -> None:
    near, exact = candidate("near", "boiler pressure", 0.88), candidate("exact", "e119 tap", 0.80)
    assert order("E119", near, exact) == ["exact", "near"]
    assert order("E119", near, exact, mode="meaning") == ["near", "exact"]


def test_common_words_do_not_overturn_meaning() -> None:
    right, wordy = candidate("right", "boiler pressure", 0.88), candidate("wordy", "how is the", 0.80)
    query = "how is the heating pressure lowered"
    assert order(query, right, wordy, common=("how", "is", "the"))[0] == "right"


def test_the_file_that_is_named_comes_before_those_that_mention_it() -> None:
    named = candidate("accounts.py", "accounts.py code", 0.78)
    mentions = candidate("readme.md", "see accounts.py", 0.84)
    assert order("accounts.py", mentions, named)[0] == "accounts.py"


def test_equal_scores_prefer_the_newer() -> None:
    old, new = candidate("old", "x", 0.8, date=1), candidate("new", "x", 0.8, date=2)
    assert order("something", old, new)[0] == "new"


def test_copies_are_folded_and_one_document_comes_once() -> None:
    first = candidate("a", "x y", 0.9, doc_hash="same")
    second = candidate("b", "x y", 0.9, doc_hash="same")
    further = candidate("c", "z", 0.8)
    again = Candidate(first.row | {"id": "a:1"}, cosine=0.7, score=0.7)
    found = grouped([first, second, further, again])
    assert [(f.doc_id, f.copies, len(f.passages)) for f in found] == [("a", ["b"], 2), ("c", [], 1)]


def test_measures_by_hand() -> None:
    scores = measures(["x", "a", "y", "b"], {"a": 1, "b": 1})
    assert round(scores["ndcg@10"], 4) == round((0.63093 + 0.43068) / (1 + 0.63093), 4)
    assert (scores["recall@10"], scores["mrr@10"]) == (1.0, 0.5)
    assert measures([], {"a": 1}) == {"ndcg@10": 0.0, "recall@10": 0.0, "mrr@10": 0.0, "hit@1": 0.0}


def test_of_two_that_score_the_same_the_newer_comes_first() -> None:
    old = candidate("old", "boiler", 0.8801, date=1_600_000_000)
    new = candidate("new", "boiler", 0.8800, date=1_700_000_000)
    assert order("boiler", old, new) == ["new", "old"]
    better = candidate("better", "boiler", 0.89, date=1_600_000_000)
    assert order("boiler", new, better) == ["better", "new"]
