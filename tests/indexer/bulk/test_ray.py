"""New files in shards: on Ray with two workers, and with a writer that is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import closing
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import indexer
from indexer.bulk.cluster import UNUSED
from indexer.bulk.ledger import append
from indexer.bulk.shards import Embedding, Reading, ShardPlan, shards
from indexer.catalogue import Catalogue, FileRow
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding.cards import are_usable
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import open_store
from searcher.store.reader import full_vectors
from tests.bucket import free_ports
from tests.conftest import make_home
from ui.cli.main import main

VECTORS = ("vector", "rest")


class Killed(Exception):
    pass


class Dying:
    """A real thing, at one call of which the writer is killed."""

    def __init__(self, real: Any, call: str) -> None:
        self._real, self._call = real, call

    def __getattr__(self, name: str) -> Any:
        if name == self._call:
            raise Killed
        return getattr(self._real, name)


def test_two_workers_write_the_rows_of_a_single_pass(home: Home, tmp_path: Path, starter: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for number in range(36):  # two shards
        (library / f"{number}.md").write_text(f"# Train {number}\n\nIt leaves at {number} past noon.\n")
    (library / "log.csv").write_text("day,note\n" + "2024-01-01,a kite in strong wind\n" * 400)
    (library / "copy.md").write_bytes((library / "0.md").read_bytes())
    (library / "empty.txt").touch()
    command = [sys.executable, "-m", "ui.cli.main", "--home", str(home.root), "index", str(library)]
    command += ["--engine", "ray", "--json"]
    # a graphics card that Ray believes in, and llama.cpp was not built for
    limits = {"SEARCHER_THREADS": "1", "SEARCHER_MASS_PASSAGES": "2", "RAY_OVERRIDE_RESOURCES": '{"GPU": 1}'}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | limits) as running:
        alone = make_home(tmp_path / "alone", starter)
        folders.add(alone, library)
        settings = replace(Settings.load(alone), mass_passages=2)
        expected = indexer.index(alone, settings).as_json()
        assert running.stdout is not None
        summary = json.loads(running.stdout.read())
    assert running.returncode == 0
    assert summary["files"] == expected["files"] and not summary["chunks"]["removed"]
    assert summary["chunks"]["written"] == expected["chunks"]["written"] > summary["chunks"]["embedded"] > 36
    assert summary["files"]["failed"] == 1
    assert summary["notes"] == ([] if are_usable() else [UNUSED])

    made, usual = rows_of(home), rows_of(alone)
    others = [name for name in usual.column_names if name not in (*VECTORS, "gen")]
    assert made.select(others).to_pylist() == usual.select(others).to_pylist()
    assert made["vector"].is_valid() == usual["vector"].is_valid() and made["vector"].null_count
    vectors = [
        full_vectors(rows, open_store(each, None).layout) for rows, each in ((made, home), (usual, alone))
    ]
    assert np.abs(vectors[0] - vectors[1]).max() < 2e-3
    assert files_of(home) == files_of(alone)

    again = indexer.index(home, settings).as_json()
    unwritten = expected["files"]["added"], 0, 0
    assert (again["files"]["unchanged"], again["files"]["added"], again["chunks"]["written"]) == unwritten


@pytest.mark.parametrize("dies", ["before the table", "before the catalogue"])
def test_a_commit_is_made_once_wherever_the_writer_is_killed(home: Home, tmp_path: Path, dies: str) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for number in range(3):
        (library / f"{number}.md").write_text(f"Train {number} leaves at noon from platform {number}.\n")
    folders.add(home, library)
    settings = Settings.load(home)

    def bulk(pipeline: Pipeline) -> None:
        plan = ShardPlan.of(home, settings, pipeline.store)
        with closing(Reading()) as reading, closing(Embedding()) as embedding:
            (tasks,) = shards(pipeline.hand_out())
            shard = embedding.embed(plan, reading.read(plan, tasks))
            store, catalogue = copy(pipeline.store), pipeline.catalogue
            if dies == "before the table":
                store.table = Dying(store.table, "add")
            else:
                catalogue = Dying(catalogue, "put")
            append(home, store, catalogue, [shard])

    with pytest.raises(Killed):
        indexer.index(home, settings, bulk=bulk)
    summary = indexer.index(home, settings).as_json()
    assert not home.ledger.exists()
    table = open_store(home, None).table
    assert (
        len(set(rows_of(home)["id"].to_pylist())) == table.count_rows("embedded") == table.count_rows() == 3
    )
    if dies == "before the catalogue":
        assert (summary["files"]["unchanged"], summary["chunks"]["embedded"]) == (3, 0)
    else:
        assert (summary["files"]["added"], summary["chunks"]["embedded"]) == (3, 3)


def test_a_wrong_call_says_what_to_do(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def said(*flags: str) -> str:
        assert main(["--home", str(home.root), "index", str(tmp_path), *flags]) > 0
        return capsys.readouterr().err

    assert "give both" in said("--address", "head:6379")
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    assert f"the cluster at {nobody} cannot be used" in said("--engine", "ray", "--address", nobody)
    monkeypatch.setattr("indexer.bulk.cluster.find_spec", lambda name: None)
    assert "pip install ray" in said("--engine", "ray")


# a cluster with a card that only Ray believes in, first while another job has it
_CARDS = """
import sys, time
import ray
from indexer.bulk.cluster import TAKEN, UNUSED, free_cards
from searcher.embedding import cards

ray.init(num_cpus=1, num_gpus=1, include_dashboard=False, _temp_dir=sys.argv[1], log_to_driver=False)
@ray.remote(num_cpus=0, num_gpus=1)
class Other:
    def is_there(self):
        return True
other, told = Other.remote(), []
assert ray.get(other.is_there.remote())
assert (free_cards(ray, told.append), told) == (0, [TAKEN])
ray.kill(other)
usable = cards.are_usable()
assert (free_cards(ray, told.append), told[1:]) == ((1, []) if usable else (0, [UNUSED]))
ray.shutdown()
"""


def test_cards_that_other_work_has_are_left_to_it() -> None:
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp", ignore_cleanup_errors=True) as folder:
        subprocess.run([sys.executable, "-c", _CARDS, folder], check=True, timeout=120)


def rows_of(home: Home) -> Any:
    """All of the table, in order."""
    return open_store(home, None).table.search().limit(10_000).to_arrow().sort_by("id")


def files_of(home: Home) -> list[FileRow]:
    with closing(Catalogue(home, write=False)) as catalogue:
        rows = catalogue.with_status("indexed", "failed", "skipped")
    return [replace(row, indexed_at=0.0) for row in rows]
