"""Recent and saved searches and the brief survive a restart and a damaged file; exports are safe to open."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import docx
import pytest

from searcher.home import Home
from ui.page import memory, quote
from ui.page.brief import citation, document
from ui.page.memory import Memory, Pin, Quotation
from ui.page.strings import Words

EN = Words("en")
ITEM = Quotation("/n/a b.md", "L3-9", "Plan", "", "one\ntwo", "the plan?", "2026-03-01")


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path).create()


def test_what_is_kept_is_there_again(place: Home) -> None:
    memory.update(place, lambda m: memory.added(memory.toggled(memory.searched(m, "?q=a"), "?q=b"), ITEM))
    assert memory.load(place) == Memory(("?q=a",), ("?q=b",), (ITEM,))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"recent": 3, "brief": [1, {"path": 2}], "saved": [4]}'])
def test_a_damaged_file_is_an_empty_memory(place: Home, text: str) -> None:
    (place.root / "page.json").write_text(text)
    assert memory.load(place) == Memory()


def test_recent_searches_are_few_and_each_once() -> None:
    m = Memory()
    for n in [*range(30), 5]:
        m = memory.searched(m, f"?q={n}")
    assert len(m.recent) == 12 and m.recent[0] == "?q=5" and len(set(m.recent)) == 12


def test_the_same_place_is_kept_once_and_can_be_dropped() -> None:
    m = memory.added(memory.added(Memory(), ITEM), replace(ITEM, query="other"))
    assert [item.query for item in m.brief] == ["other"]
    assert memory.dropped(m, ITEM.path, ITEM.at).brief == ()


def test_notes_stay_with_their_passage_and_are_exported(place: Home) -> None:
    m = memory.noted(memory.added(Memory(), ITEM), ITEM.path, ITEM.at, "=Ask\nRuth")
    again = memory.update(place, lambda _: memory.added(m, replace(ITEM, query="other")))
    assert memory.load(place) == again and [item.note for item in again.brief] == ["=Ask\nRuth"]
    earlier = json.loads(place.page.read_text())
    del earlier["brief"][0]["note"]
    place.page.write_text(json.dumps(earlier))
    assert [item.note for item in memory.load(place).brief] == [""]
    assert "## 1. Plan\n\n=Ask\nRuth\n\n> one" in citation.markdown(
        again.brief, EN, title="B", base="http://x"
    )
    (row,) = csv.DictReader(io.StringIO(citation.table(again.brief, EN, base="http://x")))
    assert row["note"] == "'=Ask\nRuth"
    written = docx.Document(io.BytesIO(document.word(again.brief, EN, title="B", base="http://x")))
    assert [paragraph.text for paragraph in written.paragraphs][1:4] == ["1. Plan", "=Ask", "Ruth"]


def test_a_passage_moves_in_the_brief_and_stops_at_its_ends() -> None:
    m = Memory(brief=tuple(replace(ITEM, at=f"L{n}") for n in range(3)))
    up = memory.moved(m, ITEM.path, "L2", -1)
    assert [item.at for item in up.brief] == ["L0", "L2", "L1"]
    assert memory.moved(m, ITEM.path, "L0", -1) == m and memory.moved(m, ITEM.path, "L9", 1) == m


def test_word_opens_the_brief() -> None:
    hostile = replace(ITEM, title="A <b> & C", passage="one\x00\n=two")
    written = docx.Document(io.BytesIO(document.word([ITEM, hostile], EN, title="Brief", base="http://x:1/")))
    assert [paragraph.text for paragraph in written.paragraphs] == [
        *("Brief", "1. Plan", "one", "two", "/n/a b.md, lines 3–9"),
        *("2. A <b> & C", "one", "=two", "/n/a b.md, lines 3–9"),
    ]
    links = [relation.target_ref for relation in written.part.rels.values() if relation.is_external]
    assert links[0] == citation.link(ITEM, "http://x:1/")


@pytest.mark.parametrize(
    ("at", "where", "english", "german"),
    [
        ("L3-9", "lines 3–9", "lines 3–9", "Zeilen 3–9"),  # earlier versions kept what was shown then
        ("L3", "Zeile 3", "line 3", "Zeile 3"),
        ("p4c17", "página 4", "page 4", "Seite 4"),
        ("p4c17", "page iv", "page 4", "Seite 4"),
        ("c5", "slide 2, notes", "slide 2, notes", "Folie 2, Notizen"),
        ("c5", "attachment form.pdf, cell 3", "attachment form.pdf, cell 3", "Anhang form.pdf, Zelle 3"),
        ("c5", "Seeds!A1:B1", "Seeds!A1:B1", "Seeds!A1:B1"),
    ],
)
def test_where_a_passage_stands_is_said_in_the_language_of_now(
    at: str, where: str, english: str, german: str
) -> None:
    item = replace(ITEM, at=at, where=where)
    for said, w in ((english, EN), (german, Words("de"))):
        assert f", {said}\n" in citation.markdown([item], w, title="B", base="http://x")
        (row,) = csv.DictReader(io.StringIO(citation.table([item], w, base="http://x")))
        assert row["where"] == said
        written = docx.Document(io.BytesIO(document.word([item], w, title="B", base="http://x")))
        assert written.paragraphs[-1].text == f"/n/a b.md, {said}"


def test_a_document_is_pinned_and_no_longer(place: Home) -> None:
    pinned = memory.update(place, lambda m: memory.pinned(memory.pinned(m, "/a"), "/b"))
    assert pinned.pinned == (Pin("/b"), Pin("/a")) == memory.load(place).pinned
    assert memory.pinned(pinned, "/b").pinned == (Pin("/a"),)


def test_what_a_saved_search_brings_is_news_until_it_is_looked_at(place: Home) -> None:
    m = memory.looked_at(memory.toggled(Memory(), "?q=a"), "?q=a", ["/1", "/2"])
    assert memory.news(m, "?q=a", ["/2", "/3", "/4"]) == 2 and memory.news(m, "?q=b", ["/1"]) == 0
    looked = memory.looked_at(m, "?q=a", ["/3"])
    assert memory.news(memory.update(place, lambda _: looked), "?q=a", ["/3"]) == 0
    assert memory.load(place) == looked and memory.toggled(looked, "?q=a").seen == ()


def test_tabs_at_once_lose_nothing(place: Home) -> None:
    def keep(n: int) -> None:
        memory.update(place, lambda m: memory.added(m, replace(ITEM, at=f"L{n}")))

    threads = [Thread(target=keep, args=(n,)) for n in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.load(place).brief) == 20


def test_a_citation_names_its_source() -> None:
    cited = citation.citation("one\ntwo", "Title", "/a.md", "lines 3–4")
    assert cited == "> one\n> two\n>\n> — Title, /a.md, lines 3–4"


def test_the_markdown_links_back_to_the_spot() -> None:
    text = citation.markdown([ITEM], EN, title="Brief", base="http://127.0.0.1:8765/")
    address = text[text.rindex("<http") + 1 : text.rindex(">")]
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "q": ITEM.query,
        "doc": ITEM.path,
        "at": ITEM.at,
        "cite": quote.mark(ITEM.passage),
    }
    assert "> one\n> two" in text


def test_no_cell_of_the_csv_is_a_formula() -> None:
    text = citation.table([replace(ITEM, title="=HYPERLINK(1)", passage='a "b",\nc')], EN, base="http://x")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["title"] == "'=HYPERLINK(1)"
    assert rows[0]["passage"] == 'a "b",\nc'


SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\u200b=", "\ufeff@"]


@pytest.mark.parametrize(
    "sign", [*SIGNS, "\n=", "\t", "\r", " =", " " * 70 + "=", "\u2060=", "\xad+", "\u200e@"]
)
def test_nor_does_one_begin_like_a_formula_in_disguise(sign: str) -> None:
    text = citation.table([replace(ITEM, title=f"{sign}cmd", passage="a\r=cmd")], EN, base="http://x")
    row = next(csv.DictReader(io.StringIO(text, newline="")))
    assert row["title"] == f"'{sign}cmd" and row["passage"] == "a\r=cmd"  # quoted, so no row of its own
