"""Web pages: with frames, without, in old encodings, saved by browsers."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.case import Case

ARTICLE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Bread &amp; salt</title>
<meta name="keywords" content="bread, salt">
<meta property="article:published_time" content="2026-02-03T10:00Z">
<style>p {color: red}</style><script>var hidden = "do not index";</script></head>
<body><header>Site banner</header><nav><a href="/">Home</a> <a href="/x">Login</a></nav>
<main><h1>Bread and salt</h1><p>Salt <b>slows</b> the
yeast.</p><h2>How much</h2><ul><li>
  Two percent</li><li>Never more</li></ul>
<img src="x.png" alt="A loaf cut open"><img src="logo.png" alt="logo">
<table><caption>By <i>weight</i></caption><tr><th>Flour</th><th>Salt</th></tr>
<tr><td>500 g</td><td>10 g</td></tr></table>
<h2>Code</h2><pre>def salt(flour):
    return flour * 0.02</pre><p>After the code.</p></main>
<footer>Copyright Somebody</footer></body></html>"""


def cases() -> Iterator[Case]:
    yield Case(
        "article.html",
        ARTICLE.encode(),
        "html",
        ("Salt slows the yeast.", "- Two percent\n", "A loaf cut open", "By weight\n", "    return flour"),
        lacks=("do not index", "Login", "Site banner", "Copyright", "color", "logo"),
        title="Bread & salt",
        date="2026-02-03",
        tags=("bread", "salt"),
        at={
            "yeast": {"heading": ("Bread and salt",)},
            "Never more": {"heading": ("Bread and salt", "How much"), "table_header": None},
            "500 g | 10 g": {"heading": ("Bread and salt", "How much"), "table_header": "Flour | Salt"},
            "After the code": {"heading": ("Bread and salt", "Code"), "table_header": None},
        },
    )
    cyrillic = (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>"
        "<title>Чай</title></head><body><p>Заварите чай и подождите три минуты.</p></body></html>"
    )
    yield Case("чай.htm", cyrillic.encode("cp1251"), "html", ("Заварите чай",), title="Чай")
    japanese = (
        "<html><head><meta charset=shift_jis></head><body><h1>お茶</h1><p>三分待ちます。</p></body></html>"
    )
    yield Case("ocha.html", japanese.encode("shift_jis"), "html", ("三分待ちます",), title="お茶")
    lying = (
        "<html><head><meta charset=iso-8859-1></head><body><p>Grüße aus Köln, naïve café.</p></body></html>"
    )
    yield Case("lying.html", lying.encode(), "html", ("Grüße aus Köln",))
    yield Case(
        "page-without-ending",
        b"<!doctype html><title>T</title><p>Only a paragraph.",
        "html",
        title="T",
        contains=("Only a paragraph.",),
    )
    layout = (
        "<table><tr><td><h1>Old page</h1><p>Laid out with tables.</p></td><td>Right column</td></tr></table>"
    )
    yield Case(
        "layout.html",
        layout.encode(),
        "html",
        ("Laid out with tables.", "Right column"),
        title="Old page",
        at={"Right": {"table_header": None}},
    )
    yield Case("unclosed.html", b"<div><p>One<p>Two<div><b>Three", "html", ("One\n", "Two", "Three"))
    yield Case(
        "strict.xhtml",
        b"<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'>"
        b"<head><title>X</title></head><body><p>Strict words.</p></body></html>",
        "html",
        ("Strict words.",),
        title="X",
    )
