"""The work in small steps: what a scan in the middle of it changes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from indexer.care.rebuild import target
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.settings import Settings


def test_progress_goes_on_through_a_scan_in_the_middle(home: Home, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    for number in range(120):
        (library / f"{number}.txt").write_text(f"Note number {number}.\n")
    folders.add(home, str(library))
    settings = Settings()
    embedder = open_embedder(home, settings, role="index")
    with (
        closing(embedder),
        target(home, embedder.model) as place,
        closing(Pipeline(home, settings, place.store, place.catalogue, embedder, lambda _: None)) as pipeline,
    ):
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
        assert place.store.pending() == 0
