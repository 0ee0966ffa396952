"""Widgets that store: what was entered and nothing else, whatever becomes of their state."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from searcher.home import Home
from ui.service import use


@pytest.fixture(autouse=True)
def _home(tmp_path: Path) -> None:
    use(Home(tmp_path / "home").create())


def _page() -> None:
    import streamlit as st

    from ui.page import choices

    kept = st.session_state
    kept.setdefault("written", [])
    kept.setdefault("limit", 25)
    kept.setdefault("mode", "words")
    labels = (
        {"hybrid": "beides", "words": "Wörter"} if "german" in kept else {"hybrid": "both", "words": "words"}
    )

    def store(name, value):  # type: ignore[no-untyped-def]
        kept["written"] = [*kept["written"], (name, value)]
        if "refused" not in kept:
            kept[name] = value

    if "hidden" not in kept:
        limit, mode = kept["limit"], kept["mode"]
        choices.stored(st.number_input, "n", limit, lambda v: store("limit", v), key="set-limit", min_value=0)
        choices.stored_choice("m", labels, mode, lambda v: store("mode", v), key="set-mode")


def test_a_widget_that_was_away_or_speaks_another_language_writes_nothing() -> None:
    test = AppTest.from_function(_page).run()
    for name in ("hidden", "german"):
        test.session_state[name] = True
        test.run()
        if name == "hidden":
            del test.session_state[name]
            test.run()
    assert not test.exception
    assert test.session_state["written"] == []
    assert test.number_input[0].value == 25 and test.selectbox[0].value == "words"


def test_what_is_entered_is_written_once_and_a_change_from_elsewhere_is_shown() -> None:
    test = AppTest.from_function(_page).run()
    test.number_input[0].set_value(7).run().run()
    test.selectbox[0].set_value("hybrid").run().run()
    assert test.session_state["written"] == [("limit", 7), ("mode", "hybrid")]
    test.session_state["limit"] = 40
    test.run()
    assert test.number_input[0].value == 40 and len(test.session_state["written"]) == 2


def test_what_is_refused_is_taken_back() -> None:
    test = AppTest.from_function(_page).run()
    test.session_state["refused"] = True
    test.number_input[0].set_value(7).run().run()
    assert test.number_input[0].value == 25
    assert test.session_state["written"] == [("limit", 7)]
