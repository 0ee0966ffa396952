"""One index in an object store, written by several homes and read by any."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import obstore
import pytest

import indexer
from indexer.adding import add_missing
from indexer.bulk.cluster import Bulk
from indexer.bulk.ledger import append
from indexer.bulk.shards import Embedding, Reading, ShardPlan, shards
from indexer.running import status
from indexer.running.onlooker import only_searches
from indexer.work.pipeline import Pipeline
from searcher import folders, objects
from searcher.errors import (
    FolderError,
    IndexMissing,
    IndexTaken,
    IndexUnreachable,
    ModelMismatch,
    PlaceUnfit,
    SearcherError,
    SettingsError,
)
from searcher.home import Home
from searcher.library import Library
from searcher.opening import model_of
from searcher.runtime import read_indexer_state
from searcher.settings import Settings
from searcher.settings_file import change
from searcher.store import open_store, place
from searcher.store.table import read_live
from tests.bucket import Machine, Proxy, environment, free_ports, proxied, seaweed, variables
from tests.conftest import make_home
from tests.indexer.processes import is_idle, wait_until
from ui.cli.main import main
from ui.doctor import examine, model
from ui.service import use

SECRET = "The combination of the safe is plumtree-seventeen-harbour-violet, so do not tell anybody."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("seaweed")
    (other,) = free_ports(1)
    with (
        seaweed(folder, namespaces=other) as port,
        proxied(port) as proxy,
        environment(variables(proxy.server_port)),
    ):
        proxy.namespaces = other
        yield proxy


@pytest.fixture(autouse=True)
def _whole(store: Proxy) -> Iterator[None]:
    yield
    store.breaks, store.without = lambda method, path: "", frozenset()


@pytest.fixture
def machines(store: Proxy, tmp_path: Path, starter: Path) -> list[Machine]:
    """Two, of one index."""
    return [
        Machine(tmp_path / name, starter, f"{store.scheme}://bucket/{tmp_path.name}")
        for name in ("one", "two")
    ]


def test_several_homes_write_one_index_and_any_searches_it(machines: list[Machine]) -> None:
    one, two = machines
    with pytest.raises(IndexMissing, match=place.of(two.home).address):
        two.search("onions")
    one.writes("kite.md", "# Kite\n\nA kite in strong wind needs a longer tail.\n")
    one.writes("soup.md", "# Soup\n\nOnions want an hour on a low flame.\n")
    assert one.index()["files"]["added"] == 2
    assert not list(one.home.index.iterdir()), "nothing of the index is in the home"

    (hit,) = two.search("onions")  # a home without folders of its own
    assert Path(hit.path).name == "soup.md" and hit.source and not hit.stale
    assert [hit.source for hit in one.search("onions")] == [""]

    private = two.writes("safe.md", SECRET)
    folders.add(two.home, one.folder)  # a second home with the same files: both keep theirs
    assert two.index()["files"]["added"] == 3
    assert one.paths() == ["kite.md", "kite.md", "safe.md", "soup.md", "soup.md"]
    assert one.index()["files"] | {"seen": 2, "unchanged": 2, "removed": 0} == one.index()["files"]
    folders.remove(two.home, one.folder)
    assert two.index()["files"]["removed"] == 2
    assert one.paths() == ["kite.md", "safe.md", "soup.md"], "each takes out its own alone"
    assert indexer.damage(one.home) == indexer.damage(two.home) == []
    assert status.read(one.home)["chunks"] == 3

    with pytest.raises(IndexTaken, match="belongs to another"):
        indexer.repair(two.home, Settings.load(two.home))
    assert main(["--home", str(one.home.root), "take-over", "--yes"]) == 2, "it is the owner"
    assert main(["--home", str(two.home.root), "take-over", "--yes"]) == 0
    assert indexer.repair(two.home, Settings.load(two.home)).summary.unchanged == 1
    with pytest.raises(IndexTaken, match="belongs to another"):
        indexer.repair(one.home, Settings.load(one.home))
    with pytest.raises(SearcherError, match=r"safe.md is indexed by .*two.*; forget it there"):
        indexer.forget(one.home, Settings.load(one.home), private)
    live = read_live(one.home)
    assert live
    other = Settings.load(one.home, dim=128)
    assert "owns the index and chooses its model" in model_of(one.home, other, live)[1]
    with pytest.raises(ModelMismatch, match="owns it and chooses"):
        model_of(one.home, other, live, strict=True)
    fixes = {each.name: each.fix for each in model.model(one.home, other, False)}
    assert "which owns the index" in fixes["fingerprint"]
    assert indexer.forget(two.home, Settings.load(two.home), private)["files"] == 1
    assert one.search("plumtree") == []
    at = place.of(two.home)
    assert all(b"plumtree" not in b"".join(parts) for _, parts in at.files())
    assert one.paths() == ["kite.md", "soup.md"]


def test_a_home_without_folders_searches_and_needs_no_right_to_write(
    machines: list[Machine], store: Proxy
) -> None:
    one, two = machines
    asked = set[str]()

    def reads(method: str, path: str) -> str:
        asked.add(method)
        return "" if method in ("GET", "HEAD") else "denied"

    store.breaks = reads
    stop = threading.Event()
    settings = Settings.load(two.home)
    watching = threading.Thread(target=indexer.watch, args=(two.home, settings), kwargs={"stop": stop})
    watching.start()
    try:
        wait_until(lambda: read_indexer_state(two.home), seconds=60)
        assert asked == {"GET"}, "whoever has folders makes the index"
        with pytest.raises(IndexMissing, match="nothing is indexed"):
            two.search("kite")
        one.writes("kite.md", "# Kite\n\nA kite in strong wind needs a longer tail.\n")
        store.breaks = lambda method, path: ""
        assert one.index()["files"]["added"] == 1
        store.breaks = reads
        assert only_searches(two.home) and two.search("kite")
        examined = {each.name: each for each in examine(two.home, settings)}
        assert examined["index"].ok and examined["folders"].ok, "it has none, and that is all right"
        store.breaks = lambda method, path: ""
        two.writes("soup.md", "# Soup\n\nOnions want an hour on a low flame.\n")
        folders.add(two.home, two.folder)
        wait_until(lambda: two.paths() == ["kite.md", "soup.md"], seconds=60)
    finally:
        stop.set()
        watching.join()


def test_a_lance_namespace_says_where_the_tables_are(store: Proxy, tmp_path: Path, starter: Path) -> None:
    address = f"rest+http://127.0.0.1:{store.namespaces}/lake/ours"
    one, two = (Machine(tmp_path / name, starter, address) for name in ("one", "two"))
    with pytest.raises(IndexMissing, match=r"rest\+http"):
        two.search("onions")
    one.writes("kite.md", "# Kite\n\nA kite in strong wind needs a longer tail.\n")
    private = two.writes("safe.md", SECRET)
    for machine in (one, two):
        assert machine.index()["files"]["added"] == 1
    assert [hit.source != "" for hit in one.search("plumtree")] == [True]
    at = place.of(two.home)
    assert any("chunks_" in name and "/data/" in name for name, _ in at.files())
    assert indexer.forget(two.home, Settings.load(two.home), private)["files"] == 1
    assert all(b"plumtree" not in b"".join(parts) for _, parts in at.files())
    assert one.paths() == ["kite.md"] and at.size() > 0
    change(one.home, index=f"rest+http://127.0.0.1:{free_ports(1)[0]}/lake/ours")
    with pytest.raises(IndexUnreachable, match="nobody answers"):
        one.index()


def test_what_was_indexed_in_the_home_goes_along(machines: list[Machine]) -> None:
    one, _ = machines
    address = place.of(one.home).address
    change(one.home, index=None)
    one.writes("soup.md", "# Soup\n\nOnions want an hour on a low flame.\n")
    assert one.index()["chunks"]["embedded"] == 1
    change(one.home, index=address)
    summary = one.index()
    assert (summary["files"]["unchanged"], summary["chunks"]["embedded"]) == (1, 0)
    assert [Path(hit.path).name for hit in one.search("onions")] == one.paths() == ["soup.md"]
    assert open_store(one.home, None, write=True).pending() == 0
    assert list(one.home.index.iterdir()), "for who goes back"
    indexer.forget(one.home, Settings.load(one.home), one.folder / "soup.md")
    assert not list(one.home.index.iterdir()), "it would hold the forgotten file"


def test_a_store_without_conditional_writes_is_refused(machines: list[Machine], store: Proxy) -> None:
    one, _ = machines
    one.writes("kite.md", "A kite in strong wind needs a longer tail.\n")
    with environment(store.unsigned):
        store.without = store.conditions
        with pytest.raises(PlaceUnfit, match="no conditional writes"):
            one.index()
        store.without = frozenset()
        assert one.index()["files"]["added"] == 1


def test_a_store_that_is_away_is_no_damage(
    machines: list[Machine], store: Proxy, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = machines
    one.writes("kite.md", "A kite in strong wind needs a longer tail.\n")
    one.index()
    with Library(two.home, Settings.load(two.home)) as library:
        assert library.search("kite", mode="words")
        store.breaks = lambda method, path: "denied"
        with pytest.raises(IndexUnreachable, match=r"access is denied at http.*AccessDenied.*credentials"):
            open_store(two.home, None, write=True)
        store.breaks = lambda method, path: "before"
        assert main(["--home", str(two.home.root), "search", "kite"]) == 1
        said = capsys.readouterr().err
        assert (
            "is not reachable: the connection broke at http" in said
            and "damage" not in said
            and "doctor" not in said
        )
        assert "is not reachable" in status.read(two.home)["problem"]
        assert main(["--home", str(two.home.root), "status"]) == 0
        shown = capsys.readouterr().out
        assert shown.count("not known now") == 2 and "nothing is indexed" not in shown
        examined = examine(two.home, Settings.load(two.home))
        assert [each.name for each in examined if "reachable" in each.detail] == ["place"], "said once"
        with pytest.raises(IndexUnreachable):
            one.index()
        with pytest.raises(IndexUnreachable):
            indexer.repair(one.home, Settings.load(one.home))
        store.breaks = lambda method, path: ""
        assert library.search("kite", mode="words"), "it goes on once the store is back"
    assert one.index()["files"]["unchanged"] == 1


def test_what_goes_with_the_index_is_beside_it(machines: list[Machine]) -> None:
    one, two = machines
    axes = [machine.home.axes("0" * 16) for machine in machines]
    axes[0].write_bytes(b"axes")
    place.of(one.home).keep(axes[0])
    place.of(one.home).keep(axes[0])
    place.of(two.home).fetch(axes[1])
    assert axes[1].read_bytes() == b"axes"
    place.of(two.home).fetch(two.home.axes("1" * 16))
    assert not two.home.axes("1" * 16).exists()


def test_objects_are_documents_that_cannot_be_opened(
    store: Proxy, tmp_path: Path, starter: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, address = make_home(tmp_path / "home", starter), f"{store.scheme}://bucket/{tmp_path.name}/library"
    shelf, read = objects.opened(address), list[str]()
    for name, text in {
        "deep/soup.md": "# Soup\n\nOnions want an hour on a low flame.\n",
        "kite ä.md": SECRET,
        "long.txt": "A kite in strong wind. " * 60_000,
        "node_modules/a.md": "not read",
        "deep/.hidden.md": "not read",
    }.items():
        obstore.put(shelf, name, text.encode())
    add_missing(home, [f"{address}/"])
    change(home, max_file_mb=1.0)
    settings = Settings.load(home)

    def bulk(pipeline: Pipeline) -> None:
        plan = ShardPlan.of(home, settings, pipeline.store)
        with closing(Reading()) as reading, closing(Embedding()) as embedding:
            for tasks in shards(pipeline.hand_out()):
                shard = embedding.embed(plan, reading.read(plan, tasks))
                append(home, pipeline.store, pipeline.catalogue, [shard])

    def passed(bulk: Bulk | None = None) -> dict[str, int]:
        read.clear()
        return indexer.index(home, settings, bulk=bulk).as_json()["files"]

    def seen(method: str, path: str) -> str:
        read.extend([path] if method == "GET" and "/library/" in path and "list-type" not in path else [])
        return ""

    store.breaks = seen
    passed(bulk)
    assert len(read) == 2 and open_store(home, None).pending() == 0
    skipped = {row["path"]: row["rule"] for row in status.read(home)["skipped"]}
    assert skipped == {
        f"{address}/{name}": rule
        for name, rule in (("long.txt", "size"), ("node_modules", "built-in"), ("deep/.hidden.md", "hidden"))
    }
    assert passed()["unchanged"] == 2 and not read

    service = use(home)
    (hit,) = service.search("onions", mode="words").results
    assert (hit.path, hit.source) == (f"{address}/deep/soup.md", f"{store.scheme}://bucket")
    view = service.document(hit.path)
    assert "low flame" in view.text and "cannot be opened here" in view.notes[0]
    assert [(each["path"], each["files"]) for each in service.folders()] == [(address, 2)]
    with pytest.raises(FolderError):
        service.open_file(hit.path)
    assert all(check.ok for check in service.doctor() if check.name in ("index", "files", "folders"))

    tags = {each.name: each for each in objects.listed(address)}
    obstore.put(shelf, "kite ä.md", SECRET.encode())
    again = {each.name: each for each in objects.listed(address)}["kite ä.md"]
    assert again.tag == tags["kite ä.md"].tag
    obstore.put(shelf, "deep/soup.md", b"# Soup\n\nLeek will do as well.\n")
    assert passed()["changed"] == 1 and len(read) == 1, "what has the same tag is not read"
    store.breaks = lambda method, path: "before" if path.startswith("/bucket") else ""
    assert main(["--home", str(home.root), "index"]) == 0
    said = capsys.readouterr()
    assert f"{address} cannot be listed" in said.err and "removed" not in said.out
    store.breaks = seen
    assert [hit.path for hit in service.search("leek", mode="words").results] == [hit.path]

    obstore.put(shelf, "late.md", b"# Late\n\nCelery comes last.\n")
    _watch(home)
    assert service.search("celery", mode="words").results

    assert main(["--home", str(home.root), "forget", f"{address}/kite ä.md"]) == 0
    assert "1 files" in capsys.readouterr().err
    obstore.delete(shelf, "deep/soup.md")
    files = passed()
    assert (files["removed"], files["added"], read) == (1, 0, []), "what was forgotten is not read again"
    assert main(["--home", str(home.root), "folders", "remove", address]) == 0
    with pytest.raises(FolderError, match="must be like s3://bucket/prefix"):
        add_missing(home, ["s3://"])


def _watch(home: Home) -> None:
    """`searcher watch` until it rests, as who stops it with a signal."""
    over, before = (
        threading.Event(),
        {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)},
    )

    def stop() -> None:
        while not over.wait(0.1):
            if is_idle(home):
                os.kill(os.getpid(), signal.SIGTERM)
                return

    stopping = threading.Thread(target=stop)
    home.indexer_state.unlink(missing_ok=True)
    stopping.start()
    try:
        assert main(["--home", str(home.root), "watch"]) == 0
    finally:
        over.set()
        stopping.join()
        for each, handler in before.items():
            signal.signal(each, handler)


def test_an_endpoint_without_a_scheme_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "localhost:8333")
    with pytest.raises(SettingsError, match="AWS_ENDPOINT is 'localhost:8333'; it must begin with http"):
        next(objects.listed(f"s3://bucket/{tmp_path.name}"))


@pytest.mark.parametrize("address", ["ftp://bucket", "s3://", "bucket/prefix"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    home = Home(tmp_path / "home").create()
    change(home, index=address)
    with pytest.raises(SettingsError, match="s3://bucket/prefix"):
        read_live(home)


def test_the_home_is_the_place_unless_another_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").create()
    assert place.of(home).address == str(home.index)
    monkeypatch.setenv("SEARCHER_INDEX", "s3://bucket/of-the-environment/")
    for name, value in variables(free_ports(1)[0]).items():
        monkeypatch.setenv(name, value)
    assert place.of(home).address == "s3://bucket/of-the-environment"
    home.settings.write_text(json.dumps({}))  # a broken file is for who loads the settings to tell of
    monkeypatch.delenv("SEARCHER_INDEX")
    assert place.of(home).address == str(home.index)
