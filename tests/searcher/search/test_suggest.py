"""Suggestions while one types, and spellings that are there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import index
from searcher import folders
from searcher.library import Library
from searcher.search.suggest import LibraryWords, Suggestion
from searcher.settings import Settings
from tests.conftest import make_home


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("suggested")
    (root / "files").mkdir()
    (root / "files" / "Boiler manual.md").write_text("The boiler keeps its pressure. Boiler and boiling.\n")
    (root / "files" / "notes.txt").write_text("The boiler wants a mechanic.\n")
    (root / "files" / "house.md").write_text("# The house\n\nOld.\n\n## Cellar and boiler\n\nA note on it.\n")
    home = make_home(root / "home", starter)
    folders.add(home, str(root / "files"))
    index(home, Settings(hub=False))
    with Library(home, Settings(hub=False)) as library:
        yield library


def test_files_and_words_that_begin_so(library: Library) -> None:
    assert library.suggest("boi", limit=3) == [
        Suggestion("Boiler manual.md", "file"),
        Suggestion("boiler", "word"),
        Suggestion("Cellar and boiler", "heading"),
    ]
    assert [one.text for one in library.suggest("boil") if one.kind == "word"] == ["boiler", "boiling"]
    assert library.suggest("MANU")[0] == Suggestion("Boiler manual.md", "file")
    assert library.suggest("zzz") == [] == library.suggest(" ")


def test_a_word_that_is_nowhere_is_spelt_as_one_that_is(library: Library) -> None:
    assert library.answer("bolier presure").did_you_mean == "boiler pressure"
    assert library.answer("mechanik", mode="words").did_you_mean == "mechanic"
    assert library.answer("boilers pressure").did_you_mean is None  # another form of a word that is there
    assert library.answer("xylophone").did_you_mean is None


def test_a_large_vocabulary_answers_at_once() -> None:
    words = Counter({f"word{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{n}": n for n in range(200_000)})
    ordered = sorted(words)
    known = LibraryWords(tuple(ordered), tuple(words[word] for word in ordered), (), 50_000)
    begin = time.process_time()
    for _ in range(20):
        assert len(known.beginning("wordab", 8)) == 8
    assert (time.process_time() - begin) / 20 < 0.02
