"""What a filter speaks of is looked up, in every table and after every sort of write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searcher.embedding.base import ModelInfo
from searcher.home import Home
from searcher.store import place
from searcher.store.indexes import SCALAR
from searcher.store.table import Live, Store, create_table
from searcher.store.upkeep import QUIET, upkeep

DIM = 8
FILTERS = (
    "path = '/a/7.md'",
    "starts_with(path, '/a/')",
    "date >= 30",
    "folder = '/b'",
    "language IN ('de', 'fr')",
    "(kind IN ('md') OR ext IN ('md'))",
    "embedded = false",
)


def test_every_filter_is_looked_up_and_right(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    model = ModelInfo("indexes", "", "0" * 32, DIM, DIM, 512, 224, False)
    live = Live("indexes", model.name, model.fingerprint, DIM, DIM, "")
    store = Store(create_table(home, live.table, model), live)
    table: Any = store.table

    def write(numbers: range) -> None:
        store.upsert([row(n) for n in numbers])
        full = np.random.default_rng(1).standard_normal((len(numbers), DIM), dtype=np.float32)
        full /= np.linalg.norm(full, axis=1, keepdims=True)
        store.fill_vectors([row(n)["id"] for n in numbers][::2], full[::2])

    def check() -> None:
        rows = table.search().select(["id", "path", "date", "folder", "language", "kind", "ext", "embedded"])
        everything = {one["id"]: one for one in rows.limit(1000).to_list()}
        for where in FILTERS:
            found = table.search().where(where).select(["id"]).limit(1000).to_list()
            assert {one["id"] for one in found} == {
                name for name, one in everything.items() if satisfies(one, where)
            }, where

    write(range(40))
    check()
    assert upkeep(store, quiet=QUIET[-1])
    check()
    for where in FILTERS:
        assert "ScalarIndexQuery" in table.search().where(where).select(["id"]).explain_plan(True), where
    write(range(20, 60))
    check()

    for index in table.list_indices():  # as an older version left it
        if index.columns[0] in ("path", "date", "folder", "language", "kind", "ext", "embedded"):
            table.drop_index(index.name)
    check()
    assert upkeep(store, quiet=QUIET[-1])
    assert {index.columns[0] for index in table.list_indices()} == {*SCALAR, "terms"}
    check()


def row(number: int) -> dict[str, Any]:
    folder, ext = ("/a", "/b")[number % 2], ("md", "py")[number % 3 == 0]
    return {
        "id": f"{number}:0",
        "doc_id": f"{number}",
        "terms": "",
        "path": f"{folder}/{number}.{ext}",
        "folder": folder,
        "date": number,
        "language": (None, "de", "en", "fr")[number % 4],
        "kind": "code" if ext == "py" else ext,
        "ext": ext,
    }


def satisfies(row: dict[str, Any], where: str) -> bool:
    match FILTERS.index(where):
        case 0:
            return bool(row["path"] == "/a/7.md")
        case 1:
            return bool(row["path"].startswith("/a/"))
        case 2:
            return bool(row["date"] >= 30)
        case 3:
            return bool(row["folder"] == "/b")
        case 4:
            return row["language"] in ("de", "fr")
        case 5:
            return bool(row["ext"] == "md")
    return not row["embedded"]


def test_a_reader_has_room_for_the_whole_index_of_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import lancedb

    rooms: list[int] = []
    real: Any = lancedb.Session

    def session(**limits: int) -> Any:
        rooms.append(limits["index_cache_size_bytes"])
        return real(**limits)

    monkeypatch.setattr(lancedb, "Session", session)
    home = Home(tmp_path / "home").create()
    for size in (0, 90 << 20, 500 << 20):
        file = home.index / "one.lance" / "_indices" / str(size) / "auxiliary.idx"
        file.parent.mkdir(parents=True)
        with file.open("wb") as made:
            made.truncate(size)  # takes no room on the disk
        place.of(home).connect(write=False)
    assert rooms[0] == 128 << 20 and rooms[1] >= 90 << 20 and rooms[2] >= 500 << 20
    assert rooms[1] < 200 << 20  # more was never of use
