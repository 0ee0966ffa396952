"""What holds for every text: spans tile it, lines are right, no passage is over the limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.chunking import chunk
from indexer.chunking.grammars import GRAMMARS
from searcher.records import Chunk, Document, Mark

_TOKEN = re.compile(r"\w{1,4}|[^\w\s]")


def count(texts: Sequence[str]) -> list[int]:
    """A cheap tokenizer with what real ones have: a prefix, an end, several tokens for rare characters."""
    return [
        5 + sum(1 + (len(token.encode("utf-8", "surrogatepass")) > 6) for token in _TOKEN.findall(text))
        for text in texts
    ]


def check(document: Document, chunks: list[Chunk], limit: int) -> None:
    text = document.text
    if not text.strip():
        assert chunks == []
        return
    assert [c.ordinal for c in chunks] == list(range(len(chunks)))
    assert chunks[0].char_start == 0 and chunks[-1].char_end == len(text)
    for before, after in pairwise(chunks):
        assert before.char_start < after.char_start <= before.char_end < after.char_end
    for c in chunks:
        assert c.text == text[c.char_start : c.char_end]
        seen = f"{c.context}\n{c.text}" if c.context else c.text
        assert c.tokens == count([seen])[0] <= limit


def line_of(text: str, offset: int) -> int:
    """By the definition, one character at a time."""
    line = 1
    for at in range(offset):
        if text[at] == "\n" or (text[at] == "\r" and text[at + 1 : at + 2] != "\n"):
            line += 1
    return line


words = st.text(alphabet="abc déß文字。ไทย ", min_size=1, max_size=12)
line_ends = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\x0b", "\x0c", "\u2028", "\x85"])
signs = st.sampled_from([". ", "! ", "| a | b |", "- ", "# ", "\t", "。", "؟", "।", "👩‍👩‍👧", "e\u0301"])
pieces = st.one_of(words, line_ends, signs)
texts = st.one_of(st.text(max_size=400), st.lists(pieces, max_size=120).map("".join))
sizes = st.tuples(st.integers(10, 60), st.integers(20, 80))


@given(texts, sizes)
@settings(max_examples=150)
@example("\r\n", (10, 20))
@example("a" * 3000, (40, 40))
@example("word " * 900, (40, 64))
def test_plain_text(text: str, size: tuple[int, int]) -> None:
    target, limit = size
    document = Document(text, kind="txt", title="a title of several words")
    check(document, chunk(document, path="/x/notes.txt", count=count, target=target, limit=limit), limit)


@given(texts, sizes, st.data())
@settings(max_examples=100)
def test_marks(text: str, size: tuple[int, int], data: st.DataObject) -> None:
    target, limit = size
    starts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    addresses = st.sampled_from([None, "slide 1", "slide 2", "00:01:05", "00:02:00", "S!A2:B2", "S!A3:B3"])
    headings = st.lists(st.sampled_from(["One", "Two", "Three"]), max_size=3).map(tuple)
    marks = tuple(
        Mark(
            s,
            page=data.draw(st.one_of(st.none(), st.integers(1, 3))),
            heading=data.draw(headings),
            anchor=data.draw(addresses),
            table_header=data.draw(st.sampled_from([None, "a | b"])),
        )
        for s in starts
    )
    document = Document(text, kind="docx", title="T", marks=marks, has_lines=False)
    chunks = chunk(document, path="/x/a.docx", count=count, target=target, limit=limit)
    check(document, chunks, limit)
    for c in chunks:
        visible = c.char_start + len(c.text) - len(c.text.lstrip())
        pages = [m.page for m in marks if m.start <= visible]
        assert c.page == (pages[-1] if pages else None)
        assert c.line_start is None


@given(texts, sizes)
@settings(max_examples=100)
@example("a\r\nb\rc\nd\x0be\u2028f", (10, 20))
def test_lines(text: str, size: tuple[int, int]) -> None:
    target, limit = size
    document = Document(text, kind="txt")
    for c in chunk(document, path="/x/a.txt", count=count, target=target, limit=limit):
        if c.text.strip():
            first = c.char_start + len(c.text) - len(c.text.lstrip())
            last = c.char_start + len(c.text.rstrip()) - 1
            assert (c.line_start, c.line_end) == (line_of(text, first), line_of(text, last))


FRAGMENTS = [
    "def f(a):\n    return a\n",
    "class A:\n",
    "    def m(self):\n        pass\n",
    "/** doc */\n",
    "# c\r\n",
    "function g() { return 1 }\n",
    "{\n",
    "}\n",
    "\n",
    "é = '文'\n",
    "@x\n",
    "fn q() {}\n",
    "x",
    " ",
    "\r",
    "public int m() { return 1; }\n",
    "CREATE TABLE t (id int);\n",
    "end\n",
    "module M\n",
    "<?php ",
    '"',
    "(",
]
code = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)


@pytest.mark.parametrize("language", sorted(set(GRAMMARS) - {"tsx"}))
@given(text=st.one_of(code, st.text(max_size=120)), size=sizes)
@settings(max_examples=25)
def test_code(language: str, text: str, size: tuple[int, int]) -> None:
    target, limit = size
    document = Document(text, kind="code", language=language)
    check(document, chunk(document, path="/x/a", count=count, target=target, limit=limit), limit)


def test_with_the_starters_own_tokens(starter: Path) -> None:
    from searcher.embedding import open_embedder
    from searcher.home import Home
    from searcher.settings import Settings

    home = Home(starter.parent.parent)
    embedder = open_embedder(home, Settings(model="starter"), role="index")
    model = embedder.model
    hard = "文字🎉ก็ " * 400 + "a" * 5000 + "\n\n" + "Ein Satz mit Wörtern. " * 300 + "\u0301" * 900
    try:
        chunks = chunk(
            Document(hard, kind="txt", title="Title"),
            path="/a.txt",
            count=embedder.count_tokens,
            target=model.chunk_tokens,
            limit=model.max_tokens,
        )
        assert "".join(c.text for c in chunks).count("文") >= 400
        assert all(0 < c.tokens <= model.max_tokens for c in chunks)
        assert sum(c.tokens for c in chunks) / len(chunks) > 0.5 * model.chunk_tokens
    finally:
        embedder.close()
