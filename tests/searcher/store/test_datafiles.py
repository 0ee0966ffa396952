"""What is read of LanceDB's files without LanceDB is what LanceDB reads, and else it is asked."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searcher.embedding.base import ModelInfo, Vectors
from searcher.home import Home
from searcher.scattered import reading
from searcher.search import sample
from searcher.search.candidates import Candidate
from searcher.store import arms, briefs, datafiles, few, fresh, manifest
from searcher.store.datafiles import DataFiles
from searcher.store.fsst import Symbols
from searcher.store.indexes import index_vectors
from searcher.store.reader import RANKED, nearest, with_words
from searcher.store.table import Live, Store, create_table
from searcher.store.upkeep import QUIET, upkeep
from searcher.store.wire import Message, roaring

ROWS, DIM, NATIVE = 2_400, 256, 640
SHORT = {*RANKED, "doc_id"} - {"terms"}
WORDS = ("grün", "学", "naïve", "Ω", "plain", "long" * 9, "~stem", "😀")


def name(number: int) -> str:
    return f"{number // 5:032x}:{number % 5}"


def row(number: int) -> dict[str, Any]:
    dice = np.random.default_rng(number)
    said = [WORDS[n] for n in dice.integers(len(WORDS), size=60)]
    return {
        "id": name(number),
        "doc_id": name(number)[:32],
        "ordinal": number % 5,
        "path": f"/library/{number // 5}.txt",
        "folder": "/library",
        "kind": ("txt", "code", None)[number // 5 % 3],
        "language": ("de", "en", None, "zh")[number % 4],
        "terms": " ".join([*said, f"only{number}"]),
        "hash": f"{number * 7919:032x}",
        "doc_hash": f"{number // 5:064x}" if number // 5 % 7 else None,
        "date": 1_700_000_000 + number if number % 9 else None,
    }


@pytest.fixture
def table(tmp_path: Path) -> Iterator[tuple[Store, Vectors]]:
    """Every seventh row waits; the vectors are cut."""
    vectors = np.random.default_rng(3).standard_normal((ROWS, NATIVE), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    model = ModelInfo("files", "", "0" * 32, DIM, NATIVE, 512, 224, False)
    live = Live("files", model.name, model.fingerprint, DIM, NATIVE, "")
    store = Store(create_table(Home(tmp_path).create(), live.table, model), live)
    store.upsert([row(n) for n in range(ROWS)])
    embedded = [n for n in range(ROWS) if n % 7]
    store.fill_vectors([name(n) for n in embedded], vectors[embedded])
    assert upkeep(store, quiet=QUIET[-1])
    yield store, vectors


def opened(store: Store) -> DataFiles:
    files = datafiles.of(store, store.table, store.table.version)
    assert files is not None
    return files


def numbers(store: Store, where: str = "true") -> np.ndarray:
    rows = store.table.search().where(where).select(["_rowid"]).limit(ROWS * 2).to_arrow()
    return np.asarray(rows["_rowid"].to_numpy().astype(np.int64))


def assert_equal(store: Store, every: np.ndarray) -> None:
    """What is read here, and what LanceDB reads."""
    files = opened(store)
    (vectors, has_vector), (terms, rest) = files.vectors(store.table, every), files.long(store.table, every)
    names = ["terms", "vector", "rest", "_rowid"]
    theirs = store.table.take_row_ids(every.tolist()).select(names).to_arrow().to_pylist()
    by_number = {row["_rowid"]: row for row in theirs}
    assert len(by_number) == len(every) and rest is not None
    for place, number in enumerate(every.tolist()):
        wanted = by_number[number]
        assert terms[place].decode() == wanted["terms"]
        assert has_vector[place] == (wanted["vector"] is not None)
        if wanted["vector"] is not None:
            assert np.array_equal(vectors[place], np.asarray(wanted["vector"], np.float32))
            assert rest[place].tobytes() == wanted["rest"]


def asked(store: Store, vector: Vectors, word: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return arms.both(store, vector, None, [word], None, 40)


def assert_answers(store: Store, vectors: Vectors) -> None:
    """Both arms bring what each of them has LanceDB read."""
    for place in (1, 400, ROWS - 2):
        near, written = asked(store, vectors[place], f"only{place}")
        for mine, theirs in (
            (near, nearest(store, vectors[place], None, 40)),
            (written, with_words(store, [f"only{place}"], None, 40)),
        ):
            assert [row["id"] for row in mine] == [row["id"] for row in theirs]
            for one, other in zip(mine, theirs, strict=True):
                assert {key: one[key] for key in SHORT} == {key: other[key] for key in SHORT}
                assert Candidate(one).terms == other["terms"].encode()
                assert (one["full"] is None) == (other["full"] is None)
                assert one["full"] is None or np.array_equal(one["full"], other["full"])


def test_every_row_is_read_as_lancedb_reads_it_also_after_a_change(table: tuple[Store, Vectors]) -> None:
    store, vectors = table
    every = numbers(store)
    assert opened(store).can_read(store.table, every).all()
    assert_equal(store, np.random.default_rng(1).permutation(every))
    assert_answers(store, vectors)
    # vectors of rows that are there are written in place, and of rows that are removed nothing is told
    changed = [n for n in range(0, 1_400, 7)]
    store.fill_vectors([name(n) for n in changed], -vectors[changed])
    store.table.delete(f"doc_id = '{name(1)[:32]}'")
    every = numbers(store)
    here = every[opened(store).can_read(store.table, every)]
    assert_equal(store, here)
    assert_answers(store, vectors)
    assert asked(store, -vectors[7], "plain")[0][0]["id"] == name(7)


def test_the_sample_is_what_lancedb_reads(
    table: tuple[Store, Vectors], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, _ = table
    mine = sample.take(store)
    monkeypatch.setattr(manifest, "FORMATS", {(9, 9)})
    store.kept.clear()
    theirs = sample.take(store)
    assert mine.vectors is not None and np.array_equal(mine.vectors, theirs.vectors)
    assert replace(mine, vectors=None) == replace(theirs, vectors=None) and mine.taken == sample.SIZE


def test_short_columns_are_those_of_the_newest_version(table: tuple[Store, Vectors]) -> None:
    store, _ = table
    every, held = numbers(store), briefs.of(store)
    assert held.rows(store, opened(store), every[:3]) == [None] * 3

    def assert_held() -> None:
        held.read(store, opened(store))
        every = numbers(store)
        columns = [column for column in RANKED if column != "terms"]
        taken = store.table.take_row_ids(every.tolist()).select([*columns, "doc_id", "_rowid"]).to_arrow()
        wanted = {row.pop("_rowid"): row for row in taken.to_pylist()}
        assert held.rows(store, opened(store), every) == [wanted[number] for number in every.tolist()]

    assert_held()
    store.table.update(where="ordinal = 2", values={"date": 5, "language": "fr"})
    moved = numbers(store, "ordinal = 2")
    assert held.rows(store, opened(store), moved[:4]) == [None] * 4
    assert_held()
    beyond = np.array([every[0] + ROWS * 3, (77 << 32) + 1], np.int64)
    assert held.rows(store, opened(store), beyond) == [None, None]


@pytest.mark.parametrize("change", ["removed", "added", "moved"])
def test_a_commit_between_the_arms_costs_no_answer(
    table: tuple[Store, Vectors], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, vectors = table
    asked(store, vectors[401], "plain")  # now the files are known to be readable
    by_words, times = arms.by_words, iter(range(100))

    def commit() -> None:
        if change == "removed":
            store.table.delete(f"doc_id = '{name(401)[:32]}'")
            return
        store.upsert([row(401), {**row(ROWS + 1), "terms": "only401"}])
        store.fill_vectors([name(401)], vectors[401:402])
        if change == "moved":
            before = opened(store).fragments()
            for _ in range(2):  # what is no part of the indexes is added to them first
                store.table.optimize(cleanup_older_than=timedelta(milliseconds=1))
            assert not set(before) & set(opened(store).fragments())

    class Slow:
        """Asked for after a commit that comes once the files were looked at."""

        def __init__(self, query: Any) -> None:
            self._query = query

        def select(self, columns: list[str]) -> Slow:
            return Slow(self._query.select(columns))

        @property
        def _inner(self) -> Any:
            if not next(times):
                with ThreadPoolExecutor() as other:
                    other.submit(commit).result()
            return self._query._inner

    monkeypatch.setattr(arms, "by_words", lambda *how: Slow(by_words(*how)))
    near, written = asked(store, vectors[401], "only401")
    assert next(times) and len(near) == 40
    there = set() if change == "removed" else {name(401), name(ROWS + 1)}
    assert {row["id"] for row in written} == there
    assert_answers(store, vectors)
    near, _ = asked(store, vectors[401], "only401")
    assert (near[0]["id"] == name(401)) == (change != "removed")


@pytest.mark.parametrize("most", [ROWS, 400])
def test_what_a_filter_leaves_is_compared_in_memory_as_lancedb_compares_it(
    table: tuple[Store, Vectors], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, vectors = table
    monkeypatch.setattr(few, "MOST", most)
    german = "language = 'de'"
    for changed in (False, True):
        if changed:  # another version, with a file too small to be read here
            store.upsert([{**row(4), "vector": None}, row(ROWS + 4)])
            store.fill_vectors([name(ROWS + 4)], -vectors[:1])
        left = few.left_by(store, store.table, german)
        assert (left is None) == (most == 400)
        if left is not None:
            assert left is few.left_by(store, store.table, german)
            embedded = f"{german} AND vector IS NOT NULL"
            assert np.array_equal(left.numbers, np.sort(numbers(store, embedded)))
        for query in (vectors[8], -vectors[0]):
            close, _ = arms.both(store, query, german, [], None, 40)
            assert [row["id"] for row in close] == [row["id"] for row in nearest(store, query, german, 40)]
        assert (close[0]["id"] == name(ROWS + 4)) == changed


@pytest.mark.parametrize("most", [ROWS, 40])
def test_what_the_index_lacks_is_found_beside_it(
    table: tuple[Store, Vectors], most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, vectors = table
    monkeypatch.setattr(fresh, "MOST", most)
    index_vectors(store.table)

    def lacks() -> int:
        """Rows with a vector; the answers are those of LanceDB, which compares them for each query."""
        near = [asked(store, vector, "plain")[0] for vector in (vectors[8], -vectors[8], -vectors[401])]
        theirs = [nearest(store, vector, None, 40) for vector in (vectors[8], -vectors[8], -vectors[401])]
        assert [[row["id"] for row in rows] for rows in near] == [
            [row["id"] for row in rows] for rows in theirs
        ]
        first.append([rows[0]["id"] for rows in near])
        held = fresh.unindexed(store, store.table)
        unindexed = store.table.index_stats("vector_idx").num_unindexed_rows
        assert (held is None) == (unindexed > most)
        return unindexed if held is None else len(held.numbers)

    first: list[list[str]] = []
    assert lacks() == 0
    for part in range(6):  # a commit each; of the last rows none has a vector
        store.upsert([row(ROWS + 10 * part + n) for n in range(10)])
        if part < 5:
            store.fill_vectors(
                [name(ROWS + 10 * part + n) for n in range(10)], -vectors[:50][10 * part :][:10]
            )
    assert lacks() == (50 if most > 60 else 60)
    assert first[1][1:] == [name(ROWS + 8), first[0][2]] and first[0][1] != first[1][1]
    store.fill_vectors([name(401)], -vectors[401:402])  # a row that the index has with another vector
    store.table.delete(f"doc_id = '{name(ROWS + 8)[:32]}'")
    lacks()
    assert first[2][1] != name(ROWS + 8) and first[2][2] == name(401)
    assert upkeep(store, quiet=QUIET[-1])
    index_vectors(store.table, anew=True)
    assert lacks() == 0 and first[3] == first[2]


def test_bitmaps_of_fragments_are_read() -> None:
    listed, many = [3, 9, 65_535], range(0, 20_000, 2)
    bits = np.packbits(np.isin(np.arange(1 << 16), many), bitorder="little").tobytes()
    head = struct.pack("<II", 12346, 2) + struct.pack("<HHHH", 0, len(listed) - 1, 7, len(many) - 1)
    content = struct.pack("<3H", *listed) + bits
    offsets = struct.pack("<II", len(head) + 8, len(head) + 8 + 6)
    assert roaring(head + offsets + content) == listed + [(7 << 16) + number for number in many]
    assert roaring(struct.pack("<II", 12346, 0)) == []
    for broken in (b"", struct.pack("<II", 12347, 1), head, head + offsets + content[:-1]):
        with pytest.raises((ValueError, struct.error)):
            roaring(broken)


@pytest.mark.parametrize("fault", ["manifest", "format", "lie", "gone", "cut"])
def test_what_is_laid_out_otherwise_is_left_to_lancedb(
    table: tuple[Store, Vectors], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, vectors = table
    if fault == "manifest":
        monkeypatch.setattr(manifest, "MAGIC", b"????")
    elif fault == "format":
        monkeypatch.setattr(manifest, "FORMATS", {(9, 9)})
    elif fault == "lie":  # the file means something else than is known here
        monkeypatch.setattr(Symbols, "decoded", lambda self, codes, sizes, tables: [b"other"] * len(sizes))
    elif fault == "cut":
        asked(store, vectors[1], "plain")  # now the files are known to be readable
        (tmp_path / "cut").touch()
        monkeypatch.setattr(datafiles, "reading", lambda path: reading(tmp_path / "cut"))
    else:
        real, times = DataFiles._terms, iter(range(10))

        def read(self: DataFiles, rows: np.ndarray) -> list[str]:
            if next(times):  # after the file was found readable
                raise FileNotFoundError("pruned")
            return real(self, rows)

        monkeypatch.setattr(DataFiles, "_terms", read)
    if fault in ("manifest", "format"):
        assert datafiles.of(store, store.table, store.table.version) is None
    elif fault == "lie":
        assert not opened(store).can_read(store.table, numbers(store)).any()
    assert_answers(store, vectors)


def test_a_message_ends_where_its_bytes_do() -> None:
    message = Message(b"\x08\x96\x01\x12\x03abc\x1a\x02\x01\x7f\x20\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
    assert message.number(1) == 150 and message.bytes(2) == b"abc" and message.packed(3) == [1, 127]
    assert message.packed(4) == [-1] and message.number(9) == 0 and message.bytes(9) == b""
    for broken in (b"\x12\x05ab", b"\x08", b"\x0b"):
        with pytest.raises((ValueError, IndexError)):
            Message(broken)
