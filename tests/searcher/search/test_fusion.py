"""Meaning and words in one score."""

from __future__ import annotations

from collections import Counter
from typing import Any

from searcher.query import parse
from searcher.search.candidates import Candidate
from searcher.search.documents import grouped
from searcher.search.evaluation import measures
from searcher.search.fusion import fuse, recipe_of
from searcher.search.lexical import Spoken, words_of
from searcher.search.sample import Sample
from searcher.text.terms import asked


def candidate(name: str, terms: str, meaning: float | None, **more: Any) -> Candidate:
    """`meaning` in standard deviations above the corpus; None waits for its vector."""
    row = {
        "id": f"{name}:0",
        "doc_id": name,
        "doc_hash": name,
        "hash": name,
        "path": name,
        "terms": terms,
        "kind": "txt",
        "date": 0,
        "full": None,
    } | more
    return Candidate(row, cosine=meaning and meaning / 10, meaning=meaning)


def order(
    query: str, *candidates: Candidate, mode: str = "hybrid", common: tuple[str, ...] = ()
) -> list[str]:
    sample = Sample(
        of=2000,
        taken=2000,
        frequency=Counter(dict.fromkeys(common, 1000)),
        length=3.0,
        languages=Counter(en=1),
    )
    words = words_of(asked(query, ("en",)), sample, candidates, frozenset(common))
    return [c.row["path"] for c in fuse(candidates, recipe_of(parse(query), words), mode=mode)]


def test_an_identifier_that_is_there_wins_over_near_meaning() -> None:
    near, exact = candidate("near", "boiler pressure", 5.0), candidate("exact", "e119 tap", 1.0)
    assert order("E119", near, exact) == ["exact", "near"]
    assert order("E119", near, exact, mode="meaning") == ["near", "exact"]


def test_common_words_do_not_overturn_meaning() -> None:
    right, wordy = candidate("right", "boiler pressure", 5.0), candidate("wordy", "how is the", 1.0)
    query = "how is the heating pressure lowered"
    assert order(query, right, wordy, common=("how", "is", "the"))[0] == "right"


def test_the_file_that_is_named_comes_before_those_that_mention_it() -> None:
    named = candidate("accounts.py", "accounts.py code", 0.5)
    mentions = candidate("readme.md", "see accounts.py", 4.0)
    assert order("accounts.py", mentions, named)[0] == "accounts.py"


def test_equal_scores_prefer_the_newer() -> None:
    old, new = candidate("old", "x", 2.0, date=1), candidate("new", "x", 2.0, date=2)
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
    old = candidate("old", "boiler", 2.0001, date=1_600_000_000)
    new = candidate("new", "boiler", 2.0000, date=1_700_000_000)
    assert order("boiler", old, new) == ["new", "old"]
    better = candidate("better", "boiler", 2.1, date=1_600_000_000)
    assert order("boiler", new, better) == ["better", "new"]


def test_words_are_bm25_rare_and_often_in_few_words_first() -> None:
    often = candidate("often", "kettle kettle kettle tap", None)
    once = candidate("once", "kettle tap and much more besides that nobody asked for", None)
    common = candidate("common", "the the the the", None)
    assert order("the kettle", common, once, often, mode="words", common=("the",)) == [
        "often",
        "once",
        "common",
    ]


def test_a_term_is_counted_in_every_passage_at_once() -> None:
    texts = [
        "",
        "tap tap tap",
        "é~ ~tap éé tap~ abcdefgh abcdefghi",
        "abcdefgh tap abcdefghi ~abcdefg 学 学学",
    ]
    spoken = Spoken([candidate(str(n), text, None) for n, text in enumerate(texts)])
    for term in {*" ".join(texts).split(), "t", "abcdefgj", "abcdefghij", "tapé", "学学学"}:
        assert spoken.count(term).tolist() == [text.split().count(term) for text in texts], term
    assert spoken.lengths.tolist() == [1, 3, 5, 5]  # without stems
    assert (
        words_of(asked("tap nowhere"), Sample(of=9), [candidate("a", "tap", None)], frozenset())
        .words[0]
        .share
    )


def test_a_stem_counts_for_less_than_the_word() -> None:
    stem, word = candidate("stem", "kettles ~kettl", None), candidate("word", "kettle ~kettl", None)
    assert order("kettle", stem, word, mode="words") == ["word", "stem"]


def test_a_passage_that_waits_competes_by_its_words() -> None:
    near = [candidate(f"near{number}", "tap water", 6.0 - number / 10) for number in range(40)]
    waiting = candidate("waiting", "red kettle descaling", None)
    empty = candidate("empty", "nothing of it", None)
    ranked = order("red kettle descaling", *near, waiting, empty)
    assert "waiting" in ranked[:10] and ranked.index("empty") > 10


def test_a_document_with_all_words_stays_on_the_first_page_whatever_gets_a_vector() -> None:
    others = [candidate(f"other{number}", "red tap water", None) for number in range(400)]
    whole = candidate("whole", "red kettle descaling", None)
    for embedded in (0, 1, 11, 200, 400):
        for number, other in enumerate(others):
            other.meaning = 6.0 - number / 200 if number < embedded else None
        for meaning in (None, -2.0):
            whole.meaning = meaning
            assert "whole" in order("red kettle descaling", *others, whole)[:10], (embedded, meaning)


def test_before_the_first_vector_the_order_is_that_of_words() -> None:
    query = "red kettle descaling"
    prose = [candidate(f"prose{number}", "red tap water", None) for number in range(12)]
    code = candidate("code", "red kettle descaling", None, kind="code")
    assert order(query, *prose, code) == order(query, *prose, code, mode="words")
    assert order(query, *prose, code)[0] == "code"


def test_words_in_code_weigh_more_while_most_of_it_waits() -> None:
    near = [candidate(f"near{number}", "tap water", 3.0 - number / 10) for number in range(20)]
    waiting = [candidate(f"waiting{number}", "water", None) for number in range(200)]
    scores = []
    for count in (0, 200):
        code = candidate("code", "red kettle", None, kind="code")
        order("red kettle descaling", *near, code, *waiting[:count])
        scores.append(code.score)
    assert scores[1] > scores[0] + 0.1
