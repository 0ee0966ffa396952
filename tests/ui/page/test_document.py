"""Documents in the preview: safe, at the right place, never heavier than a window."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.chunking import syntax
from indexer.formats import Limits
from indexer.formats.reading import extract_bytes
from searcher.records import Document, Mark
from searcher.search.snippets import spoken, spoken_places
from ui.page import openers, quote
from ui.page.html import code, document, finding, markdown, outline, prose, table
from ui.viewing import _view

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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- [ ] milk\n- [x] bread", "<li>☐ milk</li>\n<li>☑ bread</li>"),
        ("[ ] no list", "<p>[ ] no list</p>"),
        ("> [!warning] Take care\n> now", '<blockquote class="callout warning">\n<p>Take care\nnow</p>'),
        ("> [!note]\n> now", '<blockquote class="callout">\n<p>Note\nnow</p>'),
        ("see [[Plan of <b>|the plan]] and [[Other]]", "<p>see the plan and Other</p>"),
        ("`[[code]]`", "<code>[[code]]</code>"),
        ("[[<img src=x>]]", "&lt;img src=x&gt;"),
    ],
)
def test_what_notes_have_beyond_markdown(text: str, shown: str) -> None:
    assert shown in markdown.rendered(text)


def test_pictures_of_the_library_are_shown_and_no_others() -> None:
    def shown(text: str) -> str:
        allowed = {"/notes/img/a b.png", "/notes/c.png", "/d.png"}
        return markdown.rendered(text, path="/notes/n.md", shown=allowed.__contains__)

    picture = '<img class="picture" loading="lazy" alt="{}" src="/api/picture?path={}">'
    for text, alt, path in [
        ('![x"><b>](img/a%20b.png "title")', "x&#34;&gt;&lt;b&gt;", "%2Fnotes%2Fimg%2Fa+b.png"),
        ("![](<./img/../c.png?x#y>)", "", "%2Fnotes%2Fc.png"),
        ("![d](../d.png)", "d", "%2Fd.png"),
        ("see ![[img/a b.png|300]] there", "img/a b.png", "%2Fnotes%2Fimg%2Fa+b.png"),
        ("![[c.png|<i>]]", "&lt;i&gt;", "%2Fnotes%2Fc.png"),
    ]:
        assert picture.format(alt, path) in shown(text)
    elsewhere = ["/d.png", "//host/c.png", "https://a.example/c.png", "file:///d.png", "data:image/png,c.png"]
    for target in [*elsewhere, "e.png", "../../../etc/d.png", "c.png%00", "", "http://[", "%5c%5chost/c.png"]:
        assert "<img" not in shown(f"![x]({target}) ![[{target}]]")
    assert "<p>see e.png</p>" in shown("see ![[e.png]]")
    assert '<p><span class="image">x</span></p>' in shown("![x](e.png)")
    assert shown("![x](c.png)\n" * 90).count("<img") == 60
    assert '<a title="c.md">c</a>' in shown("[c](c.md)") and "href" not in shown("[c](//a.example)")


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


@pytest.mark.parametrize("before", [0, 12_000])
@pytest.mark.parametrize(
    ("name", "function", "comment", "string"),
    [
        ("a.py", "def f(x):\n    return 'y'", ('"""', '"""'), ('x = """', '"""')),
        ("a.js", "function f(x) {\n  return 'y'\n}", ("/*", "*/"), ("const x = `", "`")),
        ("a.c", "int f(int x) {\n  return 'y';\n}", ("/*", "*/"), ('#define x "\\', '"')),
        ("a.php", "function f($x) {\n  return 'y';\n}", ("/*", "*/"), ("$x = '", "';")),
    ],
)
def test_colours_are_right_where_a_window_begins_in_a_string_or_a_comment(
    name: str, function: str, comment: tuple[str, str], string: tuple[str, str], before: int
) -> None:
    """Also so far down that the file is not looked at from its beginning."""
    end = " \\" if name == "a.c" else ""  # of each line of a string
    for opens, closes in (comment, string):
        far = ("in the garden\n" * before).join(comment)
        lines = [*["<?php"] * (name == "a.php"), far, function, function, opens]
        lines += [f"return if it is {n}{end if (opens, closes) == string else ''}" for n in range(400)]
        text = "\n".join([*lines, closes, *[function] * 200])
        read = extract_bytes(name, text.encode(), Limits())
        view = _view(name, replace(read, blocks=syntax.outline(read, name)), None, None)
        at = text[: text.index("it is 300")].count("\n") + 1
        part = document.window(text, (at, at))
        html = document.of_lines(
            part,
            whole=text,
            kind=view.kind,
            language=view.language,
            path=name,
            here=None,
            definitions=[mark.start for mark in view.marks],
        )
        rows = html.split("<li>")[1:]
        assert "it is" in rows[0] and len(rows) == 400
        inside = [row for row in rows if "it is" in row]
        assert all(re.search(r'<code><span class="t[sc]">return if it is \d+', row) for row in inside)
        after = "".join(rows[-5:]).replace('</span><span class="ts">', "")
        assert '<span class="tk">return</span> <span class="ts">&#39;y&#39;</span>' in after


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


def test_a_page_and_its_text_come_from_the_marks() -> None:
    marks = (Mark(0, page=1), Mark(4, page=2), Mark(8, page=2), Mark(12, page=3))
    assert document.page_span("one\ntwo\nTWO\nthree", marks, 2) == (4, 12)
    assert document.page_span("one", marks, 9) == (0, 0)
    # also behind millions of characters
    long = Document("x" * 3_000_000 + "end", "pdf", marks=(Mark(0, page=1), Mark(3_000_000, page=2)))
    view = _view("long.pdf", long, None, None)
    assert view.text[slice(*document.page_span(view.text, view.marks, 2))] == "end"
    assert document.page_at(marks, 11) == 2
    assert document.pages(marks) == 3


def test_lines_of_a_stretch() -> None:
    assert document.lines_of("a\nbc\nd", (2, 4)) == (2, 2)
    assert document.lines_of("a\nbc\nd", (0, 6)) == (1, 3)
    assert document.lines_of("a\nbc\nd", (0, 2)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "passage", "span"),
    [
        ("a  b\nc d", "b c", (3, 6)),
        ("abc", "x", None),
        ("abc", "  ", None),
        ("äöü", "ö", (1, 2)),
        ("one\u3000two\x1fthree", "two three", (4, 13)),
        ("long sentence", "long sen…", (0, 8)),
        ("😀 \ud800", "\ud800", (2, 3)),
        ("ab", "abc", None),
    ],
)
def test_a_passage_is_found_whatever_its_white_space(text: str, passage: str, span: tuple | None) -> None:
    assert quote.find(text, passage) == span


MARKED_UP = """# Boats

