"""Words before vectors, and vectors breadth first, through the real pipeline and model."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import indexer
from indexer.care.rebuild import target
from indexer.work.first import First
from indexer.work.pipeline import Pipeline
from searcher import folders
from searcher.embedding import open_embedder
from searcher.home import Home
from searcher.library import Library
from searcher.paths import doc_id
from searcher.search import asked, background
from searcher.settings import Settings
from tests.shared import spare_labels

SETTINGS = Settings(chunk_tokens=32)


@pytest.fixture(scope="session")
def starter(whole_starter: Path) -> Path:
    """All layers: what comes first is only seen while the rest waits."""
    return whole_starter


@pytest.fixture
def library(home: Home, tmp_path: Path) -> Path:
    """A long document, the newest of all, and thirty short ones."""
    spare_labels(home, 260)
    root = tmp_path / "library"
    root.mkdir()
    for number in range(30):
        note = root / f"note-{number}.md"
        note.write_text(
            f"Alpha{number} is a mountain hut.\n\n# Way {number}\n\nThe path to beta{number} is steep."
            f" It needs {number} hours in good weather, more in snow.\n"
        )
        os.utime(note, (1_700_000_000 + number, 1_700_000_000 + number))
    (root / "long.md").write_text(
        "\n\n".join(f"# Part {n}\n\nGamma{n} was seen {n} times by the river in spring." for n in range(200))
    )
    folders.add(home, root)
    return root


@contextmanager
def working(home: Home, settings: Settings = SETTINGS) -> Iterator[Pipeline]:
    embedder = open_embedder(home, settings, role="index")
    with target(home, embedder.model) as place:
        pipeline = Pipeline(home, settings, place.store, place.catalogue, embedder, lambda _: None)
        try:
            yield pipeline
        finally:
            pipeline.close()
            embedder.close()


def until(pipeline: Pipeline, true: Callable[[], object]) -> None:
    for _ in range(5000):
        if true():
            return
        assert pipeline.step()
    raise AssertionError("it never came")


def all_read(pipeline: Pipeline) -> bool:
    return pipeline.state.files_total == 31 == pipeline.state.files_done


def embedded(pipeline: Pipeline) -> dict[str, set[int]]:
    """Ordinals that have a vector, by document."""
    found: dict[str, set[int]] = {}
    rows = pipeline.store.table.search().where("vector IS NOT NULL").select(["doc_id", "ordinal"])
    for row in rows.limit(100_000).to_list():
        found.setdefault(row["doc_id"], set()).add(row["ordinal"])
    return found


def test_everything_is_found_by_words_before_a_tenth_is_embedded(home: Home, library: Path) -> None:
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: all_read(pipeline))
        assert pipeline.store.pending() > pipeline.store.count() * 0.9
        with Library(home, SETTINGS) as asking:
            for word in ("alpha0", "beta29", "gamma7", "gamma199"):
                assert asking.search(word, mode="words")[0].path.startswith(str(library))


def test_a_saved_file_has_its_vector_while_others_are_still_read(home: Home, tmp_path: Path) -> None:
    root = tmp_path / "bulk"
    root.mkdir()
    for number in range(1000):
        (root / f"{number}.md").write_text(f"Alpha{number} is a mountain hut.\n")
    folders.add(home, root)
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: pipeline.state.tokens_per_second)  # the first batch was computed
        saved = root / "saved.md"
        saved.write_text("The lighthouse keeper counts the ships.\n")
        pipeline.look_at([str(saved)])
        until(pipeline, lambda: doc_id(str(saved)) in embedded(pipeline))
        assert pipeline.state.files_done < pipeline.state.files_total


def test_vectors_come_breadth_first_and_go_on_so_after_a_restart(home: Home, library: Path) -> None:
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: all_read(pipeline))
        until(pipeline, lambda: len(embedded(pipeline)) == 31)
        most = Counter({owner: len(ordinals) for owner, ordinals in embedded(pipeline).items()})
        # the one batch that is computed while files are still read, and the one behind the last leading one
        assert most[doc_id(str(library / "long.md"))] <= 2 * 64
        assert all(0 in ordinals for ordinals in embedded(pipeline).values())
    left = 0
    with working(home) as pipeline:
        left = pipeline.store.pending()
        assert left
        while pipeline.step():
            pass
        assert pipeline.summary.chunks_embedded == left
        assert pipeline.store.pending() == 0


def test_chosen_folders_are_embedded_first_also_after_a_restart(home: Home, library: Path) -> None:
    (library / "chosen").mkdir()
    for number in range(0, 30, 3):
        (library / f"note-{number}.md").rename(library / "chosen" / f"{number}.md")
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: all_read(pipeline))
    with working(home, replace(SETTINGS, embed_first="chosen")) as pipeline:
        rows = pipeline.store.table.search().where("path LIKE '%/chosen/%' AND vector IS NULL").select(["id"])
        chosen = {row["id"] for row in rows.limit(1000).to_list()}
        assert chosen and pipeline.store.pending() > len(chosen)
        assert set(pipeline._waiting._turns.take(len(chosen))) == chosen


def test_what_is_chosen_is_told_by_path_name_or_time(tmp_path: Path) -> None:
    now = time.time_ns()
    first = First(f" recent, {tmp_path}/a b , work")
    assert first(f"{tmp_path}/a b/note.md", 0) and first("/x/work/deep/note.md", 0)
    assert not first(f"{tmp_path}/a bc/note.md", 0) and not first("/x/workshop/note.md", 0)
    assert first("/x/note.md", now) and not first("/x/note.md", now - 40 * 86_400 * 10**9)
    assert not First(" , ") and not First("")("/x/work/note.md", now)


def test_what_a_query_found_by_words_is_embedded_next(home: Home, library: Path) -> None:
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: all_read(pipeline))
        with Library(home, SETTINGS) as asking:
            assert asking.search("gamma150")[0].cosine is None
        wanted = asked.read(home)
        assert wanted and wanted[0].startswith(doc_id(str(library / "long.md")))
        until(
            pipeline,
            lambda: int(wanted[0].split(":")[1]) in embedded(pipeline).get(wanted[0].split(":")[0], ()),
        )
        assert pipeline.store.pending() > 100


def test_copies_are_embedded_once(home: Home, tmp_path: Path) -> None:
    spare_labels(home, 200)
    root = tmp_path / "copies"
    root.mkdir()
    for number in range(200):
        (root / f"{number}.md").write_text("The lighthouse keeper counts the ships.\n")
    folders.add(home, root)
    summary = indexer.index(home, Settings())
    assert summary.chunks_written == 200
    assert summary.chunks_embedded <= 64
    assert summary.chunks_embedded + summary.chunks_reused == 200


def test_a_saved_file_does_not_wait_for_the_background(home: Home, library: Path) -> None:
    for made in home.models.glob("background-*"):
        made.unlink()
    (library / "long.md").unlink()
    with working(home) as pipeline:
        pipeline.scan()
        until(pipeline, lambda: pipeline.summary.chunks_embedded)
        assert background.load(home, pipeline.embedder.model) is None  # it comes next, in small steps
        saved = library / "saved.md"
        saved.write_text("Delta is a lock on the canal.\n")
        pipeline.look_at([str(saved)])
        until(pipeline, lambda: doc_id(str(saved)) in embedded(pipeline))
        assert background.load(home, pipeline.embedder.model) is None
        until(pipeline, lambda: background.load(home, pipeline.embedder.model))
