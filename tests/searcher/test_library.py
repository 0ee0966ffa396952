"""A library of real files asked from Python: filters, grouping, honest scores, and the truth on disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer import index
from indexer.formats import extract
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.records import Answer, Hit
from searcher.search import engine
from searcher.search.alike import cases_of_documents
from searcher.search.labels import Logistic, load, save, shipped
from searcher.search.sample import take
from searcher.settings import Settings
from searcher.store import small as small_table
from tests.conftest import make_home

_FILLER = (
    "The tax office asks for receipts of the year {0}.",
    "Train {0} leaves from platform {1} at noon.",
    "Recipe {0}: stir the lentils for {1} minutes.",
    "Invoice {0} was paid after {1} days.",
)
_BOILER = "The boiler in the cellar keeps the house warm. Its pressure must stand between 1.2 and 1.8 bar."
_ODD = 'it\'s 100% \\ "odd" [name] — snowman ☃'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Path:
    root = tmp_path_factory.mktemp("asked")
    files = root / "files"
    (files / "bulk").mkdir(parents=True)
    for number in range(120):
        line = _FILLER[number % 4].format(number, number % 17)
        (files / "bulk" / f"{number}.txt").write_text(f"{line}\n")
    (files / "tiny").mkdir()
    (files / "tiny" / "boiler.md").write_text(f"# Heating\n\n{_BOILER}\n")
    (files / "tiny" / "boiler copy.md").write_text(f"# Heating\n\n{_BOILER}\n")
    (files / _ODD).mkdir()
    (files / _ODD / "kakao.txt").write_text(
        "Kakao kochen: Milch erwärmen, Kakaopulver einrühren, Error E-4711.\n"
    )
    (files / "accounts.py").write_text(
        "def verify_credentials(name, secret):\n    return check(name, secret)\n"
    )
    long = "\n\n".join(
        f"Chapter {n}. The lighthouse keeper climbs {n} steps in the storm. " * 12 for n in range(9)
    )
    (files / "novel.txt").write_text(long)
    home = make_home(root / "home", starter)
    folders.add(home, str(files))
    assert index(home, Settings(hub=False)).as_json()["files"]["added"] == 125
    return root


@pytest.fixture(scope="module")
def library(place: Path) -> Iterator[Library]:
    with Library(Home(place / "home"), Settings(hub=False)) as library:
        yield library


@pytest.fixture
def changing(place: Path, tmp_path: Path) -> Iterator[tuple[Library, Path]]:
    """A library of its own over a copy of nothing but the small folder, for tests that change files."""
    home = make_home(tmp_path / "home", place / "home" / "models" / "any")
    files = shutil.copytree(place / "files" / "tiny", tmp_path / "files")
    (files / "boiler copy.md").unlink()
    (files / "ferry.txt").write_text("The ferry to the island leaves at nine.\n")
    folders.add(home, str(files))
    index(home, Settings(hub=False))

    def reread(path: Path):  # type: ignore[no-untyped-def]
        return extract(path)

    with Library(home, Settings(hub=False), reread=reread) as library:
        yield library, files


def names(hits: list[Hit]) -> list[str]:
    return [Path(hit.path).name for hit in hits]


def test_a_small_folder_gives_its_results_out_of_a_large_index(library: Library, place: Path) -> None:
    for hits in (
        library.search("train", folder=str(place / "files" / "tiny"), limit=5),
        library.search("train folder:tiny", limit=5),
        library.search("train path:tiny/", limit=5),
        library.search("train path:tiny/*.md", limit=5),
    ):
        assert len(hits) == 1 and Path(hits[0].path).parent.name == "tiny"


@pytest.mark.parametrize("name", [_ODD, "100%", "it's", '"odd"', "☃"])
def test_filter_values_are_taken_literally(library: Library, name: str) -> None:
    assert names(library.search("kakao", path=f"*{name.replace('[', '?')}*/*")) == ["kakao.txt"]


@pytest.mark.parametrize(
    "odd", ["'", "%", "\\", '"', "(", "a OR b) --", "x' OR '1'='1", "\n", "☃" * 50, "-", "type:"]
)
@pytest.mark.parametrize("mode", ["hybrid", "meaning", "words"])
def test_odd_characters_are_text(library: Library, odd: str, mode: str) -> None:
    library.search(odd, mode=mode)
    library.search(f"boiler {odd}", mode=mode)
    assert library.search("boiler", folder=odd, mode=mode) == []


def test_quoted_words_must_be_there_and_excluded_ones_not(library: Library) -> None:
    (only,) = library.search('"1.2 and 1.8 bar"', limit=20)
    assert Path(only.path).parent.name == "tiny"
    assert "novel.txt" not in names(library.search("storm -lighthouse", limit=150))


def test_a_document_is_one_result_and_copies_are_folded(library: Library) -> None:
    hits = library.search("the lighthouse keeper in the storm", limit=20)
    assert names(hits).count("novel.txt") == 1
    assert len(hits[0].passages) > 1
    boiler = library.search("how warm is the house with this boiler?")[0]
    assert len(boiler.copies) == 1
    assert {Path(boiler.path).name, Path(boiler.copies[0]).name} == {"boiler.md", "boiler copy.md"}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("E-4711", "kakao.txt"),
        ("verify_credentials", "accounts.py"),
        ("verifyCredentials", "accounts.py"),
        ("accounts.py", "accounts.py"),
        ("wo werden die Zugangsdaten geprüft", "accounts.py"),
        ("ERWARMEN", "kakao.txt"),
    ],
)
def test_what_is_written_wins_and_meaning_otherwise(library: Library, query: str, name: str) -> None:
    assert names(library.search(query))[0] == name


def test_cosine_is_plain_and_nonsense_is_called_so(library: Library) -> None:
    hit = library.search("heating of the house", mode="meaning")[0]
    vectors = library.embed(["heating of the house"], "query"), library.embed([f"# Heating\n\n{_BOILER}\n"])
    assert hit.cosine == pytest.approx(float(vectors[0][0] @ vectors[1][0]), abs=0.03)
    assert library.answer("how warm does the boiler keep the house?").good
    nonsense = library.answer("asdf qwrt zxcv")
    assert not nonsense.good and nonsense.results
    assert {hit.match for hit in nonsense.results} == {"weak"}


@pytest.mark.parametrize("query", ["E-4711", "verify_credentials", "kakao.txt"])
def test_a_word_that_is_there_is_a_strong_match_however_odd(library: Library, query: str) -> None:
    answer = library.answer(query)
    assert answer.good and answer.results[0].match == "strong"


def test_pages_of_results_follow_each_other(library: Library) -> None:
    whole = library.answer("train", limit=30).results
    pages = [library.answer("train", limit=10, offset=at).results for at in (0, 10, 20)]
    assert [hit.path for page in pages for hit in page] == [hit.path for hit in whole]
    assert [hit.rank for page in pages for hit in page] == list(range(1, 31))


def test_similar_finds_the_like_and_not_itself(library: Library, place: Path) -> None:
    hits = library.similar(place / "files" / "bulk" / "4.txt", limit=5).results
    assert "4.txt" not in names(hits)
    assert all(int(Path(name).stem) % 4 == 0 for name in names(hits)[:3])


def test_what_alike_means_is_learnt_from_the_halves_of_long_documents(library: Library) -> None:
    standings, right = cases_of_documents(library.store, take(library.store), None)
    assert right == [True, False] and standings[0].score > standings[1].score + 1


def test_labels_are_fitted_to_the_index_and_tell_what_is_not_there(library: Library, place: Path) -> None:
    home = Home(place / "home")
    fitted = load(home, library.model.fingerprint)
    assert fitted is not None and fitted.passages == library.store.count()
    assert fitted.meaning.score > 0 and fitted.together.score > 0
    own = fitted.least_nearness("en", native=True)
    assert 0 < fitted.least_nearness("zh", native=False) < own
    there = library.answer("how warm does the boiler keep the house?")
    assert there.good and there.results[0].match in ("strong", "likely")
    missing = library.answer("who discovered the moons of Jupiter with a telescope?")
    assert {hit.match for hit in missing.results} == {"weak"} and not missing.good


def test_what_hardly_matches_stays_below_however_new_it_is(changing: tuple[Library, Path]) -> None:
    library, files = changing
    for number in range(14):
        (files / f"other{number}.txt").write_text(f"Invoice {number} was paid by the tax office in Bern.\n")
    (files / "boiler.md").write_text(f"---\ndate: 2019-04-02\n---\n# Heating\n\n{_BOILER}\n")
    (files / "ferry.txt").write_text("date: 2026-01-05\n\nThe ferry to the island leaves at nine.\n")
    index(library.home, Settings(hub=False))
    answer = library.answer("how warm does the boiler keep the house?", sort="date", limit=30)
    labels = [hit.match for hit in answer.results]
    assert labels[0] != "weak" and names(answer.results)[0] == "boiler.md"
    assert "weak" in labels and labels == sorted(labels, key=lambda label: label == "weak")
    assert answer.results[0].date == "2019-04-02" < answer.results[1].date


def test_labels_of_many_passages_are_not_those_of_the_few_that_are_left(
    changing: tuple[Library, Path],
) -> None:
    library, files = changing
    fingerprint = library.model.fingerprint
    never = Logistic(-50.0, 0.0, 0.0)
    save(library.home, fingerprint, replace(shipped(1000), together=never, meaning=never, passages=1000))
    assert library.answer("keeps a home warm").results[0].match != "weak"
    for number in range(45):
        (files / f"other{number}.txt").write_text(f"Invoice {number} was paid by the tax office in Bern.\n")
    index(library.home, Settings(hub=False))
    own = load(library.home, fingerprint)
    assert own is not None and own.passages == library.store.count() >= 40 and own.meaning != never


def test_the_sentence_nearest_in_meaning_is_marked_across_languages(library: Library) -> None:
    query = "Bei welchem Druck arbeitet die Heizung?"
    asked = library.answer(query, limit=1)
    assert asked.marking["budget_ms"] == 100
    within = Settings(hub=False, mark_seconds=60.0)
    with Library(library.home, within) as patient:
        hit = patient.answer(query, limit=1).results[0]
    assert Path(hit.path).name.startswith("boiler") and hit.line_start == 3
    ((start, end),) = hit.highlights
    assert hit.snippet[start:end] == "Its pressure must stand between 1.2 and 1.8 bar."
    with Library(library.home, Settings(hub=False, mark_seconds=0.0)) as hasty:
        answer = hasty.answer(query, limit=1)
    assert answer.results[0].highlights == [] and answer.marking == {}


def test_a_gone_file_vanishes(changing: tuple[Library, Path]) -> None:
    library, files = changing
    assert names(library.search("pressure of the boiler")) == ["boiler.md", "ferry.txt"]
    (files / "boiler.md").unlink()
    assert names(library.search("pressure of the boiler")) == ["ferry.txt"]


def test_a_moved_file_is_followed(changing: tuple[Library, Path]) -> None:
    library, files = changing
    (files / "attic" / "deep").mkdir(parents=True)
    os.rename(files / "boiler.md", files / "attic" / "deep" / "heating.md")
    hit = library.search("pressure of the boiler")[0]
    assert hit.path == str(files / "attic" / "deep" / "heating.md")
    assert "pressure" in hit.snippet and not hit.stale


def test_a_changed_file_shows_what_it_says_now(changing: tuple[Library, Path]) -> None:
    library, files = changing
    (files / "ferry.txt").write_text("The ferry to the mainland sails at noon.\n")
    hit = library.search("when does the ferry go?")[0]
    assert "mainland" in hit.snippet and hit.stale


def test_a_touched_file_has_not_changed(changing: tuple[Library, Path]) -> None:
    library, files = changing
    os.utime(files / "ferry.txt", ns=(1, 1))
    hit = library.search("when does the ferry go?")[0]
    assert "island" in hit.snippet and not hit.stale


@pytest.mark.parametrize(
    "query",
    ["warm house", "boiler", '"pressure must stand"', "type:py check", "Kakao -Milch", "verify_credentials"],
)
def test_a_small_library_is_answered_as_a_large_one(
    library: Library, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose words are asked for by themselves, and whose rows are not in memory."""

    def answers() -> list[Answer]:
        return [library.answer(query, mode=mode, limit=50) for mode in ("hybrid", "meaning", "words")]

    def same(one: list[Answer], other: list[Answer]) -> bool:
        return [(a.results, a.total) for a in one] == [(a.results, a.total) for a in other]

    assert engine.has_all(library.store, np.zeros(1, np.float32), "hybrid")
    quickly = answers()
    monkeypatch.setattr(engine, "has_all", lambda *_: False)
    assert same(answers(), quickly)
    assert [answer.facets for answer in answers()] == [answer.facets for answer in quickly]
    assert small_table.small(library.store) is not None
    monkeypatch.setattr(small_table, "_remembered", lambda _: None)
    assert same(answers(), quickly)