> 1. **Rowed.** See [the `list`](boats.md "all") and [[oars|long oars]]: they lie *here*, under __the roof__.

| boat | year |
|---|---|
| Ada | 1912 |
"""


def test_a_passage_of_markdown_is_found_as_its_snippet_says_it() -> None:
    rowed = "1. Rowed. See the list and long oars: they lie *here*, under the roof."
    said = f"Boats\n\n{rowed}\nboat · year\nAda · 1912"
    assert spoken(MARKED_UP, "md") == said
    text = f"# Another\n\n{MARKED_UP}\nMore **of** it."
    for passage in (said, "1. Rowed. See the list…", "under the roof.", "boat · year"):
        span = quote.find(text, passage, "md")
        assert span and spoken(text[slice(*span)], "md").startswith(passage.removesuffix("…").split()[0])
        assert quote.find(text, passage, "txt") is None or passage in text
    assert quote.find(text.replace("long oars", "short oars"), said, "md") is None


@given(st.text("ab*_`#>|[]()!- \n<"))
def test_each_letter_that_a_snippet_leaves_has_its_place(text: str) -> None:
    plain, places = spoken_places(text, "md")
    assert len(plain) == len(places) and list(places) == sorted(places)
    assert (plain.strip() or "…") == spoken(text, "md")
    assert all(text[at] == letter for letter, at in zip(plain, places, strict=True) if letter not in " ·")


@given(st.text(), st.text(min_size=1), st.text())
def test_a_quotation_is_found_again_wherever_it_stands(before: str, passage: str, after: str) -> None:
    known = quote.mark(passage)
    if not passage.removesuffix("…").strip():
        assert known == "" and quote.located(before + passage, known) is None
        return
    span = quote.located(before + passage + after, known)
    assert span is not None
    found = (before + passage + after)[slice(*span)]
    assert "".join(found.split()) == "".join(passage.removesuffix("…").split())


@pytest.mark.parametrize("broken", ["", "x", "0.0000000000000000", "9" * 30, "1.zzzzzzzzzzzzzzzz", "٣.00"])
def test_a_broken_quotation_is_found_nowhere(broken: str) -> None:
    assert quote.located("text", broken) is None


def test_running_text_is_escaped_and_marked() -> None:
    html = prose.rendered("<a> here </a>", (), (4, 8))
    assert '<span class="here">here</span>' in html and "&lt;a&gt;" in html
    # pictures of a web page stand where it has them, those of the library alone
    page = b"<p>One <img src='a%20b.png' alt='<i>'> more</p><img src=http://x/y.png><p>two</p><img src=c.png>"
    document = extract_bytes("page.html", page, Limits())
    files = prose.Embedded("/n/page.html", {"/n/a b.png", "/n/c.png"}.__contains__, document.pictures)
    html = prose.rendered(document.text, document.marks, None, files=files)
    parts = re.split(r"<p><img class=.picture. loading=.lazy. ([^>]+)></p>", html.removesuffix("</div>"))
    assert [re.sub("<[^>]+>", "", part) for part in parts[::2]] == ["One more", "two", ""]
    assert [part.partition("src=")[2] for part in parts[1::2]] == [
        '"/api/picture?path=%2Fn%2Fa+b.png"',
        '"/api/picture?path=%2Fn%2Fc.png"',
    ]
    assert 'alt="&lt;i&gt;"' in parts[1]


LEASE = "Lease\nOf the house.\n\nItem | Price\nroof | 3\n<b> | 4\n\nThe end."
LEASE_MARKS = (
    Mark(0, heading=("Lease",)),
    Mark(LEASE.index("Item"), heading=("Lease",)),
    Mark(LEASE.index("roof"), heading=("Lease",), table_header="Item | Price"),
    Mark(LEASE.index("The end"), heading=("Lease",)),
)


def test_headings_and_tables_of_a_made_text_are_shown_as_such() -> None:
    at = LEASE.index("<b>")
    html = prose.rendered(LEASE, LEASE_MARKS, (at, at + 7))
    assert "<h3>Lease</h3>" in html
    assert "<tr><th>Item</th><th>Price</th></tr><tr><td>roof</td><td>3</td></tr>" in html
    assert '<tr class="here"><td>&lt;b&gt;</td><td>4</td></tr>' in html
    assert html.count("Item") == 1 and html.count("here") == 1
    assert html.endswith('<div class="prose">The end.</div></div>')


def test_cells_of_code_have_colours_and_what_they_printed_has_none() -> None:
    text = "for all\n\ndef f(): '<b>'\n\n3 for\n\nif <i>\n\n---\n# A <b>\n\n![p](p.png) *so*\n![q](//q/q.png)"
    marks = [
        Mark(0, anchor="cell 1"),
        Mark(9, anchor="cell 2", language="python"),
        Mark(25, anchor="cell 2, output"),
        Mark(32, anchor="cell 3", language=""),
        Mark(40, anchor="cell 4", language="markdown"),
    ]
    html = prose.rendered(text, marks, (9, 14))
    assert '<div class="prose">for all</div>' in html and '<div class="prose">3 for</div>' in html
    assert '<span class="here"><span class="tk">def</span> <span class="tf">f</span></span>():' in html
    assert '<pre class="cell" dir="ltr">if &lt;i&gt;</pre>' in html and html.count("here") == 1
    # notes between them are Markdown, with the pictures of the library
    files = prose.Embedded("/n/a.ipynb", {"/n/p.png"}.__contains__)
    html = prose.rendered(text, marks, (text.index("so"), text.index("so") + 2), files=files)
    assert "<hr />\n<h1>A &lt;b&gt;</h1>" in html and html.count("here") == 1
    assert '<p class="here first"><img class="picture" loading="lazy" alt="p"' in html
    assert '<em>so</em>\n<span class="image">q</span>' in html


def test_a_sheet_is_a_table_under_its_name() -> None:
    text = "Plant | Sown\nbean | May\n\nTool | Price\nspade | 3\n"
    marks = (
        Mark(0, heading=("Seeds",), anchor="Seeds!A1:B1"),
        Mark(13, heading=("Seeds",), anchor="Seeds!A2:B2", table_header="Plant | Sown"),
        Mark(25, heading=("Tools",), anchor="Tools!A1:B1"),
        Mark(38, heading=("Tools",), anchor="Tools!A2:B2", table_header="Tool | Price"),
    )
    html = prose.rendered(text, marks, (13, 23), sheets=True)
    assert html.count("<table>") == 2 and html.count("<th>") == 4
    assert '<tr class="here"><td>bean</td><td>May</td></tr>' in html
    assert html.index("Seeds") < html.index("Plant") < html.index("Tools") < html.index("spade")


def test_a_long_text_is_cut_around_its_passage() -> None:
    text = "\n".join(f"line {n}" for n in range(9000))
    at = text.index("line 5000\n")
    html = prose.rendered(text, (), (at, at + 9))
    assert '<span class="here">line 5000</span>' in html
    assert len(html) < 20_000
    first, last = prose.window(text, (at, at + 9))
    assert text[first - 1] == text[last] == "\n", "whole lines"


def test_an_outline_has_headings_symbols_or_what_is_counted() -> None:
    def listed(*marks: Mark) -> list[tuple[str, int, int]]:
        return [(one.title, one.depth, one.start) for one in outline.entries(marks)]

    a, b = ("A",), ("A", "B")
    table = Mark(9, heading=b, table_header="x")
    assert listed(
        Mark(0, heading=a), Mark(5, heading=b), table, Mark(12, heading=a), Mark(15, heading=("C",))
    ) == [
        ("A", 0, 0),
        ("B", 1, 5),
        ("C", 0, 15),
    ]
    assert listed(Mark(0, symbol="Stack"), Mark(8, symbol="Stack.push")) == [("Stack", 0, 0), ("push", 1, 8)]
    assert listed(Mark(0, anchor="slide 1"), Mark(8, anchor="slide 2")) == [
        ("slide 1", 0, 0),
        ("slide 2", 0, 8),
    ]
    assert [one.page for one in outline.entries([Mark(0, page=1), Mark(4, page=1), Mark(8, page=2)])] == [
        1,
        2,
    ]
    assert listed(Mark(0, heading=a)) == []


def test_what_is_looked_for_in_a_document() -> None:
    text = "Roof tiles.\nThe ROOF\ntiles (old) and rooftop."
    assert [text[a:b] for a, b in finding.matches(text, "roof  tiles")] == ["Roof tiles", "ROOF\ntiles"]
    assert finding.matches(text, "(old)") == [(27, 32)] and finding.matches(text, " ") == []
    found = finding.matches(text, "roof")
    assert [finding.chosen(found, *given) for given in ((0, 5), (0, 99), (2, 0), (9, 0))] == [1, 0, 1, 2]


def test_a_part_of_a_table_repeats_its_header() -> None:
    html = table.rendered("ann,3\nbob,4", first=401, here=(402, 402), header="name,age")
    assert html and html.startswith('<div class="sheet"><table><tr><th>name</th><th>age</th></tr><tr><td>ann')
    assert '<tr class="here"><td>bob' in html


def test_editor_links_hold_the_line_and_quote_the_path() -> None:
    assert openers.editor_link("vscode", "/a b/ü.py", 7) == "vscode://file/a%20b/%C3%BC.py:7"
    assert openers.editor_link("system", "/a", 1) is None
    assert openers.editor_command("vim", "/a b'c", None) == "vim +1 -- '/a b'\"'\"'c'"
