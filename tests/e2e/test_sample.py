"""The sample library through the command line: languages, pages, lines, and what happens to its files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from tests.shared import Indexed

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def library(indexed_sample: Indexed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(indexed_sample.copied(tmp_path_factory.mktemp("read") / "home"), Settings()) as library:
        yield library


def names(answer: dict[str, Any]) -> list[str]:
    return [Path(hit["path"]).name for hit in answer["results"]]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Wie backe ich ein Brot ohne zu kneten?", "sourdough.md"),
        ("wo werden die Zugangsdaten geprüft?", "accounts.py"),
        ("At what temperature should I brew green tea?", "茶.md"),
        ("repairing a flat bicycle tyre", "自転車.md"),
        ("When do I plant tomatoes outside?", "huerto.md"),
        ("opening hours of the library", "مكتبة.md"),
        ("Kilometergeld", "reisekosten.md"),
        ("E119", "boiler-manual.md"),
        ("réessayer un appel réseau en doublant la pause", "retry.go"),
        ("transponer una matriz", "matrix.rs"),
    ],
)
def test_right_file_first_in_any_language(question: str, first: str, library: Library) -> None:
    assert Path(library.search(question)[0].path).name == first


def test_pdf_hit_names_the_page(library: Library) -> None:
    hit = library.search("treating bees against the varroa mite")[0]
    assert (Path(hit.path).name, hit.page) == ("beekeeping.pdf", 4)


def test_code_hit_names_the_lines(library: Library) -> None:
    hit = library.search("check a user name and password")[0]
    assert hit.symbol == "verify_credentials"
    assert hit.line_start and hit.line_end and hit.line_start <= 18 <= hit.line_end <= 26


def test_json_has_every_promised_field(sample_home: Home, ask: Ask) -> None:
    answer = ask("search", "bread", "--limit", "3", "--home", str(sample_home.root))
    assert {"query", "mode", "task", "model", "took_ms", "pending", "results"} <= answer.keys()
    assert answer["took_ms"].keys() >= {"embed", "search", "total"}
    assert len(answer["results"]) == 3
    for hit in answer["results"]:
        assert hit.keys() >= {
            "rank",
            "path",
            "title",
            "score",
            "cosine",
            "match",
            "kind",
            "language",
            "page",
            "line_start",
            "line_end",
            "heading",
            "symbol",
            "snippet",
            "highlights",
            "chunk_id",
            "modified",
        }
        assert all(0 <= start < end <= len(hit["snippet"]) for start, end in hit["highlights"])
        assert hit["match"] in ("strong", "likely", "weak")


def test_second_pass_embeds_nothing(sample_home: Home, ask: Ask) -> None:
    again = ask("index", "--home", str(sample_home.root))
    assert again["chunks"] == {"written": 0, "embedded": 0, "reused": 0, "removed": 0}
    assert again["files"]["unchanged"] > 15
    assert again["tokens"] == 0


def test_edit_rename_delete(home: Home, indexed: Path, ask: Ask) -> None:
    (indexed / "notes/todo.txt").write_text("Buy strings for the cello and book the luthier.\n")
    (indexed / "notes/huerto.md").rename(indexed / "notes/jardin.md")
    (indexed / "notes/randonnee.md").unlink()
    files = ask("index")["files"]
    assert (files["changed"], files["moved"], files["removed"]) == (1, 1, 1)
    assert names(ask("search", "wer baut und repariert ein Cello?"))[0] == "todo.txt"
    with Library(home, Settings()) as library:
        assert Path(library.search("tomates")[0].path).name == "jardin.md"
        assert "randonnee.md" not in [
            Path(hit.path).name for hit in library.search("randonnée autour du lac")
        ]


def test_failures_are_named_with_their_reasons(sample_home: Home, ask: Ask) -> None:
    status = ask("status", "--home", str(sample_home.root))
    reasons = {Path(entry["path"]).name: entry["reason"] for entry in status["failed"] + status["skipped"]}
    assert reasons["damaged.pdf"]
    assert "empty" in reasons["empty.txt"]
