"""A file that takes long to read holds up no other: saved itself, in a bulk, or moved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.care.rebuild import target
from indexer.catalogue import FileRow
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import wait_until

SLOW = b"<div>" * 200_000  # its reader needs minutes


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    library = tmp_path / "library"
    library.mkdir()
    folders.add(home, library)
    return library


@contextmanager
def pipeline_of(home: Home, settings: Settings) -> Iterator[Pipeline]:
    embedder = open_embedder(home, settings, role="index")
    with target(home, embedder.model) as place:
        pipeline = Pipeline(home, settings, place.store, place.catalogue, embedder, lambda _: None)
        yield pipeline
        pipeline.close()
    embedder.close()


def until(pipeline: Pipeline, true: Callable[[], object]) -> None:
    """Work, as the indexer does, until it is so."""

    def worked() -> bool:
        pipeline.step()
        return bool(true())

    wait_until(worked, seconds=120)


def known(pipeline: Pipeline, path: Path) -> FileRow | None:
    return pipeline.catalogue.get(str(path))


@pytest.mark.parametrize("how", ["saved before", "saved with it", "in the bulk", "moved"])
def test_a_note_is_indexed_while_a_slow_file_is_read(home: Home, library: Path, how: str) -> None:
    slow, note = library / "slow.html", library / "note.txt"
    if how == "moved":  # it could not be read under its former name
        (library / "former.html").write_bytes(SLOW)
    with pipeline_of(home, Settings(extract_seconds=5)) as pipeline:
        pipeline.scan()
        if how == "moved":
            pipeline.catalogue.put([_as_if_indexed(library / "former.html", library)])
            (library / "former.html").unlink()
        slow.write_bytes(SLOW)
        note.write_text("The ferry leaves at seven.\n")
        if how in ("in the bulk", "moved"):
            os.utime(note, (1, 1))  # the newest goes first
            pipeline.scan()
            pipeline.step()
        elif how == "saved before":
            pipeline.look_at([str(slow)])
            pipeline.step()
        pipeline.look_at([str(slow), str(note)] if how == "saved with it" else [str(note)])
        until(pipeline, lambda: known(pipeline, note))
        assert known(pipeline, slow) is None
        until(pipeline, lambda: pipeline.store.count() == 1 and not pipeline.store.pending())
        assert known(pipeline, slow) is None
        if how == "saved before":
            until(pipeline, lambda: known(pipeline, slow))
            row = known(pipeline, slow)
            assert row and (row.status, row.reason) == (
                "failed",
                "reading it took longer than 5 s (extract_seconds)",
            )
            until(pipeline, lambda: not pipeline.step())


def _as_if_indexed(path: Path, folder: Path) -> FileRow:
    status = path.stat()
    return FileRow(str(path), str(folder), status.st_size, status.st_mtime_ns, status.st_dev, hash="00")


def test_a_newer_state_of_a_slow_file_takes_the_place_of_the_older(home: Home, library: Path) -> None:
    slow = library / "slow.html"
    slow.write_bytes(SLOW)
    with pipeline_of(home, Settings(extract_seconds=8)) as pipeline:
        pipeline.look_at([str(slow)])
        pipeline.step()
        until(pipeline, lambda: pipeline.state.files_waiting)
        slow.write_text("<p>The ferry leaves at seven.</p>")
        pipeline.look_at([str(slow)])
        until(pipeline, lambda: known(pipeline, slow))
        row = known(pipeline, slow)
        assert row and row.status == "indexed" and row.size < 100
        until(pipeline, lambda: not pipeline.step())
        assert pipeline.store.count() == 1
