"""Files to rows, rows to vectors, in small steps, so that what a person saved now can always go first."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from indexer.catalogue import Catalogue, FileRow
from indexer.reading import Read, Reader
from indexer.scan import Changes, Task, look_at, scan
from indexer.summary import Summary
from indexer.waiting import Waiting
from indexer.writing import Writer
from searcher import folders
from searcher.embedding import Embedder
from searcher.home import Home
from searcher.runtime import IndexerState
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.upkeep import upkeep

_FILES_A_COMMIT = 50
_ROWS_A_COMMIT = 1000
_SECONDS_A_COMMIT = 1.0
_ENOUGH_WAITING = 512  # passages; then embedding goes before reading more files

Report = Callable[[IndexerState], None]


class Pipeline:
    """One writer's work. `step` does a little of it and says whether there is more."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        store: Store,
        catalogue: Catalogue,
        embedder: Embedder,
        report: Report,
        notes: Sequence[str] = (),
    ) -> None:
        """`notes` are told as long as the pipeline lives."""
        self.home, self.settings, self.store, self.embedder = home, settings, store, embedder
        self.catalogue, self.report = catalogue, report
        self.state, self.summary = IndexerState(notes=list(notes)), Summary()
        self._notes = list(notes)
        self._writer = Writer(store, catalogue)
        self._reader = Reader(settings, embedder)
        self._writer.reconcile()
        self._waiting = Waiting(store, embedder)
        self._bulk: Iterator[Read] = iter(())
        self._bulk_left = 0
        self._started, self._tokens = time.monotonic(), 0

    def close(self) -> None:
        """Finish what is computed; nothing of it is lost."""
        try:
            self._waiting.flush()
        finally:
            self._reader.close()

    def scan(self) -> None:
        """Compare every folder with the catalogue: moves and removals at once, the rest becomes the bulk."""
        self.show("scanning")
        for read in self._bulk:  # what was read ahead for an older scan would be read again
            self._write([read])
            break
        self._bulk, self._bulk_left = iter(()), 0
        changes = scan(folders.load(self.home), self.catalogue, self.home, self.settings, self.summary)
        self.state.notes = self._notes + changes.notes
        self._move_and_remove(changes)
        tasks = sorted(changes.tasks, key=lambda task: -task.found.mtime_ns)
        self._bulk, self._bulk_left = self._reader.read(tasks), len(tasks)
        self.state.files_total, self.state.files_done = len(tasks), 0
        self._started, self._tokens = time.monotonic(), 0

    def look_at(self, paths: list[str]) -> None:
        """Bring single files up to date, before everything else."""
        known = folders.load(self.home)
        tasks: list[Task] = []
        gone: list[FileRow] = []
        for path in paths:
            folder = max(
                (f for f in known if path.startswith(f.path.rstrip("/") + "/")),
                key=lambda f: len(f.path),
                default=None,
            )
            if folder is not None:
                task, left = look_at(path, folder, self.catalogue, self.home, self.settings)
                gone += left
                tasks += [task] if task else []
        self._move_and_remove(Changes(moved=tasks, gone=gone))

    def step(self) -> bool:
        """Write one commit of files or embed one batch. False when nothing is left."""
        if self._bulk_left and len(self._waiting) < _ENOUGH_WAITING:
            self.show("indexing")
            batch = self._batch()
            self._bulk_left = self._bulk_left - len(batch) if batch else 0
            self.state.files_done += len(batch)
            self._write(batch)
            return True
        if len(self._waiting):
            self.show("embedding")
            passages, tokens = self._waiting.step()
            self.summary.chunks_embedded += passages
            self.summary.tokens += tokens
            self._tokens += tokens
            self._measure()
            upkeep(self.store)
            return True
        return bool(self._bulk_left)

    def idle(self) -> None:
        self.show("idle")

    def _batch(self) -> list[Read]:
        """Files for one commit: many when reading is quick, few when it is slow."""
        batch: list[Read] = []
        rows, end = 0, time.monotonic() + _SECONDS_A_COMMIT
        for read in self._bulk:
            batch.append(read)
            rows += len(read.chunks)
            self.state.current = read.task.stored
            if len(batch) >= _FILES_A_COMMIT or rows >= _ROWS_A_COMMIT or time.monotonic() > end:
                break
        return batch

    def _move_and_remove(self, changes: Changes) -> None:
        """Moved files are written while the rows they came from are still there to take vectors from."""
        moved_from = {row.hash: row for row in changes.gone if row.hash}
        reads = list(self._reader.read(changes.moved))
        for start in range(0, len(reads), _FILES_A_COMMIT):
            self._write(reads[start : start + _FILES_A_COMMIT], moved_from)
        self.summary.removed += sum(row.status in ("indexed", "offline") for row in moved_from.values())
        if changes.gone:
            self._waiting.flush()
            self._writer.remove(changes.gone, self.summary)

    def _write(self, batch: list[Read], moved_from: dict[str, FileRow] | None = None) -> None:
        if not batch:
            return
        self._waiting.flush()
        before = self.summary.chunks_written
        self._waiting.add(
            self._writer.commit(batch, self.summary, moved_from if moved_from is not None else {})
        )
        self.state.chunks_written += self.summary.chunks_written - before
        upkeep(self.store)

    def _measure(self) -> None:
        spent = max(time.monotonic() - self._started, 1e-6)
        self.state.tokens_per_second = self._tokens / spent
        embedded = max(self.summary.chunks_embedded, 1)
        tokens_each = self.summary.tokens / embedded
        self.state.seconds_left = len(self._waiting) * tokens_each / max(self.state.tokens_per_second, 1e-6)

    def show(self, phase: str) -> None:
        """Tell what is being done."""
        self.state.phase = phase
        self.state.files_waiting, self.state.chunks_pending = self._bulk_left, len(self._waiting)
        if phase == "idle":
            self.state.current, self.state.seconds_left = None, None
        self.report(self.state)
