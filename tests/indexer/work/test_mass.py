"""Mass data in measure: words for all of it, vectors for evenly spread passages, as the setting says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import indexer
from indexer.running import status
from searcher import folders
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.store import open_store
from searcher.store.rows import spread
from searcher.store.table import read_live, write_live


def ordinals(home: Home, where: str) -> list[int]:
    found = open_store(home, None).table.search().where(where).select(["ordinal"]).limit(10_000)
    return sorted(found.to_arrow()["ordinal"].to_pylist())


def run(home: Home, most: int) -> dict[str, int]:
    return indexer.index(home, Settings(chunk_tokens=32, mass_passages=most)).as_json()["chunks"]


def test_any_beginning_of_the_order_lies_evenly() -> None:
    for count in (1, 2, 3, 7, 64, 100, 1000):
        places = spread(count)
        assert sorted(places) == list(range(count)) and places[0] == 0
        for most in (4, 16, 33):
            taken = [ordinal for ordinal, place in enumerate(places) if place < most]
            gaps = [b - a for a, b in zip(taken, [*taken[1:], count], strict=True)]
            assert max(gaps) <= 2 * -(-count // min(most, count)), (count, most)


def test_of_a_table_some_passages_stand_for_the_rest(home: Home, tmp_path: Path) -> None:
    root = tmp_path / "library"
    root.mkdir()
    rows = "".join(f"pump{n},a pump of hall {n % 9} that was oiled in week {n % 52}\n" for n in range(90))
    (root / "pumps.csv").write_text(f"name,what\n{rows}")
    (root / "note.md").write_text("\n\n".join(f"# Day {n}\n\nThe mill was loud on {n}." for n in range(9)))
    folders.add(home, root)
    chunks = run(home, 4)
    assert chunks["embedded"] == len(ordinals(home, "kind = 'md'")) + 4
    table = ordinals(home, "kind = 'csv'")
    assert len(ordinals(home, "kind = 'csv' AND vector IS NOT NULL")) == 4
    known = status.read(home)
    assert (known["pending"], known["by_words"]) == (0, len(table) - 4)
    with Library(home, Settings(mass_passages=4)) as library:
        answer = library.answer("pump89")
        assert answer.results[0].path.endswith("pumps.csv") and "pump89" in answer.results[0].snippet
        assert (answer.pending, answer.searched_by_meaning) == (0, 1.0)
        explained = library.explain("pump89", str(root / "pumps.csv"))
    assert (explained.waiting, explained.by_words) == (0, len(table) - 4)

    more = run(home, 8)  # another measure is a matter of the pointer: nothing is read again
    assert (more["written"], more["embedded"]) == (0, 4)
    assert len(ordinals(home, "kind = 'csv' AND vector IS NOT NULL")) == 8

    # a table from before there was a measure, or a column to count by
    open_store(home, None, write=True).table.drop_columns(["spread", "embedded"])
    live = read_live(home)
    assert live is not None
    write_live(home, replace(live, measure=0))
    assert status.read(home)["pending"] == len(table) - 8
    assert run(home, 16)["embedded"] == 8
    assert "embedded" in open_store(home, None).table.schema.names
    assert status.read(home)["by_words"] == len(table) - 16
    assert run(home, 0)["embedded"] == len(table) - 16, "0 takes every passage"
