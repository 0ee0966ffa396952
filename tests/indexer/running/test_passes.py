"""Whole passes over real folders: what is counted, what is embedded, what stays and what goes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

import indexer
from indexer.catalogue import Catalogue
from indexer.running import status
from searcher import folders
from searcher.errors import IndexLocked
from searcher.home import Home
from searcher.library import Library
from searcher.paths import doc_id
from searcher.settings import Settings
from searcher.store import open_store
from searcher.store.table import read_live
from tests.shared import spare_labels

NOTES = {
    "kite.md": "# Kite\n\nA kite in strong wind needs a longer tail, or it spins and falls.\n",
    "soup/onion.md": "# Onion soup\n\nOnions want an hour on a low flame before the broth goes in.\n",
    "soup/leek.txt": "Leeks are washed twice, since sand hides between the leaves.\n",
}


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    root = tmp_path / "library"
    for name, text in NOTES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    folders.add(home, root)
    return root


def run(home: Home, **changes: object) -> dict[str, dict[str, int]]:
    return indexer.index(home, Settings(**changes)).as_json()  # type: ignore[arg-type]


def paths(home: Home) -> set[str]:
    rows = open_store(home, None).table.search().select(["path"]).to_arrow()["path"].to_pylist()
    return {Path(path).name for path in rows}


def consistent(home: Home) -> None:
    """Table and catalogue name the same documents, and no passage waits."""
    store = open_store(home, None)
    there = set(store.table.search().select(["doc_id"]).to_arrow()["doc_id"].to_pylist())
    catalogue = Catalogue(home, write=False)
    assert there == {doc_id(row.path) for row in catalogue.with_status("indexed", "offline")}
    catalogue.close()
    assert store.pending() == 0


def test_first_second_and_changed_pass(home: Home, library: Path) -> None:
    first = run(home)
    assert first["files"] | {"skipped": 0} == dict(
        seen=3, added=3, changed=0, moved=0, removed=0, unchanged=0, failed=0, skipped=0
    )
    assert first["chunks"]["embedded"] == first["chunks"]["written"] > 0
    second = run(home)
    assert second["files"]["unchanged"] == 3
    assert second["chunks"] == dict(written=0, embedded=0, reused=0, removed=0)
    (library / "kite.md").write_text(
        NOTES["kite.md"] + "\n# Line\n\nThe line should be of braided polyester.\n"
    )
    (library / "soup/leek.txt").unlink()
    third = run(home)
    assert (third["files"]["changed"], third["files"]["removed"], third["files"]["unchanged"]) == (1, 1, 1)
    assert paths(home) == {"kite.md", "onion.md"}
    consistent(home)


def test_a_touched_file_is_unchanged_and_not_stale(home: Home, library: Path) -> None:
    run(home)
    os.utime(library / "kite.md", (1_700_000_000, 1_700_000_000))
    again = run(home)
    assert (again["files"]["unchanged"], again["chunks"]["written"]) == (3, 0)
    with Library(home, Settings()) as opened:
        hit = opened.search("kite in strong wind", until="2023-11")[0]  # its date is that of its last change
    assert not hit.stale and hit.date == hit.modified[:10] and hit.date.startswith("2023-11-1")


def test_an_edit_that_keeps_size_and_time_is_noticed(home: Home, library: Path) -> None:
    run(home)
    kite, before = library / "kite.md", (library / "kite.md").stat()
    kite.write_text(NOTES["kite.md"].replace("wind", "hail"))
    os.utime(kite, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run(home)["files"]["changed"] == 1
    assert run(home)["files"]["unchanged"] == 3


def test_files_that_exchange_their_names_are_right(home: Home, library: Path) -> None:
    one, two, beside = library / "one.md", library / "two.md", library / "beside"
    one.write_text("Ravens are wise.\n")
    two.write_text("Walrus on floes.\n")
    for path in (one, two):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    run(home)
    one.rename(beside)
    two.rename(one)
    beside.rename(two)
    assert run(home)["chunks"]["embedded"] == 0
    with Library(home, Settings()) as opened:
        assert Path(opened.search("ravens", mode="words")[0].path).name == "two.md"
        assert Path(opened.search("walrus", mode="words")[0].path).name == "one.md"


def test_a_catalogue_of_before_is_taken_over(home: Home, library: Path) -> None:
    import sqlite3

    run(home)
    with sqlite3.connect(home.catalogue) as db:
        db.execute("ALTER TABLE files DROP COLUMN ctime_ns")
    db.close()
    assert status.read(home)["files"]["indexed"] == 3
    again = indexer.index(home, Settings())
    assert (again.unchanged, again.chunks_written, again.notes) == (3, 0, [])


def test_moves_and_copies_embed_nothing(home: Home, library: Path) -> None:
    run(home)
    (library / "soup").rename(library / "suppen")
    shutil.copy(library / "kite.md", library / "drachen.md")
    moved = run(home)
    assert (moved["files"]["moved"], moved["files"]["added"], moved["files"]["removed"]) == (2, 1, 0)
    assert moved["chunks"]["embedded"] == 0
    assert moved["chunks"]["reused"] == moved["chunks"]["written"] == 3
    consistent(home)


def test_only_the_edited_passage_is_embedded_again(home: Home, library: Path) -> None:
    parts = [f"# Part {n}\n\n" + f"Sentence about subject number {n}. " * 60 + "\n\n" for n in range(6)]
    (library / "long.md").write_text("".join(parts))
    before = run(home)["chunks"]["embedded"]
    parts[3] = "# Part 3\n\n" + "Now it is about walruses on the ice. " * 60 + "\n\n"
    (library / "long.md").write_text("".join(parts))
    again = run(home)["chunks"]
    assert 0 < again["embedded"] < before / 2
    assert again["reused"] >= 4


def test_a_file_that_can_no_longer_be_read_loses_its_passages(home: Home, library: Path) -> None:
    run(home)
    (library / "kite.md").write_bytes(b"")
    broken = run(home)
    assert broken["files"]["failed"] == 1
    assert broken["errors"][0]["path"].endswith("kite.md")  # type: ignore[index]
    assert "kite.md" not in paths(home)
    assert run(home)["files"]["failed"] == 1
    (library / "kite.md").write_text("A box kite has two cells.\n")
    assert run(home)["files"]["failed"] == 0
    assert "kite.md" in paths(home)


def test_a_folder_that_is_gone_for_a_while_keeps_its_documents(home: Home, library: Path) -> None:
    run(home)
    library.rename(library.with_name("unmounted"))
    away = indexer.index(home, Settings())
    assert away.removed == 0
    assert "kept" in away.notes[0]
    assert status.read(home)["files"]["offline"] == 3
    library.with_name("unmounted").rename(library)
    back = run(home)
    assert (back["files"]["unchanged"], back["chunks"]["embedded"]) == (3, 0)
    assert status.read(home)["files"]["indexed"] == 3


def test_a_folder_taken_out_takes_its_documents_with_it(home: Home, library: Path) -> None:
    run(home)
    folders.remove(home, library)
    assert run(home)["files"]["removed"] == 3
    assert paths(home) == set()


def test_forgetting_leaves_no_trace_and_lasts(home: Home, library: Path) -> None:
    secret = library / "secret.md"
    secret.write_text(
        "The combination of the safe is plumtree-seventeen-harbour-violet, do not tell anybody.\n"
    )
    run(home)
    done = indexer.forget(home, Settings(), secret)
    assert (done["files"], done["chunks"]) == (1, 1)
    for place in home.root.rglob("*"):
        if place.is_file() and home.models not in place.parents:
            assert b"plumtree-seventeen" not in place.read_bytes(), place
    again = run(home)
    assert again["files"]["added"] == 0
    assert "secret.md" not in paths(home)
    indexer.add_missing(home, [library])
    assert run(home)["files"]["added"] == 0, "it is there already, and what was forgotten stays so"
    indexer.add_folder(home, library)
    assert run(home)["files"]["added"] == 1


def test_other_chunks_are_built_beside_and_swapped(home: Home, library: Path) -> None:
    run(home)
    old = read_live(home)
    run(home, chunk_tokens=64)
    new = read_live(home)
    assert old and new and old.table != new.table
    assert not (home.index / f"{old.table}.lance").exists()
    assert paths(home) == {"kite.md", "onion.md", "leek.txt"}
    consistent(home)


def test_an_interrupted_rebuild_goes_on(home: Home, library: Path) -> None:
    from indexer.running.passes import _opened

    run(home)
    old = read_live(home)
    with _opened(home, Settings(chunk_tokens=64), None) as (pipeline, _):
        pipeline.scan()
        pipeline.step()
    assert read_live(home) == old
    assert paths(home) == {"kite.md", "onion.md", "leek.txt"}
    run(home, chunk_tokens=64)
    assert read_live(home) != old
    consistent(home)


def test_another_dimension_embeds_nothing(home: Home, library: Path, starter_axes: Path) -> None:
    shutil.copy(starter_axes, home.models)
    run(home)
    again = run(home, dim=128)
    live = read_live(home)
    assert live and live.dim == 128
    assert again["chunks"]["embedded"] == 0
    with Library(home, Settings(dim=128)) as opened:
        assert Path(opened.search("how long is the tail of a kite")[0].path).name == "kite.md"
    consistent(home)


def test_one_writer_and_its_pid(home: Home, library: Path) -> None:
    from indexer.running.lock import writing

    with writing(home), pytest.raises(IndexLocked, match=str(os.getpid())):
        run(home)
    run(home)


def test_rows_without_a_file_and_files_without_rows_are_put_right(home: Home, library: Path) -> None:
    run(home)
    store = open_store(home, None, write=True)
    owner = doc_id(str(library / "kite.md"))
    store.table.delete(f"doc_id = '{owner}'")
    catalogue = Catalogue(home)
    catalogue.remove([str(library / "soup/leek.txt")])
    catalogue.close()
    run(home)
    assert paths(home) == {"kite.md", "onion.md", "leek.txt"}
    consistent(home)


def test_a_crash_between_the_two_steps_of_a_swap(home: Home, library: Path) -> None:
    from searcher.store.table import write_live

    run(home)
    old = read_live(home)
    run(home, chunk_tokens=64)
    assert old is not None
    write_live(home, old)  # as if the process had died before the pointer was written
    again = run(home, chunk_tokens=64)
    assert (again["files"]["unchanged"], again["chunks"]["written"]) == (3, 0)
    assert read_live(home) != old
    consistent(home)


def test_forgetting_in_a_library_whose_texts_are_compressed(home: Home, library: Path) -> None:
    spare_labels(home, 120)
    for number in range(120):
        (library / f"{number}.md").write_text(
            f"Ledger {number}: the sum of entry {number} is {number * 37} crowns.\n" * 6
        )
    run(home)
    with Library(home, Settings()) as opened:
        assert Path(opened.search('"entry 77 is"')[0].path).name == "77.md"
    done = indexer.forget(home, Settings(), library / "77.md")
    assert done["chunks"] > 0
    with Library(home, Settings()) as opened:
        assert opened.search('"entry 77 is"') == []
    assert len(open_store(home, None).table.list_versions()) == 1
