"""Every state of the search page is a link, and every link, also a wrong one, is a state."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.page.paste import typed_path
from ui.page.state import Place, State, anchor, parse_anchor

STATES = [
    State(),
    State(q="wo ist der Schlüssel?", type=("pdf", "md"), folder="/a b/ä&ö", sort="date"),
    State(q="x", n=40, mode="words", lang="de", since="2024-01-01", doc="/f/a.py", at="L3-9"),
]


@pytest.mark.parametrize("state", STATES)
def test_a_link_gives_the_state_back(state: State) -> None:
    assert State.read(dict(parse_qsl(state.link()[1:]))) == state


NAMES = ["q", "type", "folder", "lang", "since", "sort", "mode", "n", "doc", "at"]


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_no_link_is_refused(params: dict[str, str]) -> None:
    state = State.read(params)
    assert 0 <= state.n <= 200
    assert state.mode in ("", "meaning", "words")
    parse_anchor(state.at)


def test_a_type_is_added_and_taken_away() -> None:
    state = State(q="x", type=("md",), n=30)
    assert State.read(dict(parse_qsl(state.toggled("pdf")[1:]))).type == ("md", "pdf")
    assert State.read(dict(parse_qsl(state.toggled("md")[1:]))).type == ()
    assert "n=" not in state.toggled("pdf")


@pytest.mark.parametrize(
    ("place", "at"),
    [
        (Place(page=3, ordinal=17), "p3c17"),
        (Place(page=3), "p3"),
        (Place(first=4, last=9), "L4-9"),
        (Place(first=4, last=4), "L4"),
        (Place(ordinal=0), "c0"),
        (Place(page=2, offset=70), "p2o70"),
        (Place(), ""),
    ],
)
def test_anchors(place: Place, at: str) -> None:
    assert anchor(place) == at
    assert parse_anchor(at) == place


@pytest.mark.parametrize(
    "at", ["p", "px", "L-3", "Lx-y", "\N{SUPERSCRIPT TWO}", "p\N{SUPERSCRIPT TWO}", "c4p3"]
)
def test_a_broken_anchor_says_nothing(at: str) -> None:
    assert parse_anchor(at) == Place()


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("  /a/b ", "/a/b"),
        ('"/a/b c"', "/a/b c"),
        ("'/a'", "/a"),
        ("file:///a/b%20c", "/a/b c"),
        ("", ""),
        ("'", "'"),
    ],
)
def test_pasted_paths(typed: str, path: str) -> None:
    assert typed_path(typed) == path
