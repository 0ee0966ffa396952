"""Code by its syntax tree: which symbols come out of a file, with which kinds and lines."""

# ruff: noqa: E501 - one language a line
from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from indexer.chunking import chunk
from indexer.chunking.context import identifier_words
from searcher.records import Chunk, Document


def count(texts: Sequence[str]) -> list[int]:
    return [3 + len(re.findall(r"\w{1,6}|[^\w\s]", text)) for text in texts]


def chunked(
    text: str, language: str, *, target: int = 60, limit: int = 200, path: str = "/x/a"
) -> list[Chunk]:
    document = Document(text, kind="code", language=language)
    return chunk(document, path=path, count=count, target=target, limit=limit)


BODY = "\n".join(f"    total = total + step({n}) * weight[{n}];" for n in range(5))

SOURCES = {
    "python": (
        f"import os\n\n\n@cached\ndef f(a):\n{BODY}\n\n\nclass A(B):\n    def m(self):\n    {BODY}\n",
        ["f", "A.m"],
    ),
    "javascript": (
        f"/** doc */\nexport const f = (a) => {{\n{BODY}\n}};\nclass A {{\n  m() {{\n{BODY}\n  }}\n}}\n",
        ["f", "A.m"],
    ),
    "typescript": (
        f"function f(a: number): void {{\n{BODY}\n}}\nexport class A {{\n  m(): void {{\n{BODY}\n  }}\n}}\n",
        ["f", "A.m"],
    ),
    "java": (
        f"package p;\npublic class A {{\n  /** doc */\n  public int m(int a) {{\n{BODY}\n  }}\n  int n() {{\n{BODY}\n  }}\n}}\n",
        ["A.m", "A.n"],
    ),
    "go": (
        f"package p\n\n// F doc\nfunc F(a int) {{\n{BODY}\n}}\n\nfunc (s *S) M() {{\n{BODY}\n}}\n",
        ["F", "S.M"],
    ),
    "rust": (
        f"use a;\n/// doc\nfn f() {{\n{BODY}\n}}\nimpl T for S {{\n    fn m(&self) {{\n{BODY}\n    }}\n}}\n",
        ["f", "S.m"],
    ),
    "c": (f"#include <a.h>\nstatic int *f(int a) {{\n{BODY}\n}}\nint g(void) {{\n{BODY}\n}}\n", ["f", "g"]),
    "c++": (
        f"namespace n {{\nint A::m(int x) {{\n{BODY}\n}}\ntemplate <class T> T g(T a) {{\n{BODY}\n}}\n}}\n",
        ["A.m", "g"],
    ),
    "c#": (
        f"namespace N {{\nclass A {{\n  [X]\n  int M() {{\n{BODY}\n  }}\n  void P() {{\n{BODY}\n  }}\n}}\n}}\n",
        ["A.M", "A.P"],
    ),
    "ruby": (
        f"module M\n  class A\n    def m\n{BODY}\n    end\n    def self.s\n{BODY}\n    end\n  end\nend\n",
        ["M.A.m", "M.A.s"],
    ),
    "php": (
        f"<?php\nfunction f() {{\n$total = 1;\n{BODY.replace('total', '$t')}\n}}\nclass A {{\n  function m() {{\n{BODY.replace('total', '$t')}\n  }}\n}}\n",
        ["f", "A.m"],
    ),
    "kotlin": (
        f"package p\n\nfun f(a: Int) {{\n{BODY.replace(';', '')}\n}}\n\nclass A {{\n    fun m() {{\n{BODY.replace(';', '')}\n    }}\n}}\n",
        ["f", "A.m"],
    ),
    "swift": (
        f"func f(a: Int) {{\n{BODY}\n}}\nclass A {{\n    func m() {{\n{BODY}\n    }}\n}}\n",
        ["f", "A.m"],
    ),
    "bash": (
        "f() {\n"
        + "  echo one two three four five six\n" * 8
        + "}\ng() {\n"
        + "  ls -la /some/where/else now\n" * 8
        + "}\n",
        ["f", "g"],
    ),
    "sql": (
        "CREATE TABLE people ("
        + ", ".join(f"column_{n} int not null" for n in range(9))
        + ");\nCREATE VIEW adults AS SELECT "
        + ", ".join(f"column_{n} + {n}" for n in range(9))
        + " FROM people;\n",
        ["people", "adults"],
    ),
}


