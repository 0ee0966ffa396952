"""How labels follow from where a document stands, and how they are fitted."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from searcher.search.background import Background
from searcher.search.calibration import Outcomes, fit
from searcher.search.candidates import Candidate
from searcher.search.documents import grouped
from searcher.search.engine import Orders
from searcher.search.facets import facets
from searcher.search.foreign import least_nearness
from searcher.search.labels import Labeller, Logistic, Standing, labeller, of_similar, shipped, standings
from searcher.search.pseudo import queries
from searcher.search.sample import Sample


def candidate(name: str, meaning: float | None, score: float = 0.0, **more: Any) -> Candidate:
    row = {
        "id": f"{name}:0",
        "doc_id": name,
        "doc_hash": name,
        "hash": name,
        "terms": "",
        "kind": "txt",
        "full": None,
    }
    return Candidate(row, meaning=meaning, nearness=meaning, score=score, **more)


def said(
    *candidates: Candidate, mode: str = "hybrid", native: bool = True, nonsense: bool = False
) -> Labeller:
    ranked = sorted(candidates, key=lambda one: -one.score)
    spoken = "en" if native else "de"
    return labeller(
        grouped(ranked), shipped(1000), mode=mode, spoken=spoken, native=native, nonsense=nonsense
    )


def test_each_stands_above_the_best_of_the_others() -> None:
    assert standings([1.0, None, 4.0, 3.0]) == [
        Standing(1.0, -3.0),
        None,
        Standing(4.0, 1.0),
        Standing(3.0, -1.0),
    ]
    assert standings([2.0, 2.0]) == [Standing(2.0, 0.0)] * 2
    assert standings([]) == [] and standings([None]) == [None]


def test_one_that_stands_out_is_strong_and_one_among_many_is_weak() -> None:
    out = candidate("out", 7.0, 11.0)
    crowd = [candidate(f"crowd{n}", 3.0 - n / 100, 3.0 - n / 100) for n in range(20)]
    labels = said(out, *crowd)
    assert labels.label(out) == "strong" and labels.is_worth_showing(out)
    alone = said(*crowd)
    assert {alone.label(one) for one in crowd} == {"weak"}
    assert not any(alone.is_worth_showing(one) for one in crowd)


def test_words_of_another_language_do_not_count() -> None:
    wordy, near = candidate("wordy", 5.6, 15.0), candidate("near", 5.5, 5.5)
    assert said(wordy, near).label(wordy) != "weak"
    assert said(wordy, near, native=False).label(wordy) == "weak"
    assert said(wordy, near, mode="meaning").label(wordy) == "weak"


def test_an_identifier_that_is_there_is_strong_and_nonsense_is_nothing() -> None:
    exact, other = candidate("exact", -1.0, 8.0, words=1.0, decided=True), candidate("other", 3.0, 3.0)
    assert said(exact, other).label(exact) == "strong"
    lost = candidate("lost", 9.0, 9.0)
    nothing = said(lost, nonsense=True)
    assert nothing.label(lost) == "weak" and not nothing.is_worth_showing(lost)


def test_one_that_waits_for_its_vector_goes_by_its_words() -> None:
    waiting = candidate("waiting", None, 5.0, words=0.97)
    assert said(waiting, candidate("other", 3.0, 3.0)).label(waiting) == "strong"


def test_unrelated_documents_are_not_similar() -> None:
    like, unlike = candidate("like", 4.5), candidate("unlike", 1.2)
    labels = of_similar(grouped([like, unlike]), shipped(1000))
    assert labels.label(like) == "strong" and labels.is_worth_showing(like)
    assert not labels.is_worth_showing(unlike)


def outcomes(truth: Logistic, count: int) -> Outcomes:
    chance = random.Random(7)
    made = Outcomes()
    for _ in range(count):
        standing = Standing(chance.gauss(3, 1.5), abs(chance.gauss(0, 1.5)))
        made.standings.append(standing)
        made.right.append(chance.random() < truth.probability(standing))
    return made


def test_what_cases_follow_is_found_and_few_of_them_change_little() -> None:
    truth, prior = Logistic(-6.0, 1.2, 2.0), shipped(1000).meaning
    found = fit(outcomes(truth, 4000), prior)
    for standing in (Standing(2, 0.2), Standing(4, 1), Standing(6, 3)):
        assert found.probability(standing) == pytest.approx(truth.probability(standing), abs=0.06)
    assert fit(Outcomes(), prior) == prior
    few = fit(outcomes(truth, 2), prior)
    assert abs(few.constant - prior.constant) + abs(few.score - prior.score) < 1


def test_cases_that_a_line_parts_are_fitted_all_the_same() -> None:
    made = Outcomes([Standing(n / 10, 0.0) for n in range(100)], [n >= 50 for n in range(100)])
    found = fit(made, shipped(1000).meaning)
    assert found.probability(Standing(2, 0)) < 0.1 and found.probability(Standing(8, 0)) > 0.9


def test_parts_of_passages_are_asked_for_in_every_script() -> None:
    texts = {
        "en": "The ferry leaves at nine. Tickets are sold on the quay before the gates open.",
        "zh": "渡轮九点离开码头。开门之前可以在码头上买票。",
        "de": "Die Fähre fährt um neun Uhr. Karten gibt es vor der Abfahrt am Kai.",
    }
    rows = [{"doc_id": code, "text": text, "language": code} for code, text in texts.items()]
    asked = queries([*rows, {"doc_id": "empty", "text": " ", "language": None}])
    assert {one.owner for one in asked} == set(texts)
    for one in asked:
        assert all(word in texts[one.owner] for word in one.text.split())
    twice = queries([row | {"doc_id": row["doc_id"] + half} for row in rows for half in "ab"])
    altered = [one for one in twice if one.words != one.text]
    assert altered  # some of the words come from elsewhere in the library, in the same language
    for one in altered:
        assert set(one.words) <= {" ", *texts[one.owner[:2]]}
    assert {one.owner for one in asked if one.is_sentence} == set(texts)


def test_a_question_in_another_language_may_lie_further_from_its_answer() -> None:
    """The more a model moves questions between languages, the lower the least of its right answers."""
    chance = np.random.default_rng(1)

    def units(count: int) -> Any:
        made = chance.standard_normal((count, 32)).astype(np.float32)
        return made / np.linalg.norm(made, axis=1, keepdims=True)

    english = units(8)
    moved = {
        code: english + np.float32(size) * units(8) for code, size in (("nl", 0.2), ("de", 0.8), ("zh", 3.0))
    }
    background = Background(("en", *moved), np.stack([english, *moved.values()]))
    passages = units(400)
    asked = passages[:100] + 0.5 * units(100)
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    library = Sample(400, 400, vectors=passages)
    least = dict(least_nearness(background, library, asked, passages[:100], "en"))
    assert least["en"] > least["nl"] > least["de"] > least["zh"] > 1.0
    fitted = replace(shipped(1000), least_near={"": least.pop("en")} | least)
    assert fitted.least_nearness("de", native=True) > fitted.least_nearness("de", native=False)
    assert fitted.least_nearness("fi", native=False) == least["zh"]  # unknown, so as far as any


def test_a_facet_counts_what_its_filter_would_bring() -> None:
    def row(number: int, kind: str) -> dict[str, Any]:
        name = f"{kind}{number}"
        shared = {"language": "en", "folder": "/notes", "date": 0}
        return {"id": name, "doc_id": name, "doc_hash": name, "kind": kind, **shared}

    near = [row(n, "md") for n in range(450)] + [row(n, "pdf") for n in range(30)]
    counted = facets([], Orders(near, [row(n, "pdf") for n in range(20, 40)]))
    assert counted["type"] == {"md": 200, "pdf": 40} and counted["folder"] == {"/notes": 220}
    assert set(counted["since"].values()) == {0}
