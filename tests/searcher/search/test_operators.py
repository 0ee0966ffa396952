"""Words, quotes, exclusions and filters as people type them, over real files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import index
from searcher import folders
from searcher.errors import UsageError
from searcher.library import Library
from searcher.search import narrowing
from searcher.settings import Settings
from searcher.store import reader
from tests.conftest import make_home

_FILLER = "".join(
    f"Paragraph {n} describes sails, ropes, paint, tides and the price of oil.\n\n" for n in range(40)
)
FILES = {
    "a.txt": "Zebranie odbyło się w mieście Łódź w piątek.",
    "b.txt": "Konferansen holdes i Tromsø i mai. Færgen sejler fra Ærø.",
    "c.txt": "Herr Müller wohnt in Überlingen und sammelt Häuser aus Pappe.",
    "d.txt": "Le rendez-vous est à l’hôpital, la sœur de Paul lit un œuvre.",
    "e.txt": "Işık odası haritada.",
    "f.txt": "Compilers for C++ and for C# are installed; .NET is missing 🎉.",
    "g.txt": unicodedata.normalize("NFD", "Die Fähre nach Föhr hält auch in Wyk."),
    "start.txt": "Boat engine: start the diesel, check the party list, then depart.",
    "gallery.txt": "Boat engine shown as art in the hall.",
    "car.txt": "Boat engine from a car.",
    "care.txt": "Boat engine care in winter; be careful with the shaft.",
    "wrapped.md": "# Rules\n\nEvery skipper pays the winter\nstorage fee before the ice comes.",
    "contract.md": f"# Contract\n\nHoltkamp signs.\n\n{_FILLER}\n\nArbitration: Leer.",
    "short.md": "Holtkamp asked for arbitration at once.",
    unicodedata.normalize("NFD", "Bücher/lesen.md"): "# Reading\n\nA chair by the window.",
    "kyoto.md": "---\ntags: [trip, To Do]\naliases: [Old Capital]\n---\nLanterns by the #trip/japan river.",
    "lantern.md": "# Lanterns\n\nPaper lanterns dry #craft, slowly. Not `#trip`.\n\n```css\n a #trip\n```\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Iterator[Library]:
    root = tmp_path_factory.mktemp("operators")
    for name, text in FILES.items():
        (root / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "files" / name).write_text(f"{text}\n")
    home = make_home(root / "home", starter)
    folders.add(home, str(root / "files"))
    index(home, Settings(hub=False))
    with Library(home, Settings(hub=False)) as library:
        yield library


def names(library: Library, query: str, mode: str = "words") -> list[str]:
    return [Path(hit.path).name for hit in library.search(query, mode=mode, limit=50)]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("lodz", "a.txt"), ("tromso", "b.txt"), ("aero", "b.txt"), ("mueller", "c.txt"), ("Haus", "c.txt")),
        *(("hopital", "d.txt"), ("soeur", "d.txt"), ("isik", "e.txt"), ("C++", "f.txt"), ("c#", "f.txt")),
        *((".net", "f.txt"), ("🎉", "f.txt"), ("föhr", "g.txt")),
    ],
)
def test_letters_are_folded(library: Library, query: str, name: str) -> None:
    assert names(library, query)[:1] == [name]


@pytest.mark.parametrize("mode", ["words", "hybrid", "meaning"])
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('"winter storage fee"', {"wrapped.md"}),
        ("“Fähre nach Föhr”", {"g.txt"}),
        ('"Holtkamp" "arbitration"', {"contract.md", "short.md"}),
        ('"C++"', {"f.txt"}),
        ('"no such words"', set()),
        ('"Holtkamp" -Leer', {"short.md"}),
    ],
)
def test_quotes_and_exclusions_speak_of_documents(
    library: Library, query: str, found: set[str], mode: str
) -> None:
    assert set(names(library, query, mode)) == found


def test_an_excluded_word_is_a_whole_word(library: Library) -> None:
    assert set(names(library, "boat engine -art")) == {"start.txt", "car.txt", "care.txt"}
    assert set(names(library, "boat engine -car")) == {"start.txt", "gallery.txt", "care.txt"}


@pytest.mark.parametrize("query", ["path:Bücher/*", "folder:Bücher", "path:ücher", "path:BÜCHER/*.md"])
def test_names_with_accents_however_they_are_stored(library: Library, query: str) -> None:
    assert names(library, f"chair {query}") == ["lesen.md"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("tag:trip", {"kyoto.md"}),
        ("tag:#TRIP", {"kyoto.md"}),
        ("tag:trip/japan", {"kyoto.md"}),
        ('tag:"to do"', {"kyoto.md"}),
        ("tag:craft,trip", {"kyoto.md", "lantern.md"}),
        ("tag:craft tag:trip", set()),
        ("tag:tri", set()),
        ("tag:.*", set()),
        ("tag:,", set()),
        ("tag:[", set()),
    ],
)
def test_tags_above_a_note_and_in_it(library: Library, tags: str, expected: set[str]) -> None:
    assert set(names(library, f"lanterns {tags}")) == expected


def test_a_note_is_found_by_its_aliases(library: Library) -> None:
    assert names(library, "old capital")[0] == "kyoto.md"


def test_a_filter_that_leaves_nothing_is_named_with_what_it_may_be(library: Library) -> None:
    (note,) = library.answer("boat type:foo").notes
    assert "type:foo leaves 0 of 17" in note and "document, mail" in note and "md, txt" in note
    notes = library.answer('boat "winter storage" -fee type:md').notes
    assert notes == [
        "type:md leaves 6 of 17 documents",
        '"winter storage" leaves 1 of 17 documents',
        "-fee leaves 16 of 17 documents",
    ]
    assert "date:2026-99" in library.answer("boat date:2026-99").notes[0]


_PIECES = """boat|"|-|path:|[z-a]*|[|*|date:|>9999-12-31|0001|type:|lang:x|folder:|'|\\|(|)|%|_|AND|-x|,"""
ODD = st.one_of(st.text(), st.lists(st.sampled_from([*_PIECES.split("|"), "\n", " "])).map("".join))


