"""What is counted by the short column is what the vectors themselves say, after every sort of write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from searcher.embedding.base import ModelInfo
from searcher.home import Home
from searcher.store.older import add_embedded
from searcher.store.table import Live, Store, create_table

DIM = 8


def test_counts_after_every_write(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    model = ModelInfo("counts", "", "0" * 32, DIM, DIM, 512, 224, False)
    live = Live("counts", model.name, model.fingerprint, DIM, DIM, "", measure=4)
    store = Store(create_table(home, live.table, model), live)
    dice = np.random.default_rng(2)

    def rows(numbers: range, spread: int | None = None) -> list[dict[str, object]]:
        return [{"id": f"{n}:0", "doc_id": f"{n}", "terms": "", "spread": spread} for n in numbers]

    def vectors(count: int) -> np.ndarray:
        full = dice.standard_normal((count, DIM), dtype=np.float32)
        return full / np.linalg.norm(full, axis=1, keepdims=True)

    def check(pending: int, by_words: int) -> None:
        table = store.table
        assert (store.pending(), store.by_words()) == (pending, by_words)
        assert table.count_rows(store.waiting) == pending
        assert table.count_rows("vector IS NULL AND spread >= 4") == by_words

    store.upsert(rows(range(20)))
    store.upsert(rows(range(20, 30), spread=9))
    check(20, 10)
    store.fill_vectors([f"{n}:0" for n in range(12)], vectors(12))
    check(8, 10)
    store.upsert(rows(range(5)))  # changed files wait again
    check(13, 10)
    whole = [
        {**row, "vector": vector} for row, vector in zip(rows(range(5)), vectors(5).tolist(), strict=True)
    ]
    store.upsert(whole)  # reused vectors come with their rows
    check(8, 10)
    broken = vectors(2)
    broken[1] = np.nan
    store.fill_vectors(["12:0", "13:0"], broken)
    check(7, 10)
    store.table.delete("doc_id IN ('0', '14', '20')")
    check(6, 9)
    store.fill_vectors(["14:0"], vectors(1))  # gone meanwhile
    check(6, 9)
    store.table.optimize()
    check(6, 9)

    store.table.drop_columns(["embedded"])  # as an older version wrote it
    check(6, 9)
    store.read(add_embedded)
    store.upsert(rows(range(30, 33)))
    store.fill_vectors(["30:0"], vectors(1))
    check(8, 9)
    every = Store(store.table, replace(live, measure=0))
    assert (every.pending(), every.by_words()) == (17, 0)
