"""Documents to rows of the table. The table first, the catalogue after: what the catalogue names is there."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from indexer.catalogue import Catalogue, FileRow, unread
from indexer.changes.scan import DENIED
from indexer.summary import Summary
from indexer.work.lanes import Read
from indexer.work.leaving import Leaving
from searcher.store import Store
from searcher.store.reader import fetch, vector_columns
from searcher.store.rows import rows as rows_of

_ROWS = 2_000  # a commit: 10,000 at once took 66 MB more, and only one long file has more


class Committer:
    """Commits many files at once."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store, self._catalogue = store, catalogue

    def commit(
        self, batch: Sequence[Read], summary: Summary, leaving: Leaving
    ) -> tuple[set[str], list[dict[str, Any]]]:
        """Write files; ids of the documents that have other rows now, and the rows that wait for a vector.
        One that is among those `leaving` is counted as moved."""
        gen = time.time_ns()
        rows: list[dict[str, Any]] = []
        files: list[FileRow] = []
        replaced: list[str] = []
        for read in batch:
            entry, task = read.task.entry, read.task
            if read.document is None and task.before is not None and not (read.skipped or read.failure):
                summary.unchanged += 1
                renewed = replace(task.before, status="indexed", size=entry.size, mtime_ns=entry.mtime_ns)
                files.append(replace(renewed, device=entry.device, ctime_ns=entry.ctime_ns))
                if (task.before.size, task.before.mtime_ns) != (entry.size, entry.mtime_ns):
                    self._touch(task.before, entry.size, entry.mtime_ns)
                continue
            file, passages = written(read, gen=gen, source=self._store.source)
            files.append(file)
            rows += passages
            if not read.failure or task.before is None or task.before.status != "failed":
                replaced.append(task.stored)
            if (
                read.document is not None and task.stored in summary.errors
            ):  # its pictures were read meanwhile
                del summary.errors[task.stored]
                summary.failed -= 1
            self.count(file, task.before, summary, leaving)
        summary.chunks_reused += self._reuse(rows)
        for start in range(0, len(rows), _ROWS):
            self._store.upsert(rows[start : start + _ROWS])
        summary.chunks_written += len(rows)
        # what the catalogue does not name has no rows: `reconcile` saw to it
        former = [read.task.stored for read in batch if read.task.before is not None]
        summary.chunks_removed += self._delete(set(former) & set(replaced), f"gen < {gen}")
        self._catalogue.put(files)
        measure = self._store.live.measure
        waiting = [row for row in rows if row["vector"] is None and is_within(measure, row["spread"])]
        return set(map(self._store.doc_id, replaced)), waiting

    def remove(self, files: Sequence[FileRow], summary: Summary) -> None:
        """Take files out; the rows first, so that no passage outlives its file's entry."""
        summary.chunks_removed += self._delete([row.path for row in files if row.status != "skipped"])
        self._catalogue.remove(row.path for row in files)

    def reconcile(self) -> int:
        """After a crash or a repair: rows of this home that the catalogue does not know are deleted, files
        with other rows than they had are read again. Returns how many documents were put right."""
        own = self._store.own
        known = self._catalogue.with_status("indexed", "offline")
        promised = {self._store.doc_id(row.path): row for row in known}
        rows = self._store.read(lambda table: table.search().where(own).select(["doc_id"]).to_arrow())
        there = Counter(rows["doc_id"].to_pylist())
        strangers = sorted(there.keys() - promised.keys())
        for start in range(0, len(strangers), 500):
            listed = ", ".join(f"'{owner}'" for owner in strangers[start : start + 500])
            self._store.table.delete(f"doc_id IN ({listed})")
        partial = [unread(row) for owner, row in promised.items() if there[owner] != row.chunks]
        self._catalogue.put(partial)
        return len(strangers) + len(partial)

    def count(self, file: FileRow, before: FileRow | None, summary: Summary, leaving: Leaving) -> None:
        """A file that was written, and what the catalogue knew of it before."""
        if file.status == "skipped":
            summary.skipped += 1
        elif file.status == "failed":
            summary.failed += 1
            summary.errors[file.path] = file.reason
        elif before is None and leaving.moved(file.hash):
            summary.moved += 1
        elif before is not None and before.status in ("indexed", "offline"):
            summary.changed += 1
        else:
            summary.added += 1

    def _reuse(self, rows: list[dict[str, Any]]) -> int:
        """Give rows the vector of any passage with the same hash; how many got one."""
        names = vector_columns(self._store.layout)
        reused = 0
        for start in range(0, len(rows), 1000):
            part = rows[start : start + 1000]
            listed = ", ".join(f"'{row['hash']}'" for row in part)
            where = f"hash IN ({listed}) AND vector IS NOT NULL"
            candidates = fetch(self._store, where, ["hash", *names])
            vectors = {row["hash"]: row for row in candidates}
            for row in part:
                if candidate := vectors.get(row["hash"]):
                    row.update({name: candidate[name] for name in names})
                    reused += 1
        return reused

    def _delete(self, paths: Iterable[str], condition: str = "true") -> int:
        owners = [self._store.doc_id(path) for path in paths]
        removed = 0
        for start in range(0, len(owners), 500):
            listed = ", ".join(f"'{owner}'" for owner in owners[start : start + 500])
            removed += self._store.table.delete(f"doc_id IN ({listed}) AND {condition}").num_deleted_rows
        return removed

    def _touch(self, before: FileRow, size: int, mtime_ns: int) -> None:
        """Same content, other time: hits must not look stale, nor keep a date that was the old time."""
        old, new = before.mtime_ns // 1_000_000_000, mtime_ns // 1_000_000_000
        own, table = f"doc_id = '{self._store.doc_id(before.path)}'", self._store.table
        table.update(where=own, values={"size": size, "mtime_ns": mtime_ns})
        table.update(where=f"{own} AND date = {old}", values={"date": new})


def written(read: Read, *, gen: int, source: str) -> tuple[FileRow, list[dict[str, Any]]]:
    """A file that was read, for the catalogue, and its passages for the table; none where that failed."""
    entry, task = read.task.entry, read.task
    row = FileRow(
        task.stored,
        task.folder,
        entry.size,
        entry.mtime_ns,
        entry.device,
        hash=read.hash,
        indexed_at=time.time(),
        ctime_ns=entry.ctime_ns,
    )
    if read.skipped:
        return replace(row, status="skipped", reason=read.skipped, rule="kind"), []
    if read.failure:
        return replace(row, status="failed", reason=read.failure, rule=DENIED if read.denied else ""), []
    assert read.document is not None
    rows = rows_of(
        read.document,
        list(read.chunks),
        path=task.stored,
        folder=task.folder,
        size=entry.size,
        mtime_ns=entry.mtime_ns,
        doc_hash=read.hash,
        gen=gen,
        source=source,
    )
    reason = "; ".join(read.document.notes)  # what of it could not be read
    return replace(row, reason=reason, kind=read.document.kind, chunks=len(read.chunks)), rows


def is_within(measure: int, place: int | None) -> bool:
    """Whether a passage is to get a vector."""
    return not measure or place is None or place < measure
