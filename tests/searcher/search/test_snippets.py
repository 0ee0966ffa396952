"""Snippets: the right stretch, the right letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.search.snippets import excerpt, snippet


def marked(text: str, query: str, *, code: bool = False) -> list[str]:
    shown, spans = snippet(text, query, code=code)
    return [shown[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("The oxalic acid is trickled in.", "oxalic acid", ["oxalic", "acid"]),
        ("Die Straße ist gesperrt.", "strasse", ["Straße"]),
        ("A naïve café", "naive", ["naïve"]),
        ("绿茶不能用沸水冲泡。", "绿茶", ["绿茶"]),
        ("def verify_credentials(name):", "verify_credentials", ["verify_credentials"]),
        ("class HttpRequestHandler:", "request", ["HttpRequestHandler"]),
        ("<b>bold</b> & co", "bold", ["bold"]),
        ("nothing here", "elsewhere", []),
    ],
)
def test_marks(text: str, query: str, words: list[str]) -> None:
    assert marked(text, query) == words


def test_window_moves_to_the_words() -> None:
    filler = "This sentence says nothing of interest at all. " * 30
    shown, _ = snippet(filler + "The walrus sleeps on the ice. " + filler, "where does the walrus sleep")
    assert "walrus" in shown
    assert len(shown) < 800


def test_code_keeps_whole_lines() -> None:
    lines = [f"    value_{number} = compute({number})" for number in range(60)]
    shown, _ = snippet("\n".join(lines), "value_40", code=True)
    assert set(shown.split("\n")) <= {line.strip() for line in lines}
    assert any("value_40" in line for line in shown.split("\n"))


@given(st.text(max_size=2000), st.text(max_size=40), st.booleans())
def test_spans_lie_in_the_snippet_in_order(text: str, query: str, code: bool) -> None:
    shown, spans = snippet(text, query, code=code)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(shown) for start, end in spans)


def test_an_excerpt_begins_where_the_words_are() -> None:
    text = "# Harbour\n\nBoats lie here.\nThe crane lifts ten tons.\nTides are high.\n"
    found = excerpt(text, "crane", kind="md")
    assert (found.line, found.text.splitlines()[0]) == (3, "The crane lifts ten tons.")


def test_code_begins_with_its_definition() -> None:
    text = "import os\nimport sys\n\n    def verify(name, secret):\n        return check(name, secret)\n"
    for query in ("wo werden Zugangsdaten geprüft", "verify"):
        found = excerpt(text, query, kind="code")
        assert found.line == 3 and found.text.startswith("def verify")


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("**bold** and `code` and [a link](http://x.example)", "bold and code and a link"),
        ("| a | b |\n|---|---|\n| c | d |", "a · b\nc · d"),
        ("## Heading\n\nText <br> here", "Heading\n\nText  here"),
        ("---\ntitle: x\n---\nThe text.", "The text."),
    ],
)
def test_markup_is_shown_as_text(markup: str, plain: str) -> None:
    assert excerpt(markup, "", kind="md").text == plain


def test_markup_of_other_kinds_is_what_is_written() -> None:
    assert excerpt("a | b **c**", "", kind="txt").text == "a | b **c**"
