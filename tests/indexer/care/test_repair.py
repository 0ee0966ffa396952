"""A table, a pointer or a catalogue damaged on purpose: named, answered without a traceback, put right."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import indexer
from indexer.catalogue import Catalogue
from indexer.running import status
from indexer.running.passes import _opened
from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.library import Library
from searcher.paths import doc_id
from searcher.settings import Settings
from searcher.store import open_store
from searcher.store.indexes import index_vectors
from searcher.store.table import open_table, read_live
from tests.conftest import make_home

FIRST, LATER = 12, 4  # notes; those added later are a fragment of their own


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> Home:
    """A home whose table has more than one fragment and every kind of index. Not to be changed."""
    place = tmp_path_factory.mktemp("repair")
    home, library = make_home(place / "home", starter), place / "library"
    library.mkdir()
    for number in range(FIRST):
        (library / f"{number}.md").write_text(f"# Note {number}\n\nAbout the garden, row {number * 7}.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    for number in range(LATER):
        (library / f"late-{number}.md").write_text(f"# Late {number}\n\nThe ferry leaves at {number}.\n")
    (library / "long.md").write_text(
        "\n\n".join(f"# Part {n}\n\n" + f"Sentence {n} about the harbour. " * 60 for n in range(4))
    )
    with _opened(home, Settings(), None) as (pipeline, _):
        pipeline.scan()
        while pipeline.step():
            pass
    index_vectors(live_table(home))
    return home


@pytest.fixture
def broken(indexed: Home, tmp_path: Path, starter: Path) -> Home:
    """A copy to be damaged."""
    home = make_home(tmp_path / "home", starter)
    shutil.copytree(
        indexed.root, home.root, ignore=shutil.ignore_patterns("models", "run"), dirs_exist_ok=True
    )
    return home


def live_table(home: Home):  # type: ignore[no-untyped-def]
    live = read_live(home)
    assert live
    return open_table(home, live.table, write=True)


def files(home: Home, pattern: str) -> list[Path]:
    """Files of the table, newest first."""
    live = read_live(home)
    assert live
    found = (home.index / f"{live.table}.lance").glob(pattern)
    return sorted(found, key=lambda path: -path.stat().st_mtime_ns)


def newest_data_gone(home: Home) -> None:
    files(home, "data/*.lance")[0].unlink()


def newest_data_cut(home: Home) -> None:
    os.truncate(files(home, "data/*.lance")[0], 200)


def all_data_gone(home: Home) -> None:
    for path in files(home, "data/*.lance"):
        path.unlink()


def manifest_cut(home: Home) -> None:
    os.truncate(min(files(home, "_versions/*.manifest")), 40)


def manifests_broken(home: Home) -> None:
    for path in files(home, "_versions/*.manifest"):
        path.write_bytes(b"broken")


def table_gone(home: Home) -> None:
    live = read_live(home)
    assert live
    shutil.rmtree(home.index / f"{live.table}.lance")


def pointer_broken(home: Home) -> None:
    (home.index / "live.json").write_text('{"table": "chunks')


def pointer_of_other_fields(home: Home) -> None:
    (home.index / "live.json").write_text('{"name": "chunks"}')


def pointer_gone(home: Home) -> None:
    (home.index / "live.json").unlink()


def catalogue_broken(home: Home) -> None:
    home.catalogue.write_bytes(b"this is no database" * 500)


def catalogue_cut(home: Home) -> None:
    Catalogue(home).vacuum()
    os.truncate(home.catalogue, 5000)


def catalogue_gone(home: Home) -> None:
    home.catalogue.unlink()


def words_gone(home: Home) -> None:
    for path in files(home, "_indices/*/part_*_docs.lance"):
        path.unlink()


def lookups_gone(home: Home) -> None:
    for path in files(home, "_indices/*/page_lookup.lance"):
        path.unlink()


def vectors_gone(home: Home) -> None:
    for path in files(home, "_indices/*/auxiliary.idx"):
        path.unlink()


PASSAGES = FIRST + LATER + 12
NOTHING, SOME, ALL = range(0, 1), range(1, PASSAGES), range(PASSAGES, PASSAGES + 1)


@pytest.mark.parametrize(
    ("damage", "named", "said", "embedded"),
    [
        (newest_data_gone, "cannot be read", "dropped", SOME),
        (newest_data_cut, "cannot be read", "dropped", SOME),
        (all_data_gone, "cannot be read", "0 of 28 passages were kept", ALL),
        (manifest_cut, "cannot be read", "taken back: 1", range(0, PASSAGES)),
        (manifests_broken, "cannot be read", "built anew", ALL),
        (table_gone, "cannot be read", "built anew", ALL),
        (pointer_broken, "live.json", "the name of the table", NOTHING),
        (pointer_of_other_fields, "live.json", "the name of the table", NOTHING),
        (pointer_gone, "live.json", "the name of the table", NOTHING),
        (catalogue_broken, "catalogue.sqlite", "28 of 28 passages were kept", NOTHING),
        (catalogue_cut, "catalogue.sqlite", "28 of 28 passages were kept", NOTHING),
        (catalogue_gone, "catalogue.sqlite", "28 of 28 passages were kept", NOTHING),
        (words_gone, "terms", "indexes were built again: terms", NOTHING),
        (lookups_gone, "doc_id, hash, id", "indexes were built again: doc_id", NOTHING),
        (vectors_gone, "vector", "indexes were built again: vector", NOTHING),
    ],
)
def test_damage_is_named_and_put_right(
    broken: Home, damage: Callable[[Home], None], named: str, said: str, embedded: range
) -> None:
    damage(broken)
    found = indexer.damage(broken)
    assert any(named in line for line in found), found
    assert all("\n" not in line for line in found)
    answers_or_says_what_to_do(broken)
    done = indexer.repair(broken, Settings())
    assert said in str(done) and "\n" not in str(done), str(done)
    assert done.summary.chunks_embedded in embedded, str(done)
    assert indexer.damage(broken) == []
    whole(broken)


def answers_or_says_what_to_do(home: Home) -> None:
    """Search and status raise nothing else than what is shown in one line."""
    with Library(home, Settings()) as opened:
        for mode in ("hybrid", "meaning", "words"):
            try:
                assert opened.search("when does the ferry leave", mode=mode)
            except SearcherError as error:
                assert "doctor --fix" in str(error) and "\n" not in str(error), error
    told = status.read(home)
    assert told["chunks"] == PASSAGES or "doctor --fix" in told["problem"] or told["files"]["indexed"]


def whole(home: Home) -> None:
    """Table and catalogue hold every passage of every file, and there is nothing left to do."""
    store = open_store(home, None)
    rows = store.table.search().select(["id", "doc_id", "vector"]).limit(1000).to_list()
    assert len(rows) == len({row["id"] for row in rows}) == PASSAGES
    assert all(row["vector"] is not None for row in rows)
    catalogue = Catalogue(home, write=False)
    assert {doc_id(row.path) for row in catalogue.with_status("indexed")} == {row["doc_id"] for row in rows}
    catalogue.close()
    with Library(home, Settings()) as opened:
        assert "late" in opened.search("when does the ferry leave")[0].path
    again = indexer.index(home, Settings())
    assert (again.chunks_written, again.chunks_embedded, again.chunks_removed) == (0, 0, 0)


def test_a_document_that_lost_some_passages_is_read_again(broken: Home) -> None:
    """Without a repair: what is left of its vectors is used again."""
    live_table(broken).delete("name = 'long.md' AND ordinal >= 2")
    done = indexer.index(broken, Settings())
    assert (done.changed, done.chunks_embedded, done.chunks_reused) == (1, 10, 2)
    whole(broken)


def test_nothing_damaged(broken: Home) -> None:
    assert indexer.damage(broken) == []
    done = indexer.repair(broken, Settings())
    assert "nothing was damaged" in str(done) and done.summary.chunks_written == 0


def test_a_table_and_a_catalogue_at_once(broken: Home) -> None:
    newest_data_gone(broken)
    catalogue_broken(broken)
    done = indexer.repair(broken, Settings())
    assert done.kept >= FIRST and done.summary.chunks_embedded <= PASSAGES - FIRST, str(done)
    whole(broken)


def test_a_home_that_was_moved_embeds_nothing(broken: Home) -> None:
    moved = Home(broken.root.rename(broken.root.with_name("elsewhere")))
    catalogue_gone(moved)
    assert indexer.index(moved, Settings()).chunks_embedded == 0
    whole(moved)
