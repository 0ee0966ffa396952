"""Cards: what a hit shows, and that nothing a file or its name holds becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from searcher.records import Answer, Hit, Passage
from ui.page.search import cards, filters
from ui.page.state import State
from ui.page.strings import Words

HIT = Hit(
    rank=1,
    path="/home/ann/notes/2024/plan.md",
    title="The plan",
    score=0.9,
    cosine=0.8456,
    match="strong",
    kind="md",
    language="en",
    page=None,
    line_start=3,
    line_end=9,
    heading="Plan > Spring",
    symbol=None,
    snippet="Tomatoes were planted.",
    highlights=[[0, 8]],
    chunk_id="0:1",
    modified="2026-03-04T10:00:00+00:00",
)
EN = Words("en")
FOLDERS = ["/home/ann/notes"]


def answer(*hits: Hit, **changes: object) -> Answer:
    base = Answer("plan", "hybrid", "documents", {}, {"total": 12.3}, 0, list(hits), total=len(hits))
    return replace(base, **changes)  # type: ignore[arg-type]


def test_a_card_says_what_where_and_how_well() -> None:
    html = cards.card(HIT, State(q="plan"), EN, FOLDERS)
    for part in ("The plan", "notes/2024/plan.md", "lines 3–9", "2026-03-04", "strong match", "cosine 0.85"):
        assert part in html
    assert "<mark>Tomatoes</mark>" in html
    assert "doc=%2Fhome%2Fann%2Fnotes%2F2024%2Fplan.md&amp;at=L3-9" in html


@pytest.mark.parametrize("field", ["title", "path", "heading", "snippet", "symbol", "kind", "anchor"])
def test_no_field_becomes_markup(field: str) -> None:
    evil = "/x/\"'><script>alert(1)</script>"
    html = cards.card(replace(HIT, **{field: evil}), State(q=evil), EN, FOLDERS)
    assert "<script" not in html
    assert "\"'>" not in html


def test_a_file_on_another_machine_is_said_to_be_there_and_not_opened_here() -> None:
    html = cards.card(replace(HIT, source="attic"), State(), EN, FOLDERS)
    assert "<span>on attic</span>" in html and 'data-do="open"' not in html and "reveal" not in html
    here = cards.card(HIT, State(), EN, FOLDERS)
    assert "attic" not in here and 'data-do="open"' in here and 'data-do="reveal"' in here


def test_a_hit_by_words_has_no_cosine() -> None:
    assert "found by words" in cards.card(replace(HIT, cosine=None), State(), EN, FOLDERS)


def test_pages_and_stale_files_and_passages_show() -> None:
    more = Passage(0.7, 4, None, None, None, None, None, "More of it", [[0, 4]], "0:2")
    html = cards.card(replace(HIT, page=3, stale=True, passages=[more]), State(), EN, FOLDERS)
    for part in ("page 3", "changed since", "1 more in this file", "page 4", "<mark>More</mark>"):
        assert part in html


def test_a_poor_answer_says_so() -> None:
    assert EN("no_good") in cards.results(answer(HIT, good=False), State(q="x"), EN, FOLDERS)


def test_weak_hits_are_folded_when_better_ones_are_there() -> None:
    weak = replace(HIT, match="weak", path="/home/ann/notes/weak.md")
    html = cards.results(answer(HIT, weak), State(q="x"), EN, FOLDERS)
    order = [html.index(part) for part in ("The plan", "1 weaker result", 'class="rest"', "weak.md")]
    assert order == sorted(order)
    by_date = cards.results(answer(weak, HIT), State(q="x", sort="date"), EN, FOLDERS)
    assert by_date.index("The plan") < by_date.index("1 weaker result") < by_date.index("weak.md")
    assert "weaker" not in cards.results(answer(weak), State(q="x"), EN, FOLDERS)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "has “tomatoes”"),
        ({"highlights": []}, "same meaning"),
        ({"highlights": [], "match": "weak"}, "found by meaning"),
        ({"highlights": [], "cosine": None}, "found by words"),
        ({"copies": ["/a"]}, "1 copy"),
        ({"copies": ["/a", "/b"]}, "2 copies"),
    ],
)
def test_a_card_says_why_it_is_there(changes: dict[str, object], said: str) -> None:
    assert said in cards.card(replace(HIT, **changes), State(), EN, FOLDERS)  # type: ignore[arg-type]


def test_hits_are_grouped_where_their_best_one_stands() -> None:
    hits = [
        replace(HIT, path=f"/n/{path}", kind=kind, date=date)
        for path, kind, date in (
            ("b/1.md", "md", "2026-01-05"),
            ("a/2.pdf", "pdf", "2026-03-01"),
            ("b/3.md", "md", "2026-03-09"),
        )
    ]

    def listed(group: str) -> list[str]:
        html = cards.results(answer(*hits), State(q="x", group=group), EN, ["/n"])
        return re.findall(r'data-path="/n/(\S+?)"|<h2 dir="auto">(.*?) <', html)

    assert listed("folder") == [("", "n/b/"), ("b/1.md", ""), ("b/3.md", ""), ("", "n/a/"), ("a/2.pdf", "")]
    assert [name for _, name in listed("type") if name] == ["Markdown", "PDF"]
    assert [name for _, name in listed("month") if name] == ["2026-03", "2026-01"]
    assert [path for path, _ in listed("")] == ["b/1.md", "a/2.pdf", "b/3.md"]


def test_more_results_are_a_link() -> None:
    html = cards.results(answer(HIT, total=30, files=30), State(q="x"), EN, FOLDERS)
    assert "n=11" in html and "1 of 30 results" in html


def test_chosen_filters_show_although_nothing_is_left_of_them() -> None:
    html = filters.chips(answer(facets={"type": {"md": 3}}), State(q="x", type=("pdf",)), EN)
    assert 'aria-current="true">PDF' in html and "Clear filters" in html
    html = filters.chips(answer(facets={"type": {"md": 3}}, facets_at_least=True), State(q="x"), EN)
    assert '<span class="n">3+</span>' in html


def test_date_and_language_chips_toggle() -> None:
    counts = {"language": {"de": 3, "en": 1}, "since": {"2026-03-03": 2, "2026-02-07": 0}}
    html = filters.chips(answer(facets=counts), State(q="x", lang="de"), EN, date(2026, 3, 10))
    assert 'aria-current="true">German' in html and "lang=en" in html and "since=2026-03-03" in html
    assert 'past week <span class="n">2</span>' in html and "past month" not in html
    html = filters.chips(answer(), State(q="x", since="2020-01-01"), EN, date(2026, 3, 10))
    assert 'aria-current="true">since 2020-01-01' in html and "past week" not in html


def test_one_folder_is_no_choice() -> None:
    html = filters.chips(answer(facets={"folder": {"/a/b": 3}}), State(q="x"), EN)
    assert "folder" not in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a title\nand a line", "a title\nand a line"),
        ("w" * 50 + "\nnext", "w" * 50 + " next"),
        ("w" * 50 + "\r\n", "w" * 50 + "\r "),
        ("", ""),
    ],
)
def test_wrapped_prose_flows_and_keeps_its_length(text: str, shown: str) -> None:
    assert cards.flowing(text) == shown
    assert len(cards.flowing(text)) == len(text)


def test_a_card_wastes_no_line_on_an_empty_one() -> None:
    shown = cards.snippet("@file\n \n\nRead options from it", [[9, 13]], replace(HIT, kind="man"))
    assert shown == '<p class="snippet" dir="auto">@file\n   <mark>Read</mark> options from it</p>'