@settings(max_examples=60)
@given(query=ODD, mode=st.sampled_from(["words", "hybrid"]))
def test_any_text_is_answered_or_refused_as_a_wrong_call(library: Library, query: str, mode: str) -> None:
    try:
        library.answer(query, mode=mode, limit=3)
    except UsageError as error:
        assert "pattern" in str(error)


def test_a_pattern_that_is_none_is_named(library: Library) -> None:
    with pytest.raises(UsageError, match=r"\[z-a\]"):
        library.answer("boat path:[z-a]*")


def test_phrases_that_many_passages_may_hold_are_looked_for_in_parts(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [
        '"winter storage fee"',
        '"sails, ropes"',
        '"boat engine"',
        '"engine boat"',
        "boat -“the diesel”",
    ]
    queries += ['"engine"', '"boat" winter', '"boat" "engine" -diesel', '"1989" -chair']
    before = [set(names(library, query)) for query in queries]
    monkeypatch.setattr(narrowing, "_COMMON", 0)  # every word is one that stands in too many passages
    monkeypatch.setattr(narrowing, "_ASKED", 2)
    assert [set(names(library, query)) for query in queries] == before and all(before[5:7])
    assert before[:2] == [{"wrapped.md"}, {"contract.md"}] and len(before[2]) == 4 and not before[3]
    monkeypatch.setattr(reader, "_BATCH", 2)
    assert [set(names(library, query)) for query in queries] == before
    assert not library.answer('"boat engine"').notes
    for tries in (reader._TRIES, 0):  # 0: as if the table changed all the time
        monkeypatch.setattr(reader, "_TRIES", tries)
        for most, notes in ((3, 1), (4, 0)):  # of the four passages that hold both words
            monkeypatch.setattr(reader, "PHRASE_ROWS", most)
            monkeypatch.setattr(narrowing, "PHRASE_ROWS", most)
            answer = library.answer('"boat engine"', mode="words")
            assert (len(answer.results), len(answer.notes)) == (most, notes)
            assert all("looked for only in the 3 passages" in note for note in answer.notes)
