"""The work in small steps: what a scan in the middle of it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from indexer.care.rebuild import target
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.settings import Settings
from tests.indexer.processes import wait_until


@contextmanager
def working(home: Home) -> Iterator[Pipeline]:
    settings = Settings()
    embedder = open_embedder(home, settings, role="index")
    with (
        closing(embedder),
        target(home, embedder.model) as place,
        closing(Pipeline(home, settings, place.store, place.catalogue, embedder, lambda _: None)) as pipeline,
    ):
        yield pipeline


def test_progress_goes_on_through_a_scan_in_the_middle(home: Home, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for number in range(120):
        (library / f"{number}.txt").write_text(f"Note number {number}.\n")
    folders.add(home, str(library))
    with working(home) as pipeline:
        pipeline.scan()
        while pipeline.state.files_done < 50:
            assert pipeline.step()
        done = pipeline.state.files_done
        (library / "new.txt").write_text("One more.\n")
        pipeline.scan()
        assert pipeline.state.files_done == done
        while pipeline.step():
            assert pipeline.state.files_done >= done
        assert pipeline.state.files_done == pipeline.state.files_total == 121
        assert pipeline.store.pending() == 0


def test_a_folder_that_is_taken_out_while_its_files_are_written_leaves_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zebra.md").write_text("Paint the zebra crossing again in May.\n")
    with working(home) as pipeline:
        commit = pipeline._writer.commit

        def taken_out_meanwhile(*what: Any) -> Any:
            folders.remove(home, tmp_path)
            pipeline.scan()
            scanned = pipeline._scanning._work
            assert scanned is not None
            wait_until(scanned.done, seconds=20)
            return commit(*what)

        monkeypatch.setattr(pipeline._writer, "commit", taken_out_meanwhile)
        folders.add(home, tmp_path)
        pipeline.scan()
        while pipeline.step():
            pass
        assert pipeline.summary.chunks_written == 1, "read while the folder was in the library"
        assert pipeline.store.count() == 0 and pipeline.catalogue.folders() == set()

        # with a change of the file that is heard of when the folder is no longer in it
        monkeypatch.setattr(pipeline._writer, "commit", commit)
        folders.add(home, tmp_path)
        pipeline.scan()
        while pipeline.step():
            pass
        assert pipeline.store.count() == 1
        folders.remove(home, tmp_path)
        pipeline.scan()
        pipeline.look_at([str(tmp_path / "zebra.md")])
        while pipeline.step():
            pass
        assert pipeline.store.count() == 0 and pipeline.catalogue.folders() == set()
