"""Documents in the preview: safe, at the right place, never heavier than a window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searcher.records import Mark
from ui.page import code, document, markdown, openers, pdfpage, table

EVIL = [
    ("<script>alert(1)</script>", "<script"),
    ("<img src=https://beacon.example/x.png>", "<img"),
    ("![b](https://beacon.example/x.png)", "<img"),
    ("[x](javascript:alert(1))", "href"),
    ("[x](data:text/html,<script>)", "href"),
    ("[x](vbscript:x)", "href"),
    ("[x](file:///etc/passwd)", "href"),
    ("<https://a.example>&<b onclick=x>", "<b"),
    ("[x]: javascript:alert(1)\n\n[x]", "href"),
    ("| a |\n|---|\n| <svg onload=x> |", "<svg"),
]


@pytest.mark.parametrize(("text", "never"), EVIL)
def test_markdown_stays_harmless(text: str, never: str) -> None:
    assert never not in markdown.rendered(text)


@given(
    st.lists(st.sampled_from(["[", "](", ")", "<", ">", "`", "\n", "# ", "|", "---", "http://[", "a", "~~"]))
)
def test_no_markdown_is_refused(pieces: list[str]) -> None:
    assert "<script" not in markdown.rendered("".join(pieces) + "<script>", here=(1, 2))


def test_markdown_renders_and_marks_the_passage() -> None:
    html = markdown.rendered("# One\n\nfirst\n\n- a\n- b\n\nlast", here=(5, 6))
    assert "<h1>One</h1>" in html
    assert '<ul class="here first">' in html
    assert html.count("here") == 1


def test_front_matter_is_no_heading_and_line_numbers_still_hold() -> None:
    html = markdown.rendered("---\ntitle: T\n---\n# One\n\nfirst", here=(6, 6))
    assert '<p class="front">title: T</p>' in html
    assert '<p class="here first">first</p>' in html


def test_code_is_coloured_and_numbered() -> None:
    text = "def f():\n    return '<b>'\n"
    html = code.numbered(text, first=7, here=(8, 8), spans=code.colours(text, "python"))
    assert '<span class="tk">def</span> <span class="tf">f</span>' in html
    assert "&lt;b&gt;" in html and "<b>" not in html
    assert 'class="here first"><span class="ln" aria-hidden="true">8<' in html


def test_a_string_over_several_lines_keeps_its_colour() -> None:
    text = '"""a\nb\nc"""'
    html = code.numbered(text, first=1, here=None, spans=code.colours(text, "python"))
    assert html.count('class="ts"') == 3


@pytest.mark.parametrize(("language", "path"), [("nonsense", "x.nonsense"), (None, ""), (None, "x")])
def test_an_unknown_language_has_no_colours(language: str | None, path: str) -> None:
    assert code.colours("x = 1", language, path) == []


def test_a_table_is_a_table_with_the_right_row_marked() -> None:
    html = table.rendered('name;note\nann;"two\nlines"\nbob;<i>', here=(4, 4))
    assert html and "<th>name</th>" in html and "&lt;i&gt;" in html
    assert html.index('class="here"') > html.index("ann")


def test_prose_is_no_table() -> None:
    assert table.rendered("Just a sentence.\nAnd another one.") is None


def test_a_long_text_is_cut_around_the_place() -> None:
    text = "\n".join(f"line {n}" for n in range(1, 5001))
    part = document.window(text, (3000, 3002))
    assert part.first <= 3000 <= part.first + 399
    assert part.text.split("\n")[3000 - part.first] == "line 3000"
    assert part.before and part.after
    assert document.window(text, (99999, 99999)).text.endswith("line 5000")


def test_page_text_comes_from_the_marks() -> None:
    marks = (Mark(0, page=1), Mark(4, page=2), Mark(8, page=2), Mark(12, page=3))
    assert document.page_text("one\ntwo\nTWO\nthree", marks, 2) == "two\n\nTWO\n"
    assert document.pages(marks) == 3


@pytest.mark.parametrize(
    ("text", "passage", "span"),
    [("a  b\nc d", "b c", (3, 6)), ("abc", "x", None), ("abc", "  ", None), ("äöü", "ö", (1, 2))],
)
def test_a_passage_is_found_whatever_its_white_space(text: str, passage: str, span: tuple | None) -> None:
    assert document.found(text, passage) == span


def test_running_text_is_escaped_and_marked() -> None:
    html = document.of_text("<a> here </a>", (4, 8))
    assert '<span class="here first">here</span>' in html and "&lt;a&gt;" in html


def test_editor_links_hold_the_line_and_quote_the_path() -> None:
    assert openers.editor_link("vscode", "/a b/ü.py", 7) == "vscode://file/a%20b/%C3%BC.py:7"
    assert openers.editor_link("system", "/a", 1) is None
    assert openers.editor_command("vim", "/a b'c", None) == "vim +1 -- '/a b'\"'\"'c'"


def test_a_pdf_page_is_drawn_and_a_broken_one_is_not(sample) -> None:
    image = pdfpage.picture(sample / "papers" / "beekeeping.pdf", 2)
    assert image is not None and image[8:12] == b"WEBP"
    assert pdfpage.picture(sample / "papers" / "damaged.pdf", 1) is None
    assert pdfpage.picture(sample / "papers" / "beekeeping.pdf", 999) is None
