"""Files to rows, rows to vectors. A row without a vector is the queue, so a crash loses nothing written."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue, FileRow
from indexer.chunking import chunk
from indexer.discovery import FolderGone, walk
from indexer.formats import extract
from indexer.rules import Found, Skipped
from indexer.summary import Summary
from searcher.embedding import Embedder
from searcher.errors import ExtractionFailed
from searcher.folders import Folder
from searcher.home import Home
from searcher.paths import doc_id, from_stored, to_stored
from searcher.runtime import IndexerState
from searcher.settings import Settings
from searcher.store import Store
from searcher.store import rows as table_rows

_FILES_A_COMMIT = 50
_ROWS_A_COMMIT = 2000
_CHUNKS_A_BATCH = 64

Report = Callable[[IndexerState], None]


class Pipeline:
    """One writer's tools: the store, the catalogue, the embedder."""

    def __init__(
        self,
        home: Home,
        settings: Settings,
        store: Store,
        catalogue: Catalogue,
        embedder: Embedder,
        report: Report,
    ) -> None:
        self.home, self.settings, self.store = home, settings, store
        self.catalogue, self.embedder, self.report = catalogue, embedder, report
        self.state = IndexerState()
        self.stopped: Callable[[], bool] = lambda: False

    def scan(self, folders: list[Folder], summary: Summary) -> None:
        """Compare folders with the catalogue, write what is new or changed, remove what is gone."""
        for folder in folders:
            self.state.phase, self.state.current = "scanning", folder.path
            self.report(self.state)
            known = self.catalogue.of_folder(folder.path)
            changed: list[Found] = []
            skipped: list[FileRow] = []
            seen: set[str] = set()
            try:
                for entry in walk(folder, home=self.home, settings=self.settings):
                    stored = to_stored(entry.path)
                    seen.add(stored)
                    if isinstance(entry, Skipped):
                        skipped.append(_skipped_row(stored, folder, entry))
                        continue
                    summary.seen += 1
                    row = known.get(stored)
                    if row and row.status in ("indexed", "failed") and _same(row, entry):
                        summary.unchanged += row.status == "indexed"
                        if row.status == "failed":
                            summary.failed += 1
                            summary.errors.append((stored, row.reason))
                    else:
                        changed.append(entry)
            except FolderGone as gone:
                summary.notes.append(str(gone))
                continue
            summary.skipped += len(skipped)
            self.catalogue.put(row for row in skipped if known.get(row.path) != row)
            gone_rows = [row for path, row in known.items() if path not in seen]
            self._update(folder, changed, known, gone_rows, summary)

    def _update(
        self,
        folder: Folder,
        changed: list[Found],
        known: dict[str, FileRow],
        gone: list[FileRow],
        summary: Summary,
    ) -> None:
        by_hash = {row.hash: row for row in gone if row.hash}
        self.state.phase, self.state.files_total = "indexing", len(changed)
        self.state.files_done = 0
        changed.sort(key=lambda entry: entry.mtime_ns, reverse=True)
        for batch in _batches(self._written(changed, folder, known, by_hash, summary)):
            self._commit(batch, summary)
            if self.stopped():
                return
        summary.removed += sum(row.status == "indexed" for row in by_hash.values())
        self.remove([row for row in gone if row.hash in by_hash or not row.hash], summary)
        self.remove([row for row in gone if row.hash and row.hash not in by_hash], summary)

    def _written(
        self,
        changed: list[Found],
        folder: Folder,
        known: dict[str, FileRow],
        moved: dict[str, FileRow],
        summary: Summary,
    ) -> Iterator[tuple[FileRow, list[dict[str, Any]]]]:
        for number, entry in enumerate(changed, 1):
            if self.stopped():
                return
            stored = to_stored(entry.path)
            before = known.get(stored)
            row = FileRow(
                stored, folder.path, entry.size, entry.mtime_ns, entry.inode, indexed_at=time.time()
            )
            self.state.current, self.state.files_done = stored, number
            self.state.files_waiting = len(changed) - number
            self.report(self.state)
            try:
                digest = _digest(Path(entry.path))
                if before and before.status == "indexed" and before.hash == digest:
                    summary.unchanged += 1
                    yield replace(before, size=entry.size, mtime_ns=entry.mtime_ns, inode=entry.inode), []
                    continue
                document = extract(Path(entry.path))
                model = self.embedder.model
                chunks = chunk(
                    document, path=entry.path, count=self.embedder.count_tokens,
                    target=model.chunk_tokens, limit=model.max_tokens,
                )  # fmt: skip
            except ExtractionFailed as error:
                summary.failed += 1
                summary.errors.append((stored, str(error)))
                yield replace(row, status="failed", reason=str(error)), []
                continue
            except OSError as error:
                summary.failed += 1
                summary.errors.append((stored, f"cannot be read: {error.strerror}"))
                yield replace(row, status="failed", reason=f"cannot be read: {error.strerror}"), []
                continue
            if moved.pop(digest, None):
                summary.moved += 1
            elif before and before.status == "indexed":
                summary.changed += 1
            else:
                summary.added += 1
            yield (
                replace(row, hash=digest, kind=document.kind, chunks=len(chunks)),
                table_rows.rows(
                    document, chunks, path=stored, folder=folder.path, size=entry.size,
                    mtime_ns=entry.mtime_ns, doc_hash=digest, gen=time.time_ns(),
                ),
            )  # fmt: skip

    def _commit(self, batch: list[tuple[FileRow, list[dict[str, Any]]]], summary: Summary) -> None:
        """Table first, catalogue after: what the catalogue names is there."""
        rows = [row for _, of_file in batch for row in of_file]
        if rows:
            self._reuse(rows, summary)
            self.store.upsert(rows)
        summary.chunks_written += len(rows)
        self.state.chunks_written += len(rows)
        for file, of_file in batch:
            if of_file or file.status == "failed":
                owner, gen = doc_id(file.path), of_file[0]["gen"] if of_file else time.time_ns()
                result = self.store.table.delete(f"doc_id = '{owner}' AND gen < {gen}")
                summary.chunks_removed += result.num_deleted_rows
        self.catalogue.put(file for file, _ in batch)

    def _reuse(self, rows: list[dict[str, Any]], summary: Summary) -> None:
        """Give rows the vector of any passage with the same hash."""
        if self.store.count() == 0:
            return
        hashes = ",".join(f"'{row['hash']}'" for row in rows)
        names = [name for name in ("hash", "vector", "full") if name in self.store.table.schema.names]
        found = (
            self.store.table.search()
            .where(f"hash IN ({hashes}) AND vector IS NOT NULL")
            .select(names)
            .to_list()
        )
        vectors = {row["hash"]: row for row in found}
        for row in rows:
            if known := vectors.get(row["hash"]):
                row.update({name: known[name] for name in names})
                summary.chunks_reused += 1

    def remove(self, files: list[FileRow], summary: Summary) -> None:
        for start in range(0, len(files), 500):
            batch = files[start : start + 500]
            owners = ",".join(f"'{doc_id(row.path)}'" for row in batch if row.status != "skipped")
            if owners:
                summary.chunks_removed += self.store.table.delete(f"doc_id IN ({owners})").num_deleted_rows
            self.catalogue.remove(row.path for row in batch)

    def embed(self, summary: Summary) -> None:
        """Fill the waiting vectors, newest documents first."""
        self.state.phase = "embedding"
        left = self.store.pending()
        done, started = 0, time.monotonic()
        while left and not self.stopped():
            waiting = (
                self.store.table.search().where("vector IS NULL")
                .select(["id", "context", "text", "tokens", "gen"])
                .limit(2000).to_list()
            )  # fmt: skip
            if not waiting:
                return
            waiting.sort(key=lambda row: (-row["gen"], row["tokens"]))
            for start in range(0, len(waiting), _CHUNKS_A_BATCH):
                batch = waiting[start : start + _CHUNKS_A_BATCH]
                texts = [table_rows.embedded_text(row["context"], row["text"]) for row in batch]
                full = self.embedder.embed_full(texts)
                self.store.fill_vectors([row["id"] for row in batch], full)
                done += sum(row["tokens"] for row in batch)
                summary.tokens += sum(row["tokens"] for row in batch)
                summary.chunks_embedded += len(batch)
                left -= len(batch)
                self.state.chunks_pending = left
                self.state.tokens_per_second = done / (time.monotonic() - started)
                self.state.seconds_left = left * (time.monotonic() - started) / summary.chunks_embedded
                self.report(self.state)
                if self.stopped():
                    return
            left = self.store.pending()


def _batches(files: Iterable[tuple[FileRow, list[Any]]]) -> Iterator[list[tuple[FileRow, list[Any]]]]:
    batch: list[tuple[FileRow, list[Any]]] = []
    count = 0
    for file in files:
        batch.append(file)
        count += len(file[1])
        if len(batch) >= _FILES_A_COMMIT or count >= _ROWS_A_COMMIT:
            yield batch
            batch, count = [], 0
    if batch:
        yield batch


def _same(row: FileRow, entry: Found) -> bool:
    return row.size == entry.size and row.mtime_ns == entry.mtime_ns


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _skipped_row(stored: str, folder: Folder, entry: Skipped) -> FileRow:
    return FileRow(stored, folder.path, 0, 0, 0, status="skipped", reason=entry.reason, rule=entry.rule)


def path_of(row: FileRow) -> Path:
    return from_stored(row.path)
