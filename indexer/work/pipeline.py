"""Files to rows, rows to vectors, in small steps, so that what a person saved now can always go first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from indexer.catalogue import Catalogue, FileRow
from indexer.changes.scan import Task, look_at, scan
from indexer.summary import Summary
from indexer.work.committer import Committer
from indexer.work.embedding_queue import Waiting
from indexer.work.lanes import Ahead, Read
from indexer.work.leaving import Leaving
from indexer.work.reader import Reader
from searcher import folders
from searcher.embedding import Embedder
from searcher.home import Home
from searcher.paths import to_stored
from searcher.runtime import IndexerState
from searcher.settings import Settings
from searcher.store import Store
from searcher.store.upkeep import upkeep

_FILES_A_COMMIT = 50
_ROWS_A_COMMIT = 1000
_SECONDS_A_STEP = 0.5  # what is saved meanwhile waits no longer
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
        self._writer = Committer(store, catalogue)
        self._reader = Reader(settings, embedder)
        self._writer.reconcile()
        self._waiting = Waiting(store, embedder)
        self._leaving = Leaving()
        self._hurried = 0  # passages of those that wait for a vector
        self._started, self._tokens = time.monotonic(), 0

    def close(self) -> None:
        """Finish what is computed; nothing of it is lost."""
        try:
            self._waiting.flush()
        finally:
            self._reader.close()

    def scan(self) -> None:
        """Compare every folder with the catalogue: what may have moved goes first, the rest is the bulk."""
        self.show("scanning")
        now, late, bulk = self._reader.now, self._reader.late, self._reader.bulk
        goes_on = len(bulk) > 0
        changes = scan(folders.load(self.home), self.catalogue, self.home, self.settings, self.summary)
        self.state.notes = self._notes + changes.notes
        hurried: list[Task] = []
        slow: list[Task] = []
        others: list[Task] = []
        for task in changes.moved:
            (slow if task.stored in late else hurried).append(task)
        for task in sorted(changes.tasks, key=lambda task: -task.entry.mtime_ns):
            (slow if task.stored in late else hurried if task.stored in now else others).append(task)
        for queue, tasks in ((now, hurried), (late, slow), (bulk, others)):
            queue.replace(tasks)
        self._leaving.clear()
        self._leaving.add(changes.gone)
        self._settle()
        if not goes_on:
            self.state.files_done, self._started, self._tokens = 0, time.monotonic(), 0
        self.state.files_total = self.state.files_done + len(bulk)

    def look_at(self, paths: list[str]) -> None:
        """Bring single files up to date, before everything else."""
        in_library = folders.load(self.home)
        tasks: list[Task] = []
        gone: list[FileRow] = []
        for path in paths:
            folder = max(
                (f for f in in_library if path.startswith(f.path.rstrip("/") + "/")),
                key=lambda f: len(f.path),
                default=None,
            )
            if folder is not None:
                task, left = look_at(path, folder, self.catalogue, self.home, self.settings)
                gone += left
                tasks += [task] if task else []
        stored = [to_stored(path) for path in paths]
        for queue in (self._reader.now, self._reader.late, self._reader.bulk):
            queue.leave_out(stored)
        self._reader.now.first(tasks)
        self._leaving.stay(stored)
        self._leaving.add(gone)
        self._settle()

    def step(self) -> bool:
        """Write one commit of files or embed one batch. False when nothing is left."""
        if len(self._reader.now):
            self.show("indexing")
            self._hurried += self._write(self._batch(self._reader.now))
            self._settle()
            return True
        if self._files_left and not self._hurried and len(self._waiting) < _ENOUGH_WAITING:
            self.show("indexing")
            before = self._files_left
            slow, bulk = self._reader.late, self._reader.bulk
            self._write(self._batch(slow, 0.0 if len(bulk) else _SECONDS_A_STEP) or self._batch(bulk))
            self._settle()
            if self._files_left < before or not len(self._waiting):
                return True
        if len(self._waiting):
            self.show("embedding")
            passages, tokens = self._waiting.step(_SECONDS_A_STEP)
            self.summary.chunks_embedded += passages
            self.summary.tokens += tokens
            self._tokens += tokens
            self._measure()
            if self._hurried:
                self._hurried = max(self._hurried - passages, 0) if passages else 0
                self._waiting.flush()
            upkeep(self.store)
            return True
        return self._files_left > 0

    def idle(self) -> None:
        self.show("idle")

    @property
    def _files_left(self) -> int:
        """Beside those that were just saved."""
        return len(self._reader.late) + len(self._reader.bulk)

    def _batch(self, queue: Ahead, seconds: float = _SECONDS_A_STEP) -> list[Read]:
        """Files for one commit: many when reading is quick, few when it is slow."""
        batch: list[Read] = []
        rows, end = 0, time.monotonic() + seconds
        while len(batch) < _FILES_A_COMMIT and rows < _ROWS_A_COMMIT:
            read = queue.take(max(end - time.monotonic(), 0))
            if read is None:  # none is left, or a slow one: look whether something else is to do
                break
            self.state.current = read.task.stored
            if read.slow:
                self._reader.late.first([read.task])
            else:
                batch.append(read)
                rows += len(read.chunks)
            if time.monotonic() > end:
                break
        self.state.files_done = max(self.state.files_total - len(self._reader.bulk), 0)
        return batch

    def _settle(self) -> None:
        """Take out what is gone, once the files that may be the same under another name are written: they
        take the vectors from its rows."""
        if len(self._reader.now):
            return
        awaited = {task.entry.size for task in self._reader.late.tasks if task.before is None}
        gone, removed = self._leaving.settled(awaited)
        self.summary.removed += removed
        if gone:
            self._waiting.flush()
            self._writer.remove(gone, self.summary)

    def _write(self, batch: list[Read]) -> int:
        """How many of the passages wait for a vector."""
        batch = [read for read in batch if not read.vanished]
        if not batch:
            return 0
        self._waiting.flush()
        before = self.summary.chunks_written
        rows = self._writer.commit(batch, self.summary, self._leaving)
        self._waiting.add(rows)
        self.state.chunks_written += self.summary.chunks_written - before
        upkeep(self.store)
        return len(rows)

    def _measure(self) -> None:
        spent = max(time.monotonic() - self._started, 1e-6)
        self.state.tokens_per_second = self._tokens / spent
        embedded = max(self.summary.chunks_embedded, 1)
        tokens_each = self.summary.tokens / embedded
        self.state.seconds_left = len(self._waiting) * tokens_each / max(self.state.tokens_per_second, 1e-6)

    def show(self, phase: str) -> None:
        """Tell what is being done."""
        self.state.phase = phase
        self.state.files_waiting = len(self._reader.now) + self._files_left
        self.state.chunks_pending = len(self._waiting)
        if phase == "idle":
            self.state.current, self.state.seconds_left = None, None
        self.report(self.state)
