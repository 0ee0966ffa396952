"""The pages that wait to be recognised: newest files first, a page at a time, while nothing else is to do."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue, FileRow, unread
from indexer.extraction.extractor import started
from indexer.formats.reading import contents
from indexer.formats.recognised import Line
from indexer.formats.source import Limits
from indexer.recognition.guess import scanned_pages
from indexer.recognition.kept import Kept
from indexer.recognition.kept import digest as digest_of
from indexer.work.pace import note_page_seconds
from searcher import logs
from searcher.descent import open_below
from searcher.errors import ExtractionFailed
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored
from searcher.settings import Settings
from searcher.trouble import meaning

NOTHING = "no text layer, and nothing was recognised in its pictures"
PICTURES_WAIT = "pictures of text are not read for now"
_PAGE_SECONDS = 120.0  # by the clock, at lowest priority; then the page is left
_LARGEST = 200 << 20  # bytes of a file
_PAUSE = 60.0  # seconds until it is tried again what a full disk did not allow
_KEPT_PACE = 0.8  # of the mean seconds a page, when another page is added


def is_possible(settings: Settings) -> bool:
    """Whether pictures are to be read, and there is what reads them."""
    return settings.ocr and find_spec("rapidocr") is not None


@dataclass(slots=True)
class _File:
    row: FileRow
    digest: str
    left: list[int] = field(default_factory=list)  # pages


class Recognition:
    """`step` does a little and never waits. Its process lives as long as there are pages."""

    def __init__(self, home: Home, settings: Settings, catalogue: Catalogue) -> None:
        self._home, self._catalogue, self._limits = home, catalogue, Limits.of(settings)
        self._possible = is_possible(settings)
        self._waiting: list[FileRow] | None = None  # None: to be asked for
        self._pages_of_pdf = 1.0  # on average, of those that wait
        self._tried: set[tuple[str, int, int]] = set()  # path, size, mtime
        self._file: _File | None = None
        self._page: Future[list[Line] | None] | None = None
        self._process: _Process | None = None
        self._kept: Kept | None = None
        self._thread = ThreadPoolExecutor(1, "recognising")
        self.done, self._seconds = 0, 0.0  # pages, and mean seconds each
        self.trouble: str | None = None  # why it does not go on for now
        self._paused_until = 0.0

    @property
    def left(self) -> int:
        """Pages; of files that were not opened yet about so many."""
        waiting = self._waiting or []
        pdfs = sum(row.path.lower().endswith(".pdf") for row in waiting)
        unopened = len(waiting) + round(pdfs * (self._pages_of_pdf - 1))
        return unopened + (len(self._file.left) if self._file else 0)

    @property
    def seconds_left(self) -> float | None:
        return self.left * self._seconds if self._seconds else None

    @property
    def current(self) -> str | None:
        return self._file.row.path if self._file else None

    def look_again(self) -> None:
        """Other files are in the catalogue now."""
        self._waiting = None

    def step(self) -> tuple[bool, str | None]:
        """Whether there is more, and the path of a file that is to be read again with what was recognised.
        A full disk, or no process to be had, stops it for a while; the file is begun again after that."""
        if not self._possible or time.monotonic() < self._paused_until:
            return False, None
        try:
            return self._stepped()
        except (OSError, sqlite3.Error) as error:
            self._pause(error)
            return False, None

    def _pause(self, error: OSError | sqlite3.Error) -> None:
        reason = meaning(error, self._home.root) or error
        self.trouble = f"{PICTURES_WAIT}: {reason}"
        logs.note(self.trouble)
        if self._file is not None:
            self._tried.discard(_state(self._file.row))
        self._file = self._waiting = None
        self._paused_until = time.monotonic() + _PAUSE
        self.rest()

    def _stepped(self) -> tuple[bool, str | None]:
        if self._page is not None:
            return True, self._took() if self._page.done() else None
        if self._file is None and not self._open_next():
            self.rest()
            return False, None
        assert self._file is not None
        if not self._file.left:
            return True, self._end()
        self._page = self._thread.submit(self._timed, self._file.left[0])
        return True, None

    def rest(self) -> None:
        """Let go of the process."""
        if self._process is not None:
            if self._seconds:
                note_page_seconds(self._home, self._seconds)
            self._process.close()
            self._process = None

    def close(self) -> None:
        self.rest()
        self._thread.shutdown()
        if self._kept is not None:
            self._kept.close()

    def _open_next(self) -> bool:
        if self._waiting is None:
            rows = [
                row
                for row in self._catalogue.pictures_of_text()
                if _state(row) not in self._tried and not is_address(row.path)
            ]
            self._waiting = sorted(rows, key=lambda row: row.mtime_ns)
            pdfs = [str(from_stored(row.path)) for row in rows if row.path.lower().endswith(".pdf")]
            self._pages_of_pdf = max(scanned_pages(pdfs) / max(len(pdfs), 1), 1.0)
        while self._waiting:
            row = self._waiting.pop()
            file = self._opened(row)
            self._tried.add(_state(row))
            self.trouble = None
            if file is not None:
                self._file = file
                return True
        return False

    def _opened(self, row: FileRow) -> _File | None:
        """The file in the process, without the pages that are recognised; None for one that is done."""
        path = Path(from_stored(row.path))
        try:
            with open_below(row.folder, path) as file:
                known = row.hash or digest_of(contents(file, self._limits, path.name))
                if self._store.is_whole(known):
                    return None
                file.seek(0)
                data = file.read(_LARGEST + 1)
        except (OSError, ExtractionFailed):
            return None
        if len(data) > _LARGEST:
            return None
        self._store.begin(row.path, known)
        self._process = self._process or _Process()
        pages = self._process.open(path.name, data)
        there = self._store.lines(known)
        return _File(row, known, [page for page in pages if page not in there])

    @property
    def _store(self) -> Kept:
        if self._kept is None:
            self._kept = Kept(self._home, write=True)
            gone = [path for path in self._kept.paths() if self._catalogue.get(path) is None]
            self._kept.forget(gone)
        return self._kept

    def _timed(self, page: int) -> list[Line] | None:
        began = time.monotonic()
        lines = self._process.read(page) if self._process else None
        spent = time.monotonic() - began
        self._seconds = self._seconds * _KEPT_PACE + spent * (1 - _KEPT_PACE) if self._seconds else spent
        return lines

    def _took(self) -> str | None:
        assert self._page is not None and self._file is not None
        lines, self._page = self._page.result(), None
        page = self._file.left.pop(0)
        self.done += 1
        if lines is None:  # its process is gone: the rest of the file is left
            self.rest()
            self._file.left.clear()
            return self._end()
        self._store.add(self._file.digest, page, lines)
        return None if self._file.left else self._end()

    def _end(self) -> str | None:
        assert self._file is not None
        row, digest = self._file.row, self._file.digest
        self._store.end(row.path)
        self._file = None
        now = self._catalogue.get(row.path)
        if now is None:
            return None
        if any(self._store.lines(digest).values()) or now.status == "indexed":
            self._catalogue.put([unread(now)])
            return row.path
        self._catalogue.put([replace(now, reason=NOTHING)])
        return None


class _Process:
    """The process that recognises; gone after what it did not survive."""

    def __init__(self) -> None:
        self._process, self._messages = started("indexer.recognition.engine")

    def open(self, name: str, data: bytes) -> list[int]:
        """The pages that are pictures, or the pictures in it."""
        pages: list[int] | None = self._asked(b"file " + os.fsencode(name), data)
        return pages or []

    def read(self, page: int) -> list[Line] | None:
        """None where the process is gone."""
        lines: list[Line] | None = self._asked(b"page", b"%d" % page)
        return lines

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _asked(self, what: bytes, given: bytes) -> Any:
        """The answer, None from a process that is gone or had to be killed."""
        watch = threading.Timer(_PAGE_SECONDS, self._process.kill)
        watch.start()
        try:
            self._messages.send_bytes(what)
            self._messages.send_bytes(given)
            return self._messages.receive()
        except (EOFError, OSError):
            return None
        finally:
            watch.cancel()


def _state(row: FileRow) -> tuple[str, int, int]:
    return row.path, row.size, row.mtime_ns
