"""Above fifty thousand passages the approximate index finds what an exact scan finds; filters come first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from searcher.embedding.base import ModelInfo, Vectors
from searcher.home import Home
from searcher.query import parse
from searcher.search.engine import Ranking, gathered, ranked
from searcher.search.narrowing import narrowing
from searcher.search.sample import Sample
from searcher.store.arms import both
from searcher.store.reader import RANKED, by_id, nearest, with_words
from searcher.store.table import Live, Store, create_table
from searcher.store.upkeep import QUIET, upkeep

ROWS, DIM = 52_000, 64


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Vectors]]:
    """Clustered vectors, every thousandth row in a folder of its own, and one that still waits."""
    dice = np.random.default_rng(5)
    centres = dice.standard_normal((400, DIM), dtype=np.float32)
    vectors = centres[dice.integers(400, size=ROWS)] + 0.7 * dice.standard_normal(
        (ROWS, DIM), dtype=np.float32
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    home = Home(tmp_path_factory.mktemp("large")).create()
    model = ModelInfo("large", "", "0" * 32, DIM, DIM, 512, 224, False)
    live = Live("large", model.name, model.fingerprint, DIM, DIM, "")
    store = Store(create_table(home, live.table, model), live)
    for start in range(0, ROWS, 13_000):
        part = range(start, start + 13_000)
        store.upsert(
            [
                {
                    "id": name(n),
                    "doc_id": name(n)[:-2],
                    "terms": ("even", "odd")[n % 2],
                    "kind": "rare" if n % 1000 == 0 else "txt",
                    "language": ("de", "en")[n % 2],
                }
                for n in part
            ]
        )
        store.fill_vectors([name(n) for n in part], vectors[start : part.stop])
    store.upsert([{"id": f"{ROWS:08d}:0", "doc_id": f"{ROWS:08d}", "terms": ""}])
    assert upkeep(store, quiet=QUIET[-1])
    yield store, vectors


def name(number: int) -> str:
    return f"{number:08d}:0"


def test_the_vector_index_is_there_and_finds_the_exact_ten(
    large: tuple[Store, Vectors], tmp_path: Path
) -> None:
    store, vectors = large
    assert any(index.columns == ["vector"] for index in store.table.list_indices())
    dice = np.random.default_rng(6)
    found: dict[tuple[str | None, int], list[float]] = {}
    for query in vectors[dice.integers(ROWS, size=20)] + 0.1 * dice.standard_normal(
        (20, DIM), dtype=np.float32
    ):
        query /= np.linalg.norm(query)
        order = np.argsort(-(vectors @ query))
        for where, left in ((None, order), ("language = 'en'", order[order % 2 == 1])):
            exact = {name(int(n)) for n in left[:10]}
            for limit in (10, 200):
                rows = nearest(store, query, where, limit)
                rows = sorted(rows, key=lambda row: -float(row["full"] @ query))
                one = len(exact & {row["id"] for row in rows[:10]}) / 10
                found.setdefault((where, limit), []).append(one)
    assert min(np.mean(each) for each in found.values()) >= 0.98


def test_a_filter_that_leaves_little_gives_all_of_it(large: tuple[Store, Vectors]) -> None:
    store, vectors = large
    rows = nearest(store, vectors[17], "kind = 'rare'", 200)
    assert {row["id"] for row in rows} == {name(n) for n in range(0, ROWS, 1000)}
    for where, is_cut in (("kind = 'rare'", False), (None, True)):  # counts are told to be no less or all
        found = gathered(store, parse("x"), vectors[17], Ranking(Sample()), mode="meaning", where=where)
        assert found.is_cut == is_cut


def test_a_new_row_is_found_before_the_index_knows_it(large: tuple[Store, Vectors]) -> None:
    store, vectors = large
    fresh = name(ROWS + 1)
    store.upsert([{"id": fresh, "doc_id": fresh[:-2], "terms": ""}])
    store.fill_vectors([fresh], vectors[23:24])
    assert fresh in {row["id"] for row in nearest(store, vectors[23], None, 10)}


@pytest.mark.parametrize(
    ("query", "left", "common"),
    [('"odd" thing', 1, 50_000), ('"odd" thing', 1, 1_000), ("thing -odd", 0, 1_000)],
)
def test_quoted_words_that_leave_half_of_it_leave_the_nearest_of_that_half(
    large: tuple[Store, Vectors], query: str, left: int, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, vectors = large
    parsed = parse(query)
    monkeypatch.setattr("searcher.search.narrowing._COMMON", common)
    monkeypatch.setattr("searcher.search.narrowing._ASKED", 100)
    assert bool(narrowing(store, parsed).common) == (query.startswith('"') and common < ROWS // 2)
    assert not narrowing(store, parsed).is_told
    found = []
    for place in range(100, 110):
        order = np.argsort(-(vectors @ vectors[place]))
        exact = [name(int(n)) for n in order[order % 2 == left][:10]]
        rows = ranked(store, parsed, vectors[place], Ranking(Sample()), mode="meaning", limit=50)
        assert len(rows) == 50 and all(int(row.row["doc_id"]) % 2 == left for row in rows)
        found.append(len({*exact} & {row.row["id"] for row in rows[:10]}) / 10)
    assert np.mean(found) >= 0.98


def test_saved_files_are_gathered_and_the_table_is_not_written_anew(large: tuple[Store, Vectors]) -> None:
    store, vectors = large
    folder = Path(store.table.uri)
    there = {path for path in folder.rglob("*") if path.is_file()}
    size, written, before = sum(path.stat().st_size for path in there), 0, store.count()
    saved = [name(ROWS + 100 + n) for n in range(60)]
    for start in range(0, 60, 3):  # twenty files of three passages
        part = saved[start : start + 3]
        store.upsert([{"id": one, "doc_id": one[:-2], "terms": "saved", "path": one} for one in part])
        store.fill_vectors(part, vectors[start : start + 3])
        upkeep(store, quiet=QUIET[0])
        now = {path for path in folder.rglob("*") if path.is_file()}
        written += sum(path.stat().st_size for path in now - there)
        there |= now
    assert written < size / 10
    assert store.table.stats()["fragment_stats"]["num_fragments"] < 14
    rows = with_words(store, ["saved"], None, 200)
    assert {row["id"] for row in rows} == {*saved} and store.count() == before + len(saved)
    assert {row["id"] for row in nearest(store, vectors[30], None, 2)} == {saved[30], name(30)}
    assert not store.table.count_rows(
        f"embedded = false AND doc_id IN ('{saved[0][:-2]}', '{saved[-1][:-2]}')"
    )


def test_both_arms_together_bring_what_each_brings(large: tuple[Store, Vectors]) -> None:
    store, vectors = large
    waiting = {"id": name(ROWS + 2), "doc_id": name(ROWS + 2)[:-2], "terms": "late"}
    store.upsert([waiting])
    german = "language = 'de'"
    close, late = both(store, vectors[9], german, ["late"], None, 50)
    _, even = both(store, vectors[9], None, ["even"], german, 50)
    assert [row["id"] for row in late] == [waiting["id"]] and late[0]["full"] is None
    assert [row["id"] for row in close] == [row["id"] for row in nearest(store, vectors[9], german, 50)]
    assert len(even) == 50 and {row["terms"] for row in even} == {"even"}
    stored = by_id(store, [row["id"] for row in (*close, *late, *even)], RANKED[1:])
    for row in (*close, *late, *even):
        number = int(row["doc_id"])
        assert {key: row[key] for key in RANKED} == {key: stored[row["id"]][key] for key in RANKED}
        assert row["full"] is None or np.allclose(row["full"], vectors[number], atol=2e-3)
