"""What a long build will cost, told before it begins."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import pytest

from indexer.care.cost import of_building
from searcher.embedding import open_embedder
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


def test_the_terminal_says_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = telling_cost(None)
    for _ in range(3):
        told(IndexerState(cost="it takes about 3 h"))
    assert capsys.readouterr().err.count("3 h") == 1
