"""Phrases and the ways in which a text may write them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.text.phrases import Phrase, _readings, holds


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Every skipper pays the winter\nstorage fee", "winter storage fee"),
        ("# the retry budget is\n# shared by all workers", "retry budget is shared"),
        ("We don’t lend. It’s the captain’s spare—always.", "don't lend. It's the captain's spare"),
        ("kostet 450\u00a0Euro, zahlbar am 1.\u00a0April", "450 Euro"),
        (unicodedata.normalize("NFD", "Die Fähre nach Föhr"), "Fähre nach Föhr"),
        ("The break\u00adwater needs", "breakwater needs"),
        ("double  space   here", "double space here"),
        ("a co‑operative approach", "co-operative approach"),
        ("a co-operative approach", "cooperative approach"),
        ("A well-\nknown pilot", "well-known pilot"),
        ("A wellknown pilot", "well-known pilot"),
        ("Vor-\nund Nachteile", "Vor- und Nachteile"),
        ("the state-of-the-\nart office", "state-of-the-art office"),
        ("Herr Müller wohnt", "Herr Mueller"),
        ("Herr Mueller wohnt", "Herr Müller"),
        ("绿茶不能用\n沸水冲泡", "不能用沸水"),
        ("we use C++ here", "C++ here"),
    ],
)
def test_a_phrase_is_there(text: str, phrase: str) -> None:
    assert holds(text, phrase)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [("start the diesel", "art the"), ("we use C here", "C++ here"), ("winter or storage", "winter storage")],
)
def test_a_phrase_is_not_there(text: str, phrase: str) -> None:
    assert not holds(text, phrase)


@given(st.text(), st.text(), st.text())
def test_any_text(before: str, phrase: str, after: str) -> None:
    holds(f"{before} {phrase} {after}", phrase)


_SIGNS = st.text(st.sampled_from("abAB12 \n-_+#.,'`\u00a0ü"), max_size=14)


@given(_SIGNS, _SIGNS, _SIGNS)
def test_what_is_dismissed_early_is_not_there(before: str, phrase: str, after: str) -> None:
    text = f"{before}{phrase}{after}"
    read = {one for one in _readings(phrase) if one}
    there = any(f" {one} " in f" {other} " for one in read for other in _readings(text))
    assert Phrase.of(phrase).is_in(text) == there
