"""The SQLite catalogue: one row a file, written after the table, so it never promises what is not there."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.paths import starts_below


@dataclass(frozen=True, slots=True)
class FileRow:
    """What is known of one file. `status`: indexed | failed | skipped | offline; `reason` says why, or what
    of an indexed file could not be read."""

    path: str  # searcher.paths.to_stored
    folder: str
    size: int
    mtime_ns: int
    device: int  # the file system it lies on, so that an unmounted one is not taken for deleted files
    hash: str = ""  # of the bytes
    status: str = "indexed"
    reason: str = ""
    rule: str = ""
    kind: str = ""
    chunks: int = 0
    indexed_at: float = 0.0
    ctime_ns: int = 0  # 0: not known


def unread(row: FileRow) -> FileRow:
    """The row of a file that the next pass is to read again, whatever its size and time."""
    return replace(row, size=-1, hash="")


_NAMES = [f.name for f in fields(FileRow)]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
  path TEXT PRIMARY KEY, folder TEXT NOT NULL, size INTEGER, mtime_ns INTEGER, device INTEGER, hash TEXT,
  status TEXT NOT NULL, reason TEXT, rule TEXT, kind TEXT, chunks INTEGER, indexed_at REAL,
  ctime_ns INTEGER DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_folder ON files (folder);
CREATE INDEX IF NOT EXISTS files_status ON files (status);
"""
# the log beside the file is copied into it every 100 pages, lest it outgrow the file
_FOR_WRITING = (
    "PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; "
    "PRAGMA wal_autocheckpoint = 100; PRAGMA journal_size_limit = 500000;"
)

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def number_of(table: str) -> int:
    """A positive 31-bit number for a table's name."""
    return zlib.crc32(table.encode()) & 0x7FFFFFFF or 1


def remove_database(path: Path, *, spared: tuple[str, ...] = ()) -> None:
    """The file and what SQLite keeps beside it, that first: alone it would be taken for the next file's."""
    for ending in ("-wal", "-shm", ""):
        if ending not in spared:
            path.with_name(path.name + ending).unlink(missing_ok=True)


