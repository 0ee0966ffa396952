"""What the indexer can be asked to do: one pass, watching, forgetting a path, a preview."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue
from indexer.chunking import VERSION
from indexer.discovery import walk
from indexer.lock import writing
from indexer.pipeline import Pipeline
from indexer.rules import Found
from indexer.summary import Summary
from searcher import folders
from searcher.embedding import Embedder, open_embedder
from searcher.errors import FolderError
from searcher.home import Home
from searcher.paths import to_stored
from searcher.runtime import IndexerState, is_paused, write_indexer_state
from searcher.search import background
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.table import Live, create_table, open_table, read_live, write_live
from searcher.store.upkeep import upkeep

_STATE_SECONDS = 0.4
_BYTES_A_SECOND = 8_000  # of text through the starter model on two cores; a rough guess for people
Report = Callable[[IndexerState], None]


def index(home: Home, settings: Settings, *, progress: Report | None = None) -> Summary:
    """One pass over the library's folders. Raises IndexLocked, ModelNotFound and their like; the errors of
    single files are in the summary."""
    summary = Summary()
    with _pipeline(home, settings, progress) as pipeline:
        pipeline.scan(folders.load(home), summary)
        _drop_strangers(pipeline, summary)
        pipeline.embed(summary)
        background.build(home, pipeline.embedder)
        upkeep(pipeline.store, idle=True)
        pipeline.state.phase = "idle"
        pipeline.report(pipeline.state)
    return summary


def watch(home: Home, settings: Settings, *, stop: threading.Event, progress: Report | None = None) -> None:
    """Index, then follow the folders until `stop` is set."""
    from indexer.watcher import Watcher

    with _pipeline(home, settings, progress) as pipeline, Watcher(home, settings) as watcher:
        pipeline.stopped = lambda: stop.is_set() or is_paused(home)
        due = True
        while not stop.is_set():
            if is_paused(home):
                pipeline.state.phase = "paused"
            elif due:
                due = False
                pipeline.state.folders = watcher.follow(folders.load(home))
                summary = Summary()
                pipeline.scan(folders.load(home), summary)
                _drop_strangers(pipeline, summary)
                pipeline.stopped = lambda: stop.is_set() or is_paused(home) or watcher.changed()
                pipeline.embed(summary)
                pipeline.stopped = lambda: stop.is_set() or is_paused(home)
                background.build(home, pipeline.embedder)
                upkeep(pipeline.store, idle=not watcher.changed())
                pipeline.state.phase, pipeline.state.notes = "idle", summary.notes
                due = pipeline.store.pending() > 0
            pipeline.report(pipeline.state)
            if not due:
                due = watcher.wait(0.3)


def forget(home: Home, settings: Settings, path: Path) -> dict[str, Any]:
    """Remove every trace of a file or folder from the index."""
    with writing(home), _catalogue(home) as catalogue:
        rows = catalogue.below(to_stored(path))
        live = read_live(home)
        summary = Summary()
        if live and rows:
            store = Store(open_table(home, live.table, write=True), live)
            for row in rows:
                from searcher.paths import doc_id

                summary.chunks_removed += store.table.delete(
                    f"doc_id = '{doc_id(row.path)}'"
                ).num_deleted_rows
        catalogue.remove(row.path for row in rows)
    return {"files": len(rows), "chunks": summary.chunks_removed}


def preview(folder: folders.Folder, home: Home, settings: Settings) -> dict[str, Any]:
    """{"files", "bytes", "seconds"} that indexing the folder would read."""
    found = [entry for entry in walk(folder, home=home, settings=settings) if isinstance(entry, Found)]
    total = sum(entry.size for entry in found)
    return {"files": len(found), "bytes": total, "seconds": total / _BYTES_A_SECOND}


@contextmanager
def _pipeline(home: Home, settings: Settings, progress: Report | None) -> Iterator[Pipeline]:
    home.create()
    with writing(home), _catalogue(home) as catalogue:
        embedder = open_embedder(home, settings, role="index")
        try:
            store = _writable(home, embedder, catalogue)
            yield Pipeline(home, settings, store, catalogue, embedder, _throttled(home, progress))
        finally:
            embedder.close()


@contextmanager
def _catalogue(home: Home) -> Iterator[Catalogue]:
    catalogue = Catalogue(home)
    try:
        yield catalogue
    finally:
        catalogue.close()


def _writable(home: Home, embedder: Embedder, catalogue: Catalogue) -> Store:
    """The live table, or a new one when the model is another."""
    model, live = embedder.model, read_live(home)
    wanted = Live(
        table=f"chunks_{model.fingerprint[:12]}_{model.dim}", model=model.name, fingerprint=model.fingerprint,
        dim=model.dim, native_dim=model.native_dim, chunker=VERSION,
    )  # fmt: skip
    if live != wanted:
        table = create_table(home, wanted.table, model)
        catalogue.clear()
        write_live(home, wanted)
        return Store(table, wanted)
    return Store(open_table(home, live.table, write=True), live)


def _drop_strangers(pipeline: Pipeline, summary: Summary) -> None:
    """Files of folders that were taken out of the library go with them."""
    kept = {folder.path for folder in folders.load(pipeline.home)}
    for folder in pipeline.catalogue.folders() - kept:
        rows = list(pipeline.catalogue.of_folder(folder).values())
        summary.removed += sum(row.status == "indexed" for row in rows)
        pipeline.remove(rows, summary)


def _throttled(home: Home, progress: Report | None) -> Report:
    last = 0.0
    phase = ""

    def report(state: IndexerState) -> None:
        nonlocal last, phase
        now = time.time()
        if now - last < _STATE_SECONDS and state.phase == phase:
            return
        last, phase = now, state.phase
        state.pid, state.updated = os.getpid(), now
        write_indexer_state(home, state)
        if progress:
            progress(state)

    return report


def check_path(home: Home, path: Path) -> folders.Folder:
    folder = folders.containing(folders.load(home), path)
    if folder is None:
        raise FolderError(f"{path} lies outside the library's folders; `searcher folders list` shows them")
    return folder
