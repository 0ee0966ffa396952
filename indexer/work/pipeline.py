"""Files to rows, rows to vectors, in small steps, so that what a person saved now can always go first.

What takes longer than a moment is done beside the steps: scans, the computing of vectors, compaction.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial

from indexer.catalogue import Catalogue, FileRow
from indexer.changes.scan import Changes, Task, look_at, scan
from indexer.references.zotero import Zotero
from indexer.summary import Summary
from indexer.work.beside import Beside
from indexer.work.committer import Committer
from indexer.work.compaction import Compaction
from indexer.work.embedding_queue import Waiting
from indexer.work.first import First
from indexer.work.lanes import Ahead, Read
from indexer.work.leaving import Leaving
from indexer.work.pace import Pace, noted_speed
from indexer.work.reader import Reader
from searcher import folders
from searcher.embedding import Embedder
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored, is_within, to_stored
from searcher.runtime import IndexerState, Report
from searcher.settings import Settings
from searcher.store import Store
from searcher.system import give_memory_back, is_below, is_there

_FILES_A_COMMIT = 50
_ROWS_A_COMMIT = 1000
_SECONDS_A_STEP = 0.25  # of reading: what is saved meanwhile waits no longer
_SECONDS_A_BATCH = 0.5  # of the embedder
_TRIM_SECONDS = 5.0
_GLANCE = 0.05  # seconds that a step with nothing else to do waits for what is done beside it


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
        self._zotero = Zotero(home)
        self._reader = Reader(home, settings, embedder, self._zotero)
        self._writer.reconcile()
        self._waiting = Waiting(home, store, embedder, First(settings.embed_first))
        self._leaving = Leaving()
        self._scanning: Beside[Changes] = Beside("scanning")
        self._looked_at: set[str] = set()  # stored paths, during a scan, which may have seen them before
        self._rescan = False
        self._goes_on = False  # a bulk was under way when the scan began: progress is counted on
        self._handed_out = 0  # files that others write
        self.compaction = Compaction(home, store)
        self._pace = Pace(usual=noted_speed(home, embedder.model.fingerprint))
        self._trimmed = 0.0

    def close(self) -> None:
        """Finish what is computed; nothing of it is lost."""
        try:
            self._pace.note(self.home, self.embedder.model.fingerprint)
            self.compaction.close()
            self._waiting.close()
        finally:
            self._scanning.close()
            self._reader.close()

    def tell(self, note: str) -> None:
        """A note more, unless that was told."""
        if note not in self._notes:
            self._notes.append(note)
            self.state.notes.append(note)

    def scan(self) -> None:
        """Begin to compare every folder with the catalogue; the steps do what it finds."""
        if self._scanning.busy:
            self._rescan = True
            return
        self.show("scanning")
        self._rescan = False
        self._goes_on = len(self._reader.bulk) > 0
        self._looked_at.clear()
        self._scanning.start(partial(self._compared, folders.everything(self.home)))

    def _compared(self, listed: list[folders.Folder]) -> Changes:
        local = [folder for folder in listed if not is_address(folder.path)]
        self._zotero.renew(local, self.catalogue)
        return scan(listed, self.catalogue, self.home, self.settings, self.summary)

    def look_at(self, paths: list[str]) -> None:
        """Bring single files up to date, before everything else."""
        self._zotero.note(paths)
        in_library = folders.load(self.home)
        tasks: list[Task] = []
        gone: list[FileRow] = []
        for path in paths:
            folder = max(
                (f for f in in_library if is_below(path, f.path)),
                key=lambda f: len(f.path),
                default=None,
            )
            if folder is None:  # taken out of the library since
                gone += self.catalogue.below(to_stored(path))
                continue
            task, left = look_at(path, folder, self.catalogue, self.home, self.settings)
            gone += left
            tasks += [task] if task else []
        stored = [to_stored(path) for path in paths]
        if self._scanning.busy:
            self._looked_at.update(stored)
        for queue in (self._reader.now, self._reader.late, self._reader.bulk):
            queue.leave_out(stored)
        self._reader.now.first(tasks)
        self._leaving.stay(stored)
        self._leaving.add(gone)
        self._settle()

    def step(self) -> bool:
        """Do what is next for a moment. False when nothing is left.

        Words first: whatever waits for a vector, files are read to the last one. Only the first passages of a
        file that was just saved are embedded meanwhile."""
        if (changes := self._scanning.result(0)) is not None:
            self._take_over(changes)
        if self._zotero.is_due:
            self.scan()
        if len(self._reader.now):
            self.show("indexing")
            self._write(self._batch(self._reader.now), saved=True)
            self._settle()
            return True
        self.compaction.end(0)
        if self._files_left:
            if self._waiting.has_saved:
                self._embed_saved()
            elif not self._pace.tokens_per_second:
                self._embed(0)
            self.show("indexing")
            before = self._files_left
            slow, bulk = self._reader.late, self._reader.bulk
            self._write(self._batch(slow, 0.0 if len(bulk) else _GLANCE) or self._batch(bulk))
            self._settle()
            if self._files_left < before or not self._waiting.has_work:
                return True
        if self._waiting.has_work:
            self.show("embedding" if len(self._waiting) else "upkeep")
            self._embed(_GLANCE)
            return True
        if self._scanning.busy:
            if (changes := self._scanning.result(_GLANCE)) is not None:
                self._take_over(changes)
            return True
        return self._files_left > 0

    def hand_out(self) -> list[Task]:
        """The files of a scan that are new, whatever was there before, for who writes them by other means;
        the steps do the rest."""
        while self._scanning.busy:
            if (changes := self._scanning.result(_GLANCE)) is not None:
                self._take_over(changes)
        tasks = [task for task in self._reader.bulk.tasks if self._is_plain(task)]
        self._reader.bulk.leave_out(task.stored for task in tasks)
        self._handed_out = len(tasks)
        return tasks

    def _is_plain(self, task: Task) -> bool:
        """Whether all there is to know of a file is in it."""
        return task.before is None and not self._zotero.may_know(task.folder, task.entry.path)

    def take_back(self, tasks: Sequence[Task]) -> None:
        """What was handed out and not written."""
        self._handed_out -= len(tasks)
        self._reader.bulk.first(tasks)

    def wrote(
        self,
        files: Sequence[FileRow],
        *,
        passages: int,
        embedded: int,
        reused: int,
        tokens: int,
        speed: float,
        seconds_left: float | None,
    ) -> None:
        """Take note of what was handed out and is written now: passages, those of them that were embedded or
        had the words of one that was, and the tokens of these. `speed` is in tokens a second."""
        for file in files:
            self._writer.count(file, None, self.summary, self._leaving)
        self.summary.chunks_written += passages
        self.summary.chunks_embedded += embedded
        self.summary.chunks_reused += reused
        self.summary.tokens += tokens
        self.state.files_done += len(files)
        self.state.chunks_written += passages
        self._handed_out -= len(files)
        if files:
            self.compaction.end(0)
            self.compaction.begin()
            self._trim()
        self.show("indexing", speed=speed, seconds_left=seconds_left)

    def idle(self) -> bool:
        """Tell that nothing is to do. Whether a compaction has just ended, which leaves much free memory."""
        ended = self.compaction.end(0)
        self._pace.note(self.home, self.embedder.model.fingerprint)
        self.show("idle")
        return ended

    def show_pages(self, done: int, left: int, seconds: float | None, current: str | None) -> None:
        """Tell of the pictures of text that are read while nothing else is to do."""
        state = self.state
        state.phase, state.pages_done, state.pages_left = "recognising", done, left
        state.seconds_left, state.current = seconds, current
        self.report(state)

    @property
    def _files_left(self) -> int:
        """Beside those that were just saved."""
        return len(self._reader.late) + len(self._reader.bulk)

    def _take_over(self, changes: Changes) -> None:
        """What a scan found: what may have moved goes first, the rest is the bulk. What was looked at while
        it went on is known better."""
        if seen := self._looked_at:
            changes.moved = [task for task in changes.moved if task.stored not in seen]
            changes.tasks = [task for task in changes.tasks if task.stored not in seen]
            changes.gone = [row for row in changes.gone if not _is_covered(row.path, seen)]
            # written after the scan had asked the catalogue, and since it was read renamed, or no longer in a
            # folder of the library
            listed = [folder.path for folder in folders.everything(self.home)]
            for row in self.catalogue.rows(seen):
                is_gone = not (is_address(row.path) or is_there(from_stored(row.path)))
                is_listed = any(is_within(row.path, to_stored(folder)) for folder in listed)
                if not is_listed or (is_gone and row.status != "skipped"):
                    changes.gone.append(row)
        now, late, bulk = self._reader.now, self._reader.late, self._reader.bulk
        self.state.notes = self._notes + changes.notes
        hurried = [task for task in now.tasks if task.stored in seen]
        slow = [task for task in late.tasks if task.stored in seen]
        others: list[Task] = []
        for task in changes.moved:
            (slow if task.stored in late else hurried).append(task)
        for task in sorted(changes.tasks, key=lambda task: -task.entry.mtime_ns):
            (slow if task.stored in late else hurried if task.stored in now else others).append(task)
        for queue, tasks in ((now, hurried), (late, slow), (bulk, others)):
            queue.replace(tasks)
        self._leaving.clear(but=lambda path: _is_covered(path, seen))
        self._leaving.add(changes.gone)
        self._settle()
        if not self._goes_on:
            self.state.files_done = 0
        self.state.files_total = self.state.files_done + len(bulk)
        self._pace.begin_reading(_sizes([*late.tasks, *bulk.tasks]))
        if self._rescan:
            self.scan()

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
            self._flush()
            self._writer.remove(gone, self.summary)
            self._waiting.drop(self.store.doc_id(row.path) for row in gone)

    def _write(self, batch: list[Read], *, saved: bool = False) -> None:
        batch = [read for read in batch if not read.vanished]
        if not batch:
            return
        before = self.summary.chunks_written
        replaced, rows = self._writer.commit(batch, self.summary, self._leaving)
        self._waiting.drop(replaced)
        self._waiting.add(rows, saved=saved)
        if self._scanning.busy:
            self._looked_at.update(read.task.stored for read in batch)
        if not saved:
            endings = {self.store.doc_id(read.task.stored): _ending(read.task) for read in batch}
            tokens: Counter[str] = Counter()
            for row in rows:
                tokens[endings[row["doc_id"]]] += row["tokens"]
            self._pace.read(_sizes([read.task for read in batch]), tokens)
        self.state.chunks_written += self.summary.chunks_written - before
        self.compaction.begin()
        self._trim()

    def _embed(self, seconds: float) -> None:
        """Take a batch of vectors that is there after so long, and begin the next one."""
        self._waiting.compute(_SECONDS_A_BATCH)
        batch = self._waiting.computed(seconds)
        if batch is not None and batch.passages:
            if not batch.saved:  # which is little at a time, and says little of the rest
                self._pace.embedded(batch.tokens, batch.seconds)
            self.summary.chunks_embedded += batch.passages
            self.summary.tokens += batch.tokens
        if batch is not None and (self._waiting.has_saved or not self._files_left):
            self._waiting.compute(_SECONDS_A_BATCH)
        saved = batch is not None and batch.saved
        if saved or (self._waiting.is_flush_due and not self.compaction.busy):
            self._flush()
            self.compaction.begin()
        self._trim()

    def _embed_saved(self) -> None:
        """No commit of the bulk comes between, unless it takes long: a stream of saves must not hold up the
        words of all else."""
        end = time.monotonic() + _SECONDS_A_BATCH
        while self._waiting.has_saved and (left := end - time.monotonic()) > 0:
            self._embed(left)

    def _flush(self) -> None:
        self.summary.chunks_reused += self._waiting.flush()
        self._trim()

    def _trim(self) -> None:
        """Each commit leaves much free memory between what stays."""
        if time.monotonic() - self._trimmed > _TRIM_SECONDS:
            give_memory_back()
            self._trimmed = time.monotonic()

    def show(self, phase: str, *, speed: float | None = None, seconds_left: float | None = None) -> None:
        """Tell what is being done; its `speed` in tokens a second and how long it will take, where others do
        it."""
        state = self.state
        state.phase = phase
        state.files_waiting = len(self._reader.now) + self._files_left + self._handed_out
        state.chunks_pending = len(self._waiting)
        state.tokens_per_second = self._pace.tokens_per_second if speed is None else speed
        state.seconds_left = seconds_left or self._pace.seconds_left(self._waiting.tokens)
        if phase in ("upkeep", "idle"):  # nothing waits
            state.current, state.seconds_left, state.pages_left = None, None, 0
        self.report(state)


def _sizes(tasks: Iterable[Task]) -> Counter[str]:
    """Bytes of files by the endings of their names."""
    sizes: Counter[str] = Counter()
    for task in tasks:
        sizes[_ending(task)] += task.entry.size
    return sizes


def _ending(task: Task) -> str:
    return os.path.splitext(task.entry.path)[1].lower()


def _is_covered(path: str, places: set[str]) -> bool:
    """Whether a path, or a folder above it, is among the places."""
    while path:
        if path in places:
            return True
        path = path.rpartition("/")[0]
    return False