class Catalogue:
    """One connection; safe to use from several threads."""

    def __init__(self, home: Home, *, write: bool = True, path: Path | None = None) -> None:
        """The home's catalogue, or the one at `path` that belongs to a table being built. Here and in every
        method: raises IndexDamaged for a file that SQLite cannot make sense of."""
        self.path = path or home.catalogue
        self._lock = threading.RLock()
        with self._explained():
            self._db = self._opened("mode=rwc" if write else "mode=ro")
            if write:
                self._db.executescript(_FOR_WRITING + _SCHEMA)
            columns = self._columns(write=write)
            if write and columns == _NAMES[:-1]:
                self._db.execute("ALTER TABLE files ADD COLUMN ctime_ns INTEGER DEFAULT 0")
                columns = _NAMES
            if not columns:
                # the writer has made the file and not yet the table: a reader sees an empty catalogue
                self._db.executescript(_SCHEMA.replace("TABLE", "TEMP TABLE").split("CREATE INDEX")[0])
            elif columns not in (_NAMES, _NAMES[:-1]):
                self._db.close()
                raise self._damaged("it is of an older version")
        self._selected = ",".join(columns) if columns else ",".join(_NAMES)
        self._db.row_factory = lambda _, row: FileRow(*row)

    def close(self) -> None:
        self._db.close()

    def _opened(self, how: str) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?{how}", uri=True, check_same_thread=False)

    def _columns(self, *, write: bool) -> list[str]:
        """Names of the columns, empty without the table. The first question to the file."""
        question = "PRAGMA table_info(files)"
        try:
            return [name for _, name, *_ in self._db.execute(question)]
        except sqlite3.OperationalError:
            if write:
                raise
        # a full or read-only disk has no room for the file that readers share: read as if nobody wrote
        self._db.close()
        self._db = self._opened("mode=ro&immutable=1")
        return [name for _, name, *_ in self._db.execute(question)]

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
                raise self._damaged(str(error)) from error
            raise

    def _damaged(self, reason: str) -> IndexDamaged:
        return IndexDamaged(
            f"the catalogue {self.path} cannot be read ({reason}); run `searcher doctor --fix`"
        )

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Cursor]:
        """A cursor that gives plain tuples."""
        with self._lock, self._explained():
            cursor = self._db.cursor()
            cursor.row_factory = None
            yield cursor

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._explained(), self._db:
            yield self._db

    def check(self) -> None:
        """Look at every page."""
        with self._asking() as cursor:
            verdict = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise self._damaged(verdict.splitlines()[0])

    def of_folder(self, folder: str) -> list[FileRow]:
        """Every known file of a library folder."""
        return self._all("WHERE folder = ?", folder)

    def stats_of_indexed(self, folder: str) -> dict[str, tuple[str, int, int, int, int]]:
        """(path, size, mtime_ns, device, ctime_ns) of each indexed file of a library folder, by path."""
        stats: dict[str, tuple[str, int, int, int, int]] = {}
        with self._asking() as cursor:
            for start in starts_below(folder):  # in the table's own order, which is several times quicker
                cursor.execute(
                    "SELECT path, size, mtime_ns, device, ctime_ns FROM files "
                    "WHERE path >= ? AND path < ? AND +folder = ? AND +status = 'indexed'",
                    (start, start[:-1] + "0", folder),
                )
                stats |= {row[0]: row for row in cursor}
        return stats

    def others_of_folder(self, folder: str) -> list[FileRow]:
        """Those that are not indexed."""
        return self._all("WHERE +folder = ? AND status IN ('failed', 'skipped', 'offline')", folder)

    def rows(self, paths: Iterable[str]) -> list[FileRow]:
        """The rows of exactly these files."""
        names, rows = list(paths), list[FileRow]()
        for start in range(0, len(names), 500):
            part = names[start : start + 500]
            rows += self._all(f"WHERE path IN ({','.join('?' * len(part))})", *part)
        return rows

    def with_status(self, *statuses: str) -> list[FileRow]:
        marks = ",".join("?" * len(statuses))
        return self._all(f"WHERE status IN ({marks}) ORDER BY path", *statuses)

    def read_in_part(self) -> list[FileRow]:
        """Indexed files of which something could not be read; of text in pictures that is the rule."""
        return self._all(
            "WHERE status = 'indexed' AND kind != 'picture' "
            "AND reason NOT IN ('', 'the text in its pictures is not read') ORDER BY path"
        )

    def pictures_of_text(self) -> list[FileRow]:
        """Files of which pages, or all, are pictures that may hold text."""
        return self._all(
            "WHERE (status = 'indexed' AND reason != '' AND kind IN ('picture', 'pdf')) "
            "OR (status = 'indexed' AND reason LIKE '%the text in its pictures is not read%') "
            "OR (status = 'failed' AND (reason LIKE 'no text layer: the pages are pictures%' "
            "OR reason LIKE 'no text in it but in its pictures%'))"
        )

    def get(self, path: str) -> FileRow | None:
        return next(iter(self._all("WHERE path = ?", path)), None)

    def below(self, path: str) -> list[FileRow]:
        """The file `path`, or every file below the folder `path`."""
        rows = self._all("WHERE path = ?", path)
        for start in starts_below(path):
            rows += self._all("WHERE path >= ? AND path < ?", start, start[:-1] + "0")
        return rows

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
        with self._asking() as cursor:
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
        with self._lock, self._explained():
            self._db.execute("VACUUM")
        self.checkpoint()

    def checkpoint(self) -> None:
        """Everything in the one file, so that it can be moved."""
        with self._lock, self._explained():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def clear(self) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM files")

    def folders(self) -> set[str]:
        with self._asking() as cursor:
            return {folder for (folder,) in cursor.execute("SELECT DISTINCT folder FROM files")}

    def set_status(self, folder: str, before: str, after: str) -> None:
        """Change the status of a folder's files: offline when it goes, indexed when it is back."""
        with self._writing() as db:
            db.execute("UPDATE files SET status = ? WHERE folder = ? AND status = ?", (after, folder, before))

    def counts(self) -> dict[str, int]:
        """Files by status."""
        with self._asking() as cursor:
            return dict(cursor.execute("SELECT status, count(*) FROM files GROUP BY status").fetchall())

    def indexed_by_folder(self) -> dict[str, tuple[int, int, float]]:
        """(files, bytes, last change in epoch seconds) of the indexed files of each folder."""
        with self._asking() as cursor:
            cursor.execute(
                "SELECT folder, count(*), sum(size), max(indexed_at) FROM files "
                "WHERE status = 'indexed' GROUP BY folder"
            )
            return {folder: (files, size, changed) for folder, files, size, changed in cursor}

    def _all(self, where: str, *values: object) -> list[FileRow]:
        with self._lock, self._explained():
            return self._db.execute(f"SELECT {self._selected} FROM files {where}", values).fetchall()
