"""What takes longer of an index in an object store: `python -m pytest benchmarks/test_bucket.py`."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import obstore
import pytest

import indexer
from searcher import folders, objects
from searcher.errors import IndexMissing, IndexTaken, IndexUnreachable, ModelMismatch
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.settings_file import change
from searcher.store import open_store
from searcher.store.table import read_live, write_live
from tests.bucket import Machine, Proxy, environment, proxied, seaweed, variables
from tests.conftest import *  # noqa: F403
from tests.conftest import make_home


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("seaweed")
    with seaweed(folder) as port, proxied(port) as proxy, environment(variables(proxy.server_port)):
        yield proxy


@pytest.fixture
def machines(store: Proxy, tmp_path: Path, starter: Path) -> list[Machine]:
    """Two, of one index."""
    store.breaks = lambda method, path: ""
    return [
        Machine(tmp_path / name, starter, f"{store.scheme}://bucket/{tmp_path.name}")
        for name in ("one", "two")
    ]


def test_a_new_index_keeps_the_passages_of_other_machines(machines: list[Machine]) -> None:
    one, two = machines
    one.writes("kite.md", "# Kite\n\nA kite in strong wind needs a longer tail.\n")
    two.writes("soup.md", "# Soup\n\nOnions want an hour on a low flame.\n")
    with pytest.raises(IndexMissing, match=r"another searcher is to make it|nothing is indexed"):
        one.search("kite")
    one.index()
    two.index()
    change(two.home, dim=128)
    with pytest.raises(ModelMismatch, match="at 384 dimensions"):
        two.index()
    before = read_live(one.home, fresh=True)
    change(one.home, chunk_tokens=100, dim=128)
    one.index()
    after = read_live(one.home, fresh=True)
    assert before and after and (before.table, before.dim) != (after.table, after.dim)
    assert one.paths() == ["kite.md", "soup.md"]
    assert open_store(one.home, None, write=True).pending() == 0, "they are embedded from their text"
    change(two.home, chunk_tokens=100)
    axes = two.home.axes(after.fingerprint)
    axes.unlink(missing_ok=True)
    assert [Path(hit.path).name for hit in two.search("onions")] == ["soup.md"]
    assert axes.exists(), "what the vectors are turned to goes with the index"
    assert two.index()["chunks"]["embedded"] == 0
    with pytest.raises(IndexTaken, match="another machine"):
        write_live(one.home, replace(after, measure=7), instead_of=before)
    assert read_live(one.home, fresh=True) == after


def test_writes_that_were_cut_short_are_done_once(machines: list[Machine], store: Proxy) -> None:
    """The connection breaks at a commit, before or after the store has made it."""
    one, _ = machines
    one.writes("kite.md", "A kite in strong wind needs a longer tail.\n")
    one.index()
    for number, when in enumerate(("before", "after") * 2):
        one.writes(f"{number}.md", f"Train {number} leaves at noon.\n")
        commits = 0

        def breaks(method: str, path: str, when: str = when, number: int = number) -> str:
            nonlocal commits
            if method == "PUT" and "_versions" in path:
                commits += 1
                return when if commits <= 1 + number % 3 else ""
            return ""

        store.breaks = breaks
        try:
            one.index()
        except IndexUnreachable:
            store.breaks = lambda method, path: ""
            one.index()
        assert commits
        store.breaks = lambda method, path: ""
        assert one.paths() == sorted(["kite.md", *(f"{each}.md" for each in range(number + 1))])
        assert open_store(one.home, None, write=True).pending() == 0


def test_two_that_write_at_once_and_are_killed(machines: list[Machine]) -> None:
    """Nothing is lost or doubled, and a reader never fails."""
    chance = random.Random(3)
    expected: list[str] = []
    for number, machine in enumerate(machines):
        machine.writes(f"{number} first.md", f"Train {number} leaves at noon.\n")
        expected.append(f"{number} first.md")
        machine.index()
    stop, failures, asked = threading.Event(), list[Exception](), 0

    def read() -> None:
        nonlocal asked
        with Library(machines[1].home, Settings.load(machines[1].home)) as library:
            while not stop.is_set():
                try:
                    assert library.search("train", mode="words")
                    asked += 1
                except Exception as error:
                    failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(3):
            for number, machine in enumerate(machines):
                for each in range(5):
                    name = f"{number} {turn} {each}.md"
                    machine.writes(name, f"Train {number} {turn} {each} leaves at noon.\n")
                    expected.append(name)
            running = [_indexing(machine) for machine in machines]
            victim = running[turn % 2]
            with suppress(subprocess.TimeoutExpired):
                victim.wait(chance.uniform(2.0, 9.0))
            victim.kill()
            assert running[1 - turn % 2].wait(120) == 0
            victim.wait()
        assert [_indexing(machine).wait(120) for machine in machines] == [0, 0]
    finally:
        stop.set()
        reader.join()
    assert machines[0].paths() == sorted(expected)
    assert open_store(machines[0].home, None, write=True).pending() == 0
    assert asked > 5 and not failures


# `searcher`, killed once passages are in the table and the catalogue is to be told of them
KILLED = """
import os, signal, sys
from indexer.catalogue import Catalogue
from searcher.home import Home
from pathlib import Path

put = Catalogue.put
def dying(self, files):
    if Home(Path(sys.argv[2])).ledger.exists():
        os.kill(os.getpid(), signal.SIGKILL)
    put(self, files)
Catalogue.put = dying
from ui.cli.main import main
main(sys.argv[1:])
"""


def test_ray_reads_objects_into_a_bucket_and_is_killed(
    machines: list[Machine], store: Proxy, starter: Path, tmp_path: Path
) -> None:
    """Two workers; the rows are those of a pass without Ray into the home."""
    address = f"{store.scheme}://bucket/{tmp_path.name}-library"
    shelf = objects.opened(address)
    for number in range(40):
        text = f"# Train {number}\n\nIt leaves at {number} past noon.\n"
        obstore.put(shelf, f"{number % 3}/{number}.md", text.encode())
    obstore.put(shelf, "copy.md", bytes(obstore.get(shelf, "0/0.md").bytes()))
    obstore.put(shelf, "empty.txt", b"")
    home = machines[0].home
    arguments = ["--home", str(home.root), "index", address, "--engine", "ray"]
    limits = os.environ | {"SEARCHER_THREADS": "1"}
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], env=limits)
    assert killed.returncode == -signal.SIGKILL and home.ledger.exists()
    assert 0 < len(_rows(home)) <= 41
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli.main", *arguments, "--json"], env=limits, capture_output=True
    )
    files = json.loads(done.stdout)["files"]
    assert files["unchanged"] and (files["unchanged"] + files["added"], files["failed"]) == (41, 1)
    alone = make_home(tmp_path / "alone", starter)
    folders.add(alone, address)
    indexer.index(alone, Settings.load(alone))
    assert _rows(home) == _rows(alone) and len(_rows(home)) == 41
    assert open_store(home, None, write=True).pending() == 0


def _rows(home: Home) -> list[dict[str, Any]]:
    """Without what differs from home to home."""
    table = open_store(home, None, write=True).table.search().limit(1000).to_arrow()
    own = {"id", "doc_id", "source", "gen", "vector", "rest"}
    columns = [name for name in table.column_names if name not in own]
    return table.select(columns).sort_by([("path", "ascending"), ("ordinal", "ascending")]).to_pylist()  # type: ignore[no-any-return]


def _indexing(machine: Machine) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ui.cli.main", "--home", str(machine.home.root), "index"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)