@pytest.mark.parametrize("language", SOURCES)
def test_symbols(language: str) -> None:
    text, wanted = SOURCES[language]
    chunks = chunked(text, language, target=110, limit=300)
    assert [symbol for symbol in dict.fromkeys(c.symbol for c in chunks) if symbol in wanted] == wanted
    for symbol in wanted:
        first = next(c for c in chunks if c.symbol == symbol)
        assert symbol.rpartition(".")[2] in first.text
        assert first.text.splitlines()[0] == text.splitlines()[(first.line_start or 0) - 1] or first.ordinal
        assert first.symbol_kind and first.language == language


def test_comments_and_decorators_stay_with_their_function() -> None:
    text = "import a\n\n# why f\n@cached\n@other(1)\ndef f():\n" + "    work(1, 2, 3, 4)\n" * 8
    holding = [c for c in chunked(text, "python", target=120) if "def f" in c.text]
    assert [c.symbol for c in holding] == ["f"] and "# why f" in holding[0].text


def test_long_functions_split_at_statements_and_say_whose_they_are() -> None:
    statements = "".join(f"    if a == {n}:\n        work(a, {n})\n        more(a)\n" for n in range(30))
    chunks = chunked(f"def long_one(a):\n{statements}", "python")
    assert len(chunks) > 3 and {c.symbol for c in chunks} == {"long_one"}
    for c in chunks[1:]:
        assert c.text.startswith("    if a ==")
        assert c.context == "A function to long one\ndef long_one(a)"


def test_small_siblings_share_a_passage() -> None:
    text = "".join(f"def small_{n}():\n    return {n}\n\n\n" for n in range(3))
    [only] = chunked(text, "python")
    assert only.symbol == "small_0, small_1, small_2" and only.symbol_kind == "function"


def test_kotlin_bodies_on_one_line_have_symbols() -> None:
    sums = " + ".join(f"weight{n} * x" for n in range(30))
    text = f"class P(val x: Int) {{ fun sum() = {sums} }}\nobject Q {{ val a = 1; fun all() = {sums} }}\n"
    chunks = chunked(text, "kotlin", target=110, limit=300)
    assert [c.symbol for c in chunks if "weight0" in c.text] == ["P.sum", "Q.all"]
    assert "".join(c.text for c in chunks) == text


@pytest.mark.parametrize(
    ("language", "opening", "closing"),
    [("c++", "namespace a {\n", "}\n"), ("java", "class A {\n", "}\n"), ("c", "#if A\n", "#endif\n")],
)
def test_what_is_nested_too_deeply_falls_back_to_lines(language: str, opening: str, closing: str) -> None:
    text = opening * 5_000 + "int f() { return 1; }\n" + closing * 5_000
    chunks = chunked(text, language)
    assert "".join(c.text for c in chunks) == text and all(c.symbol is None for c in chunks)


def test_what_the_parser_cannot_read_falls_back_to_lines() -> None:
    text = "".join(f"%% )( not {n} :: any ]] language [[ {n}\n" for n in range(40))
    chunks = chunked(text, "python")
    assert len(chunks) > 2 and all(c.symbol is None for c in chunks)
    assert all(c.text.endswith("\n") for c in chunks)


def test_an_unknown_language_is_cut_at_lines() -> None:
    chunks = chunked("local x = 1\n" * 80, "lua")
    assert len(chunks) > 2 and all(c.text.endswith("\n") for c in chunks)


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        ("has_close_elements", "has close elements"),
        ("hasCloseElements", "has close elements"),
        ("HTTPServer", "http server"),
        ("Stack.pushBack", "stack push back"),
        ("utf8_decode", "utf 8 decode"),
        ("größeÄndern", "größe ändern"),
    ],
)
def test_identifier_words(symbol: str, words: str) -> None:
    assert identifier_words(symbol) == words
