"""What a long build will cost, told before it begins."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

import indexer
from indexer.care.cost import of_building
from indexer.work.pace import Pace, noted_speed
from searcher.embedding import open_embedder
from searcher.files import write_json
from searcher.folders import Folder
from searcher.home import Home
from searcher.runtime import IndexerState
from searcher.settings import Settings
from searcher.store import open_store
from tests.shared import Indexed
from ui.cli.progress import telling_cost


def test_the_cost_of_a_build_is_computed_from_its_passages(tmp_path: Path, indexed_sample: Indexed) -> None:
    home = indexed_sample.home
    store = open_store(home, None)
    tokens = sum(store.table.search().select(["tokens"]).limit(10**6).to_arrow()["tokens"].to_pylist())
    with closing(open_embedder(home, Settings(), role="index")) as embedder:
        said = of_building(home, Settings(), embedder, long=0.0, fewest=1)
        assert of_building(home, Settings(), embedder, fewest=1) == "", "a sample takes no ten minutes"
        assert of_building(home, Settings(), embedder, long=0.0, fewest=10**6) == ""
        assert of_building(Home(tmp_path).create(), Settings(), embedder, long=0.0, fewest=0) == "", (
            "nothing to replace"
        )
    told = re.search(r"takes about (\d+) min on this machine \(([\d,]+) tokens at ([\d,]+) a second\)", said)
    assert told is not None
    assert abs(int(told[2].replace(",", "")) - tokens) <= 1, "its own tokens are counted alike"
    assert f"searcher models use {embedder.model.name}" in said and "embed_url" in said
    assert "embed_first" in said


def test_what_a_folder_costs_follows_from_the_speed_and_the_tokens_measured_here(
    tmp_path: Path, sample_home: Home
) -> None:
    store = open_store(sample_home, None)
    rows = store.table.search().where("path LIKE '%.md'").select(["size", "ordinal", "tokens"]).limit(10**6)
    found = rows.to_list()
    tokens, size = (
        sum(row["tokens"] for row in found),
        sum(row["size"] * (row["ordinal"] == 0) for row in found),
    )
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "note.md").write_text("a word " * 20_000)
    folder = Folder(str(tmp_path / "new"))
    for speed in (100.0, 2000.0):
        write_json(sample_home.speeds, {store.live.fingerprint: speed})
        asked = indexer.preview(folder, sample_home, Settings())
        assert (asked["files"], asked["bytes"]) == (1, 140_000)
        assert asked["seconds"] == pytest.approx(140_000 * tokens / size / speed)
    every = sum(store.table.search().select(["tokens"]).limit(10**6).to_arrow()["tokens"].to_pylist())
    assert indexer.of_embedding_again(sample_home) == pytest.approx(every / 2000.0)
    empty = Home(tmp_path / "empty").create()
    assert (
        indexer.of_embedding_again(empty) is None
        and indexer.preview(folder, empty, Settings())["seconds"] > 0
    )


def test_the_speed_is_kept_once_it_says_something(tmp_path: Path) -> None:
    now = 0.0
    home, pace = Home(tmp_path).create(), Pace(lambda: now)
    pace.embedded(1000, 1.0)
    pace.note(home, "f")
    assert noted_speed(home, "f") is None
    now = 1.0
    pace.embedded(2000, 1.0)
    pace.note(home, "f")
    assert (noted_speed(home, "f"), noted_speed(home, "g")) == (1500.0, None)


def test_the_time_left_counts_what_is_done_between_two_batches() -> None:
    times = iter([0.0, 0.0, 1.5, 3.0, 4.5, 100.0, 101.0, 101.5, 102.0])  # half a second each for writing
    pace = Pace(lambda: next(times))
    said = []
    for _ in range(4):
        pace.embedded(1000, 1.0)
        said.append(pace.seconds_left(11_000))
    assert said == [None, None, pytest.approx(11 * 1.5), pytest.approx(11 * 1.5)]  # the first one was slower
    pace.embedded(1000, 1.0)  # nothing waited before
    pace.read({}, {})  # files were read between
    pace.embedded(1000, 1.0)
    assert pace.tokens_per_second == pytest.approx(4000 / 5)
    pace.begin_reading({".md": 51})  # more than was read: what it holds would be a guess
    assert pace.seconds_left(11_000) is None
    known = Pace(lambda: 0.0, usual=500.0)
    assert known.seconds_left(11_000) == pytest.approx(22)


def test_the_time_left_knows_which_files_hold_text_and_looks_as_far_back_as_ahead() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    pace.begin_reading({".md": 300_000, ".jpg": 2_000_000})
    pace.read({".md": 200_000, ".jpg": 1_000_000}, {".md": 50_000})
    assert pace.seconds_left(50_000) is None
    for speed in (200, 100):  # another program came
        for _ in range(20):
            now += 10.0
            pace.embedded(10 * speed, 10.0)
    assert pace.tokens_per_second == 100
    assert pace.seconds_left(0) == pytest.approx(225.0, rel=0.1)
    pace.read({".md": 100_000, ".jpg": 1_000_000}, {})
    assert pace.seconds_left(6_000) == 60.0
    assert pace.seconds_left(30_000) == 250.0


def test_the_terminal_says_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = telling_cost(None)
    for _ in range(3):
        told(IndexerState(cost="it takes about 3 h"))
    assert capsys.readouterr().err.count("3 h") == 1
