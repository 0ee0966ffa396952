"""Zotero's library: files lie at `storage/ABCD2345/`, and `zotero.sqlite` beside it tells what they are.

The database is copied first and only the copy is opened: Zotero keeps its own locked while it runs, and must
never find it locked by us.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from indexer.catalogue import Catalogue, unread
from indexer.references.reference import Reference
from searcher import logs
from searcher.descent import open_below
from searcher.files import read_json, write_json
from searcher.folders import Folder
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import to_stored
from searcher.records import Document

DATABASE = "zotero.sqlite"
_STORAGE = "storage"
_BESIDE = ("", "-wal", "-journal")  # what SQLite needs to read it as it was last committed
_KEY = re.compile(r"[A-Z0-9]{8}")
_MOST_BYTES = 2 << 30
_SECONDS = 120.0  # for reading it
_PAUSE = 30.0  # seconds between two looks at a database that changes all the time

References = dict[str, Reference]
DatabaseState = tuple[tuple[int, int], ...]


class Zotero:
    """The references of the databases in the library's folders. Safe to use from several threads."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[float, DatabaseState, References]] = {}  # when, of what, what
        self._due = 0.0  # when a database that changed is to be looked at; 0: none did

    def of(self, folder: str, path: str | os.PathLike[str], document: Document) -> Document:
        """The document as Zotero knows it, if the file is one of its own and the database in the folder."""
        database, key = _database(folder, path), Path(path).parent.name
        if database is None:
            return document
        reference = self._references(folder, database, wanted=key).get(key)
        return document if reference is None else reference.of(document)

    @staticmethod
    def may_know(folder: str, path: str) -> bool:
        """Whether there may be more to say of a file than is in it."""
        return _database(folder, path) is not None

    def note(self, paths: Iterable[str]) -> None:
        """Something was written: a database among it is looked at soon."""
        if any(os.path.basename(path) in (DATABASE, f"{DATABASE}-wal") for path in paths):
            self._due = self._due or time.monotonic() + 1
            last = max((when for when, _, _ in self._read.values()), default=-_PAUSE)
            self._due = max(self._due, last + _PAUSE)

    @property
    def is_due(self) -> bool:
        """Whether a scan should look at a database that changed."""
        return 0 < self._due <= time.monotonic()

    def renew(self, folders: Iterable[Folder], catalogue: Catalogue) -> None:
        """Files whose reference is another than when they were read are to be read again."""
        self._due = 0.0
        seen = read_json(self._home.references)
        before = seen if isinstance(seen, dict) else {}
        after = {}
        for folder in folders:
            for database in _databases(folder.path):
                references = self._references(folder.path, database)
                digests = {key: reference.digest for key, reference in references.items()}
                old = before.get(str(database), {})
                storage = database.parent / _STORAGE
                for key in digests.keys() | old.keys():
                    if digests.get(key) != old.get(key):
                        rows = catalogue.below(to_stored(storage / key))
                        catalogue.put(unread(row) for row in rows if row.status == "indexed")
                after[str(database)] = digests
        if after != before:
            write_json(self._home.references, after)

    def _references(self, folder: str, database: Path, wanted: str | None = None) -> References:
        """By key. A database that changed is read again, at once for a key that is not known yet."""
        with self._lock:
            when, stamp, references = self._read.get(database, (-_PAUSE, (), {}))
            now = _stamp(database)
            is_known = wanted in references
            if now == stamp or (wanted and time.monotonic() - when < (_PAUSE if is_known else 1.0)):
                return references
            fresh = self._loaded(folder, database)
            references = references if fresh is None else fresh
            self._read[database] = (time.monotonic(), now, references)
            return references

    def _loaded(self, folder: str, database: Path) -> References | None:
        """None where it cannot be read now; what was known of it is kept then."""
        place = self._home.references_copy
        shutil.rmtree(place, ignore_errors=True)
        try:
            place.mkdir(mode=0o700)
            for ending in _BESIDE:
                with suppress(FileNotFoundError):
                    _copy(folder, database.with_name(DATABASE + ending), place / (DATABASE + ending))
            done = subprocess.run(
                [sys.executable, "-P", "-m", "indexer.references.database", str(place / DATABASE)],
                capture_output=True,
                timeout=_SECONDS,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            )
            if done.returncode:
                raise ValueError(done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:])
            return {
                key: Reference(fields["title"], fields["date"], tuple(fields["tags"]), tuple(fields["names"]))
                for key, fields in json.loads(done.stdout).items()
            }
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired) as error:
            logs.note(f"{database} is not read, so its files have their own titles: {error}")
            return None
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _database(folder: str, path: str | os.PathLike[str]) -> Path | None:
    """Where the database would be that a file is in, if it lies like one of Zotero's own."""
    place = Path(path)
    if (
        is_address(path)
        or len(place.parents) < 3
        or place.parents[1].name != _STORAGE
        or not _KEY.fullmatch(place.parent.name)
    ):
        return None
    database = place.parents[2] / DATABASE
    return database if database.is_relative_to(folder) else None


def _databases(folder: str) -> list[Path]:
    """In the folder itself or right below it."""
    try:
        places = [
            folder,
            *(entry.path for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)),
        ]
    except OSError:
        return []
    # a folder that may not be looked into has none
    return [Path(place, DATABASE) for place in places if os.path.isfile(os.path.join(place, DATABASE))]


def _stamp(database: Path) -> DatabaseState:
    stamp = []
    for ending in _BESIDE:
        with suppress(OSError):
            status = os.stat(f"{database}{ending}")
            stamp.append((status.st_size, status.st_mtime_ns))
    return tuple(stamp)


def _copy(folder: str, source: Path, target: Path) -> None:
    left = _MOST_BYTES
    with open_below(folder, source) as file, target.open("wb") as out:
        while part := file.read(1 << 20):
            out.write(part)
            left -= len(part)
            if left < 0:
                raise ValueError("it is larger than 2 GB")
