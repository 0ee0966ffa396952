"""What was recognised, kept in the home by the content of its file, page by page."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import TypeAlias

from indexer.formats.recognised import Line
from searcher.home import Home
from searcher.paths import starts_below

Lines: TypeAlias = Sequence[Line]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS pages (
  hash TEXT, page INTEGER, lines TEXT, PRIMARY KEY (hash, page)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, hash TEXT, whole INTEGER) WITHOUT ROWID;
"""


def digest(data: bytes) -> str:
    """What stands for a file's content here and in the catalogue."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


class Kept:
    """One writer, the indexer; readers open it anew. Nothing is left behind of what is deleted."""

    def __init__(self, home: Home, *, write: bool = False) -> None:
        self._path, self._lock = home.recognised, threading.Lock()
        self._db: sqlite3.Connection | None = None
        if write:
            try:
                self._db = self._opened()
            except sqlite3.OperationalError:  # a full disk, another writer
                raise
            except sqlite3.DatabaseError:  # damaged: it is made again from the files
                self._path.unlink()
                self._db = self._opened()

    def _opened(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, check_same_thread=False)
        try:
            db.executescript("PRAGMA journal_mode = DELETE; PRAGMA secure_delete = ON;" + _SCHEMA)
        except sqlite3.DatabaseError:
            db.close()
            raise
        return db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()

    @property
    def changed(self) -> int:
        """Nanoseconds; of a home where nothing was recognised 0."""
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0

    def lines(self, digest: str) -> dict[int, list[Line]]:
        """The lines of each page that was recognised of content with this hash."""
        rows = self._asked("SELECT page, lines FROM pages WHERE hash = ?", digest)
        return {page: [(text, tuple(box)) for text, box in json.loads(lines)] for page, lines in rows}

    def is_whole(self, digest: str) -> bool:
        """Whether every page was looked at."""
        return bool(self._asked("SELECT 1 FROM files WHERE hash = ? AND whole LIMIT 1", digest))

    def begin(self, path: str, digest: str) -> None:
        """Before the first page of a file: what is kept is known to be of it."""
        self._write([("INSERT OR REPLACE INTO files VALUES (?, ?, 0)", (path, digest))])

    def add(self, digest: str, page: int, lines: Lines) -> None:
        given = json.dumps(lines, ensure_ascii=False)
        self._write([("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", (digest, page, given))])

    def end(self, path: str) -> None:
        self._write([("UPDATE files SET whole = 1 WHERE path = ?", (path,))])

    def forget(self, paths: Iterable[str], digests: Iterable[str] = ()) -> None:
        """What was recognised of these files and everything below them, and of content with these hashes."""
        work: list[tuple[str, tuple[str, ...]]] = []
        work += [("DELETE FROM files WHERE hash = ?", (digest,)) for digest in digests if digest]
        for path in paths:
            work.append(("DELETE FROM files WHERE path = ?", (path,)))
            work += [
                ("DELETE FROM files WHERE path >= ? AND path < ?", (start, start[:-1] + "0"))
                for start in starts_below(path)
            ]
        work.append(("DELETE FROM pages WHERE hash NOT IN (SELECT hash FROM files)", ()))
        self._write(work)

    def paths(self) -> list[str]:
        return [path for (path,) in self._asked("SELECT path FROM files")]

    def _asked(self, question: str, *values: str) -> list[tuple]:  # type: ignore[type-arg]
        if self._db is not None:
            with self._lock:
                return self._db.execute(question, values).fetchall()
        if not self._path.exists():
            return []
        try:
            with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as db:
                return db.execute(question, values).fetchall()
        except sqlite3.DatabaseError:
            return []

    def _write(self, work: Iterable[tuple[str, tuple[object, ...]]]) -> None:
        assert self._db is not None, "opened for reading"
        with self._lock, self._db:
            for statement, values in work:
                self._db.execute(statement, values)
