"""The page's script on a real index: each page and each state draws what it should, without an exception."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import indexer
from indexer.care import growth
from indexer.catalogue import Catalogue
from searcher import folders
from searcher.home import Home
from searcher.records import Answer
from searcher.settings import Settings
from searcher.settings_file import change
from tests.shared import spare_labels
from ui.page import memory
from ui.page.search import page
from ui.page.search.page import ask
from ui.service import use

App = Callable[..., AppTest]


def html(test: AppTest) -> str:
    assert not test.exception
    shown = "\n".join(element.proto.body for element in test.get("html"))
    assert "error crash" not in shown
    return shown


def test_the_empty_page_has_a_box_and_says_what_it_is_for(app: App) -> None:
    test = app()
    assert test.text_input(key="q").value == ""
    assert "Search by meaning" in html(test)


def test_a_link_with_a_query_answers_it(app: App) -> None:
    test = app(q="how do I feed the sourdough starter")
    assert test.text_input(key="q").value == "how do I feed the sourdough starter"
    shown = html(test)
    assert shown.index("sourdough.md") < shown.index("hit", shown.index("sourdough.md"))
    assert "<mark>" in shown


def test_typing_answers_and_fills_the_address(app: App) -> None:
    test = app()
    test.text_input(key="q").set_value("what happens when bees swarm").run()
    assert 'data-q="what happens when bees swarm"' in html(test)


def test_filters_of_the_link_hold(app: App) -> None:
    shown = html(app(q="garden and kitchen", type="pdf"))
    assert "beekeeping.pdf" in shown and "sourdough.md" not in shown


@pytest.mark.parametrize(
    "params",
    [
        {"q": "x" * 3000},
        {"q": "a", "n": "-4", "sort": "nonsense", "mode": "nonsense"},
        {"q": "a", "type": "nonsense"},
        {"q": "a", "since": "nonsense"},
        {"q": "a", "folder": "/nowhere"},
        {"q": '"unclosed type:'},
        {"q": "😀 \u200b <b>"},
        {"doc": "/etc/passwd", "at": "L1"},
        {"q": "a", "doc": "\x00", "at": "p99999999"},
    ],
)
def test_no_link_breaks_the_page(app: App, params: dict[str, str]) -> None:
    html(app(**params))


def test_the_open_document_shows_at_its_place(app: App, folder: Path) -> None:
    path = folder / "code" / "accounts.py"
    shown = html(app(q="credentials", doc=str(path), at="L3-5"))
    assert '<ol class="code"' in shown and shown.count('class="here') == 3


def test_a_pdf_shows_its_page(app: App, folder: Path) -> None:
    path = folder / "papers" / "beekeeping.pdf"
    shown = html(app(q="bees", doc=str(path), at="p2"))
    assert "Page 2 of" in shown and "data:image/webp;base64," in shown


def test_the_library_lists_folders_and_failures(app: App, folder: Path) -> None:
    shown = html(app("library"))
    assert str(folder) in shown
    assert "damaged.pdf" in shown and "empty.txt" in shown
    # whoever opens one is told the same
    unread = html(app(q="bees", doc=str(folder / "papers" / "damaged.pdf")))
    assert "damaged.pdf&#39; cannot be read: the pdf file is damaged" in unread


def test_a_folder_that_is_none_is_refused_with_its_reason(app: App) -> None:
    test = app("library")
    test.text_input(key="library-path").set_value("/nowhere/at/all").run()
    assert "/nowhere/at/all" in html(test)
    next(button for button in test.button if button.key == "library-add").click().run()
    assert "/nowhere/at/all" in html(test)
    assert "/nowhere/at/all" not in [folder.path for folder in folders.load(Home.locate())]


def test_what_nobody_expected_costs_its_part_of_the_page(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.page.search.cards.results", None)
    test = app(q="sourdough")
    assert not test.exception
    shown = "\n".join(element.proto.body for element in test.get("html"))
    report = shown.split("the report is ")[1].split(".txt")[0] + ".txt"
    assert "TypeError" in shown and "TypeError" in Path(report).read_text()
    assert test.text_input(key="q").value == "sourdough"


def test_broken_settings_are_named_on_every_page(app: App, indexed: Home) -> None:
    before = indexed.settings.read_text() if indexed.settings.exists() else ""
    indexed.settings.write_text('limit = "many"\n')
    try:
        test = app(q="sourdough")
        assert not test.exception
        assert "searcher settings reset limit" in "\n".join(
            element.proto.body for element in test.get("html")
        )
    finally:
        indexed.settings.write_text(before)


def test_insight_counts_the_documents(app: App) -> None:
    shown = html(app("insight"))
    assert "Markdown" in shown and "PDF" in shown and "German" in shown and "Python" in shown
    answers = shown.split("Not searched, and why")[1]
    assert "the file is empty" in answers and "Largest files" in answers and "beekeeping.pdf" in answers


def test_settings_are_written_at_once(app: App, indexed: Home) -> None:
    test = app("settings")
    try:
        next(box for box in test.selectbox if box.key.startswith("set-editor-")).set_value("zed").run()
        html(test)
        assert Settings.load(indexed).editor == "zed"
        next(box for box in test.number_input if box.key.startswith("set-mass_passages")).set_value(8).run()
        next(box for box in test.text_input if box.key.startswith("set-embed_first")).set_value("work").run()
        html(test)
        assert (Settings.load(indexed).mass_passages, Settings.load(indexed).embed_first) == (8, "work")
    finally:
        change(indexed, editor=None, mass_passages=None, embed_first=None)


def test_the_library_says_that_the_index_cannot_be_read(app: App, sample_home: Home) -> None:
    assert 'role="alert"' not in html(app("library"))
    for manifest in sample_home.index.rglob("*.manifest"):
        manifest.write_bytes(b"broken")
    use(sample_home)
    shown = html(app("library"))
    assert 'role="alert"' in shown and "the index cannot be read" in shown


def test_the_library_says_what_is_found_by_words_alone(app: App, sample_home: Home, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    rows = "".join(f"pump{n},a pump of hall {n % 9} that was oiled in week {n % 52}\n" for n in range(90))
    (tmp_path / "tables" / "pumps.csv").write_text(f"name,what\n{rows}")
    letter = "The bridge is closed in May. Walkers take the ferry instead. Dogs are free. "
    for name, end in (("letter", "Meet at <i>nine</i>."), ("letter v2", "Meet at ten.")):
        (tmp_path / "tables" / f"{name}.md").write_text(f"{letter}{end}\n")
    os.utime(tmp_path / "tables" / "letter.md", (1, 1))
    folders.add(sample_home, tmp_path / "tables")
    spare_labels(sample_home, 60)
    indexer.index(sample_home, Settings(mass_passages=1))
    use(sample_home)
    passages = use(sample_home).status()["by_words"]
    assert passages > 1
    hint = f"{passages} passages of tables, logs, JSON and generated code are found by their words alone"
    assert f"{hint}: of each such file 1 passages" in html(app("library"))
    shown = html(app("insight"))
    differs = shown.split("Versions of one document")[1]
    assert differs.index("letter v2.md") < differs.index(">letter.md") and "% the same" in differs
    assert '"new" dir="auto">+ Meet at ten.<' in differs and "− Meet at &lt;i&gt;nine&lt;/i&gt;.<" in differs
    (day,) = growth.read(sample_home)
    assert day.files == use(sample_home).status()["files"]["indexed"] and f"{day.files} files" in shown
    with closing(Catalogue(sample_home, write=False)) as catalogue:
        for later in (1, 1):
            growth.note(sample_home, catalogue, date.fromisoformat(day.day) + timedelta(later))
    assert [one.files for one in growth.read(sample_home)] == [day.files, day.files]
    assert "a curve is drawn" in shown and "a curve is drawn" not in html(app("insight"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ("Nach Bedeutung suchen", "Einstellungen", "Nicht lesbar", "die Datei ist leer")),
        ("es", ("Buscar por significado", "Ajustes", "No se pudieron leer", "el archivo está vacío")),
    ],
)
def test_the_page_speaks_other_languages(
    app: App, indexed: Home, language: str, said: tuple[str, ...]
) -> None:
    change(indexed, language=language)
    try:
        assert said[0] in html(app())
        assert said[1] in html(app("settings"))
        shown = html(app("library"))
        assert said[2] in shown and said[3] in shown
    finally:
        change(indexed, language=None)


def test_the_brief_says_what_is_still_so(app: App, indexed: Home, folder: Path) -> None:
    text = "Keep fifty grams of starter in the fridge."
    for path, passage in ((folder / "notes/sourdough.md", text), (folder / "notes/gone.md", "x")):
        item = memory.Quotation(str(path), "L9", "T", "line 9", passage, "starter", "2026-01-01")
        memory.update(indexed, lambda m, item=item: memory.added(m, item))
    try:
        test = app("brief")
        shown = html(test)
        assert 'class="verdict same"' in shown and 'class="verdict gone"' in shown
        test.text_area[0].set_value("Ask Ruth =first").run()
        assert [item.note for item in memory.load(indexed).brief] == ["Ask Ruth =first", ""]
        [button for button in test.button if (button.key or "").startswith("drop-")][1].click().run()
        assert [item.note for item in memory.load(indexed).brief] == ["Ask Ruth =first"]
    finally:
        memory.update(indexed, lambda m: memory.Memory())


def test_a_fresh_home_asks_for_a_folder(
    app: App, home: Home, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(home)
    monkeypatch.setenv("HOME", str(sample.parent / "me"))
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)  # nothing is fetched: no indexer runs
    notes = sample.parent / "me" / "Notes"
    notes.mkdir(parents=True)
    (notes / "a.md").write_text("# A\n\nA note.\n")
    test = app()
    assert "Search your own files" in html(test)
    offered = next(button for button in test.button if button.key == "first-place-0")
    assert offered.label.startswith("Notes · ")
    offered.click().run()
    assert test.text_input(key="first-path").value == str(notes) and "1 file" in html(test)
    test.text_input(key="first-path").set_value(f'"{sample}"').run()
    assert "under a minute to index" in html(test)
    # each model with what it costs for this folder; a choice is kept, and taken back
    offered, costs = test.radio[0], test.radio[0].proto.captions
    assert offered.value == "qwen3-0.6b" and "on this machine" in costs[0] and "639 MB to fetch" in costs[1]
    assert all("tokens/s" in cost and "this folder: " in cost for cost in costs)
    offered.set_value("starter").run()
    assert Settings.load(home).model == "starter"
    test.radio[0].set_value("qwen3-0.6b").run()
    assert Settings.load(home).model == ""
    next(button for button in test.button if button.key == "first-add").click().run()
    assert test.text_input(key="q").value == ""
    test.text_input(key="q").set_value("sourdough").run()
    assert "The first files are being read" in html(test) and "notice error" not in html(test)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("accounts", "place"),
        ("damaged", "not in the index"),
        ("nothing-like-this", "is its folder added?"),
        ("/nowhere/x.md", "no such file"),
    ],
)
def test_where_is_my_file(app: App, typed: str, said: str) -> None:
    test = app(q="how do I feed the sourdough starter")
    test.text_input(key="expected").set_value(typed).run()
    assert said in html(test)


def test_what_changes_while_the_first_results_are_asked_for_is_shown(
    app: App, sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "more").mkdir()
    note = tmp_path / "more" / "zebra.md"
    folders.add(sample_home, tmp_path / "more")
    os.utime(sample_home.folders, (1, 1))
    use(sample_home)

    def asked(*given: Any, **options: Any) -> Answer:
        """As ever, but a note comes before the answer is drawn."""
        answer = ask(*given, **options)
        if not note.exists():
            note.write_text("# Zebra crossing\n\nPaint it again in May.\n")
            indexer.index(sample_home, Settings())
        return answer

    monkeypatch.setattr(page, "ask", asked)
    test = app(q="zebra crossing paint")
    assert "zebra.md" not in html(test)
    assert test.session_state["searcher"].looks > 0, "nobody will ask again"
    assert "zebra.md" in html(test.run())


def test_similar_documents_are_links_and_unrelated_ones_are_not_shown(
    app: App, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "notes" / "sourdough.md"
    assert 'class="similar"' not in html(app(q="starter", doc=str(path), at="L9-11"))
    monkeypatch.setattr("searcher.search.labels.RELATED", -1.0)  # so that there are some
    shown = html(app(q="starter", doc=str(path), at="L9-11"))
    assert shown.split('class="similar"')[1].count("<li>") == 5
    shown = html(app(like=str(path)))
    assert (
        "like sourdough.md" in shown
        and shown.count('<li class="hit') > 5
        and f'data-path="{path}"' not in shown
    )
