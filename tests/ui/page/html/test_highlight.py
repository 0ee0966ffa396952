"""Whatever a file holds, the page shows it as text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.page.html.highlight import marked
from ui.page.html.safe import Html

SENTENCE = "The beds along the wall get the most light of all."

CASES = [
    ("plain text", [], "plain text"),
    ("a word here", [[2, 6]], "a <mark>word</mark> here"),
    ("one two", [[0, 3], [4, 7]], "<mark>one</mark> <mark>two</mark>"),
    ("overlap", [[0, 4], [2, 7]], "<mark>overlap</mark>"),
    ("clipped", [[-3, 2], [5, 99], [4, 2]], "<mark>cl</mark>ipp<mark>ed</mark>"),
    ("<b>&'\"", [], "&lt;b&gt;&amp;&#39;&#34;"),
    ("<i>", [[0, 2]], "<mark>&lt;i</mark>&gt;"),
    ("a\r\nb\rc\0", [], "a\nb\nc\ufffd"),
]


@pytest.mark.parametrize(("text", "highlights", "html"), CASES)
def test_words_are_marked_and_everything_is_escaped(text: str, highlights: list, html: str) -> None:
    assert marked(text, highlights) == html


def test_the_best_sentence_holds_its_words() -> None:
    html = marked(SENTENCE, [[0, len(SENTENCE)], [4, 8]])
    assert html.replace('</span><span class="sentence">', "").startswith(
        '<span class="sentence">The <mark>beds'
    )
    assert html.count("<mark>") == 1


def test_code_colours_and_marks_share_the_text() -> None:
    html = marked("def check(): pass", [[4, 9]], [(0, 3, "k"), (4, 9, "nf")])
    assert html == '<span class="k">def</span> <mark><span class="nf">check</span></mark>(): pass'


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(
    st.text(st.sampled_from("<>&\"'/ab :[]()!\n`$") | st.characters(exclude_categories=["Cs", "Cc"])),
    st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60))),
)
def test_any_text_comes_back_whole_and_makes_no_tag(text: str, highlights: list[tuple[int, int]]) -> None:
    seen = Seen()
    seen.feed(str(marked(text, highlights)))
    seen.close()
    assert seen.text == text
    assert seen.tags <= {"mark", "span"}


def test_text_closes_no_attribute() -> None:
    assert Html.escape('" onclick="x') == "&#34; onclick=&#34;x"
