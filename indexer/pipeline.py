"""Files to rows, rows to vectors, in small steps, so that what a person saved now can always go first."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from indexer.catalogue import Catalogue, FileRow
from indexer.reading import Read, Reader
from indexer.scan import Changes, Task, look_at, scan
from indexer.summary import Summary
from indexer.waiting import Waiting
from indexer.writing import Writer
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
        self._writer = Writer(store, catalogue)
        self._reader = Reader(settings, embedder)
        self._writer.reconcile()
        self._waiting = Waiting(store, embedder)
        self._bulk, self._bulk_left = self._reader.bulk(()), 0
        self._overtaken: set[str] = set()  # files looked at since the bulk was begun: it would bring old news
        self._hurried = 0  # passages of those that wait for a vector
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
        goes_on = self._bulk_left > 0
        self._bulk.drop()
        self._bulk_left = 0
        self._overtaken.clear()
        changes = scan(folders.load(self.home), self.catalogue, self.home, self.settings, self.summary)
        self.state.notes = self._notes + changes.notes
        self._move_and_remove(changes)
        tasks = sorted(changes.tasks, key=lambda task: -task.found.mtime_ns)
        self._bulk, self._bulk_left = self._reader.bulk(tasks), len(tasks)
        if not goes_on:
            self.state.files_done, self._started, self._tokens = 0, time.monotonic(), 0
        self.state.files_total = self.state.files_done + len(tasks)

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
        if self._bulk_left:
            self._overtaken.update(map(to_stored, paths))
        self._hurried += self._move_and_remove(Changes(moved=tasks, gone=gone))

    def step(self) -> bool:
        """Write one commit of files or embed one batch. False when nothing is left."""
        if self._bulk_left and not self._hurried and len(self._waiting) < _ENOUGH_WAITING:
            self.show("indexing")
            before = self._bulk_left
            self._write(self._batch())
            if self._bulk_left < before or not len(self._waiting):
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
        return bool(self._bulk_left)

    def idle(self) -> None:
        self.show("idle")

    def _batch(self) -> list[Read]:
        """Files for one commit: many when reading is quick, few when it is slow."""
        batch: list[Read] = []
        rows, end = 0, time.monotonic() + _SECONDS_A_STEP
        while self._bulk_left and len(batch) < _FILES_A_COMMIT and rows < _ROWS_A_COMMIT:
            read = self._bulk.take(max(end - time.monotonic(), 0))
            if read is None:  # a slow file: look whether something else is to do
                break
            self._bulk_left -= 1
            self.state.files_done += 1
            self.state.current = read.task.stored
            if read.task.stored not in self._overtaken:
                batch.append(read)
                rows += len(read.chunks)
            if time.monotonic() > end:
                break
        return batch

    def _move_and_remove(self, changes: Changes) -> int:
        """Moved files are written while the rows they came from are still there to take vectors from. Returns
        how many passages wait for one now."""
        moved_from = {row.hash: row for row in changes.gone if row.hash}
        reads = list(self._reader.now(changes.moved))
        waiting = 0
        for start in range(0, len(reads), _FILES_A_COMMIT):
            waiting += self._write(reads[start : start + _FILES_A_COMMIT], moved_from)
        self.summary.removed += sum(row.status in ("indexed", "offline") for row in moved_from.values())
        if changes.gone:
            self._waiting.flush()
            self._writer.remove(changes.gone, self.summary)
        return waiting

    def _write(self, batch: list[Read], moved_from: dict[str, FileRow] | None = None) -> int:
        """How many of the passages wait for a vector."""
        batch = [read for read in batch if not read.vanished]
        if not batch:
            return 0
        self._waiting.flush()
        before = self.summary.chunks_written
        rows = self._writer.commit(batch, self.summary, moved_from if moved_from is not None else {})
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
        self.state.files_waiting, self.state.chunks_pending = self._bulk_left, len(self._waiting)
        if phase == "idle":
            self.state.current, self.state.seconds_left = None, None
        self.report(self.state)
