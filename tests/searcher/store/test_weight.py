"""The disk a table takes while its vectors come in."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from searcher.embedding.base import ModelInfo
from searcher.home import Home
from searcher.store.table import Live, Store, create_table
from searcher.store.upkeep import upkeep

ROWS, DIM, PART = 6_000, 1024, 128


def test_a_large_file_takes_no_more_disk_while_it_is_embedded_than_a_few_times_its_size(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home").create()
    model = ModelInfo("large", "", "0" * 32, DIM, DIM, 512, 224, False)
    live = Live("large", model.name, model.fingerprint, DIM, DIM, "")
    store = Store(create_table(home, live.table, model), live)
    ids = [f"{number:08d}:0" for number in range(ROWS)]
    store.upsert([{"id": name, "doc_id": "1", "terms": ""} for name in ids])  # one file, one fragment
    vectors = np.random.default_rng(1).standard_normal((PART, DIM), dtype=np.float32)
    data = home.index / "large.lance" / "data"
    most = written = 0
    for start in range(0, ROWS - PART, PART):
        store.fill_vectors(ids[start : start + PART], vectors)
        now = sum(file.stat().st_size for file in data.iterdir())
        most, written = max(most, now), written + ROWS * DIM * 2
        upkeep(store)
    assert written > 500_000_000
    assert most < 200_000_000
    assert store.pending() == ROWS - start - PART
