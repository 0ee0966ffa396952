"""The SQLite catalogue: one row a file, written after the table, so it never promises what is not there."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from searcher.home import Home


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of one file. `status`: indexed | failed | skipped | offline."""

    path: str  # searcher.paths.to_stored
    folder: str
    size: int
    mtime_ns: int
    inode: int
    hash: str = ""  # of the bytes
    status: str = "indexed"
    reason: str = ""
    rule: str = ""
    kind: str = ""
    chunks: int = 0
    indexed_at: float = 0.0


_NAMES = [f.name for f in fields(FileRow)]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
  path TEXT PRIMARY KEY, folder TEXT NOT NULL, size INTEGER, mtime_ns INTEGER, inode INTEGER, hash TEXT,
  status TEXT NOT NULL, reason TEXT, rule TEXT, kind TEXT, chunks INTEGER, indexed_at REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_folder ON files (folder);
CREATE INDEX IF NOT EXISTS files_status ON files (status);
"""


def number_of(table: str) -> int:
    """A positive 31-bit number for a table's name."""
    return zlib.crc32(table.encode()) & 0x7FFFFFFF or 1


class Catalogue:
    """One connection; safe to use from several threads."""

    def __init__(self, home: Home, *, write: bool = True, path: Path | None = None) -> None:
        """The home's catalogue, or the one at `path` that belongs to a table being built."""
        mode = "rwc" if write else "ro"
        place = (path or home.catalogue).as_uri()
        self._db = sqlite3.connect(f"{place}?mode={mode}", uri=True, check_same_thread=False)
        self._lock = threading.RLock()
        if write:
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON;" + _SCHEMA)
        elif not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'files'").fetchall():
            # the writer has made the file and not yet the table: a reader sees an empty catalogue
            self._db.executescript(_SCHEMA.replace("TABLE", "TEMP TABLE").split("CREATE INDEX")[0])
        self._db.row_factory = lambda _, row: FileRow(*row)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._db:
            yield self._db

    def of_folder(self, folder: str) -> dict[str, FileRow]:
        """Every known file of a library folder, by path: one query, so that a pass costs no query a file."""
        return {row.path: row for row in self._all("WHERE folder = ?", folder)}

    def with_status(self, *statuses: str) -> list[FileRow]:
        marks = ",".join("?" * len(statuses))
        return self._all(f"WHERE status IN ({marks}) ORDER BY path", *statuses)

    def get(self, path: str) -> FileRow | None:
        return next(iter(self._all("WHERE path = ?", path)), None)

    def below(self, path: str) -> list[FileRow]:
        """The file `path`, or every file below the folder `path`."""
        start = path.rstrip("/") + "/"
        return self._all("WHERE path = ? OR (path >= ? AND path < ?)", path, start, start[:-1] + "0")

    def put(self, rows: Iterable[FileRow]) -> None:
        marks = ",".join("?" * len(_NAMES))
        with self._writing() as db:
            db.executemany(f"INSERT OR REPLACE INTO files VALUES ({marks})", [astuple(row) for row in rows])

    def remove(self, paths: Iterable[str]) -> None:
        with self._writing() as db:
            db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    @property
    def table(self) -> int:
        """A number for the table this catalogue tells of; 0 before it was said."""
        with self._lock:
            cursor = self._db.cursor()
            cursor.row_factory = None
            return int(cursor.execute("PRAGMA user_version").fetchone()[0])

    def belong_to(self, table: str) -> None:
        with self._writing() as db:
            db.execute(f"PRAGMA user_version = {number_of(table)}")

    def copy_to(self, path: Path) -> None:
        """A second catalogue with the same rows; closes this one."""
        with sqlite3.connect(path) as other:
            self._db.backup(other)
        other.close()
        self.close()

    def vacuum(self) -> None:
        """Leave nothing of removed rows in the file."""
        self.checkpoint()
        with self._lock:
            self._db.execute("VACUUM")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Everything in the one file, so that it can be moved."""
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def clear(self) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM files")

    def folders(self) -> set[str]:
        with self._lock:
            cursor = self._db.cursor()
            cursor.row_factory = None
            return {folder for (folder,) in cursor.execute("SELECT DISTINCT folder FROM files")}

    def set_status(self, folder: str, before: str, after: str) -> None:
        """Change the status of a folder's files: offline when it goes, indexed when it is back."""
        with self._writing() as db:
            db.execute("UPDATE files SET status = ? WHERE folder = ? AND status = ?", (after, folder, before))

    def counts(self) -> dict[str, int]:
        """Files by status."""
        with self._lock:
            cursor = self._db.cursor()
            cursor.row_factory = None
            return dict(cursor.execute("SELECT status, count(*) FROM files GROUP BY status").fetchall())

    def _all(self, where: str, *values: object) -> list[FileRow]:
        with self._lock:
            return self._db.execute(f"SELECT {','.join(_NAMES)} FROM files {where}", values).fetchall()
