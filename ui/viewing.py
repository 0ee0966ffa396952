"""Reading one document of the library for a person or a program, and opening it on this machine."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from indexer.care.forgetting import forgotten
from indexer.catalogue import Catalogue, FileRow
from indexer.recognition.kept import Kept, Lines, digest
from searcher import folders
from searcher.errors import FolderError, SearcherError
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored, is_within, to_stored
from searcher.records import Document, Mark
from searcher.settings import Settings
from searcher.system import on_its_own, opener, revealer
from ui.pictures import Picture, Pictures, Wanted
from ui.security import inside, open_inside

if TYPE_CHECKING:
    from indexer.extraction.extractor import Extractor
    from searcher.store import Store

_REMEMBERED = 8
_OF_THE_INDEX = "this is the text in the index; the file itself lies elsewhere and cannot be opened here"
FileState = tuple[str, int, int, int]  # resolved path, inode, time of change, size: while unchanged


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document's text, or the lines asked for. Offsets of `marks` are characters of `text`."""

    path: str
    text: str
    marks: tuple[Mark, ...]
    kind: str
    title: str | None
    lines: int  # of the whole text
    has_lines: bool  # they are the file's own lines
    language: str | None
    start: int = 1  # line of the whole text that `text` begins with
    cut: bool = False  # there is more
    notes: tuple[str, ...] = ()  # what of the file could not be read
    pictures: tuple[tuple[int, str, str], ...] = ()  # of the whole document, as in it


class Viewer:
    """Reads the library's files through a handle that no link can divert, and remembers the last few while
    they are unchanged. Nothing of them is written to disk."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._lock = threading.Lock()
        self._documents: OrderedDict[tuple[object, ...], Document] = OrderedDict()
        self._pictures = Pictures()
        self._extractor: Extractor | None = None

    def document(self, path: str, *, start: int | None = None, end: int | None = None) -> DocumentView:
        """The text of an indexed file; of lines `start` to `end`, 1-based, inclusive, when given.

        Raises FolderError for what is not in the library, ExtractionFailed.
        """
        return _view(path, self.read(from_stored(path)), start, end)

    def read(self, path: Path) -> Document:
        """An indexed file as it is now. Raises FolderError, ExtractionFailed."""
        kept = Kept(self._home)
        with self._open(path) as (opened, file):
            state = (*opened, kept.changed)
            with self._lock:
                if state in self._documents:
                    self._documents.move_to_end(state)
                    return self._documents[state]
            reader = self._reader()
            data = self._contents(file, path)
        lines = kept.lines(digest(data))
        document = reader.extract(Path(state[0]), data=data, recognised=lines)
        with self._lock:
            self._documents[state] = document
            while len(self._documents) > _REMEMBERED:
                self._documents.popitem(last=False)
        return document

    def picture(self, path: str, wanted: Wanted) -> Picture | None:
        """A page of an indexed PDF, or a picture as its only page; None when it cannot be drawn. Raises
        FolderError, ExtractionFailed."""
        kept = Kept(self._home)
        with self._open(from_stored(path)) as (state, file):

            def given() -> tuple[bytes, str, Lines]:
                read = self._contents(file, Path(path))
                mark = digest(read)
                file.seek(0)
                data = file.read(self._reader().limits.file_bytes)
                return data, f"{mark} {kept.changed}", kept.lines(mark).get(wanted.page, [])

            return self._pictures.picture((*state, kept.changed), given, wanted)

    def has_picture(self, path: str) -> bool:
        """Whether it is an indexed picture inside the library's folders."""
        place = from_stored(path)
        row = self.row(to_stored(place))
        if row is None or row.kind != "picture":
            return False
        try:
            self.require_indexed(place)
            inside(folders.load(self._home), place)
        except FolderError:
            return False
        return True

    def drop(self) -> None:
        """Let go of everything that was read."""
        with self._lock:
            self._documents.clear()
        self._pictures.drop()

    @contextmanager
    def _open(self, path: Path) -> Iterator[tuple[FileState, BinaryIO]]:
        self.require_indexed(path)
        resolved, file = open_inside(folders.load(self._home), path)
        with file:
            status = os.fstat(file.fileno())
            yield (str(resolved), status.st_ino, status.st_mtime_ns, status.st_size), file

    def _contents(self, file: BinaryIO, path: Path) -> bytes:
        from indexer.formats.reading import contents

        try:
            return contents(file, self._reader().limits, path.name)
        except OSError as error:
            raise FolderError(f"the file cannot be read: {error.strerror}") from error

    def open_file(self, path: str) -> None:
        """Show an indexed file in the system's program for it. Raises FolderError, SearcherError."""
        self._outside(path, opener)

    def reveal_file(self, path: str) -> None:
        """Show an indexed file in its folder. Raises FolderError, SearcherError."""
        self._outside(path, revealer)

    def _outside(self, path: str, program: Callable[[Path], list[str]]) -> None:
        place = from_stored(path)
        self.require_indexed(place)
        target = inside(folders.load(self._home), place)
        command = program(target)
        try:
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                **on_its_own(),
            )
        except OSError as error:
            raise SearcherError(
                f"cannot open {target}: {command[0]} {error.strerror}; open it by its path"
            ) from error

    def row(self, path: str) -> FileRow | None:
        """What the catalogue knows of a file."""
        if not self._home.catalogue.is_file():
            return None
        catalogue = Catalogue(self._home, write=False)
        try:
            return catalogue.get(path)
        finally:
            catalogue.close()

    def require_indexed(self, path: Path) -> None:
        """Only what was indexed: an ignored or hidden file stays unread, though it lies in a folder."""
        stored = to_stored(path)
        row = self.row(stored)
        is_forgotten = any(is_within(stored, place) for place in forgotten(self._home))
        if row and not is_forgotten and row.status == "failed":
            raise FolderError(f"{os.fspath(path)!r} cannot be read: {row.reason}")
        if row and not is_forgotten and row.status == "offline":
            raise FolderError(f"{os.fspath(path)!r} is not reachable now")
        if row is None or row.status != "indexed" or is_forgotten:
            raise FolderError(f"{os.fspath(path)!r} is not a file of the library's folders")

    def _reader(self) -> Extractor:
        """A process of its own, with limits: a parser that hangs or crashes takes no answer with it."""
        with self._lock:
            if self._extractor is None:
                from indexer.extraction.extractor import Extractor

                self._extractor = Extractor(Settings.load(self._home))
                atexit.register(self._extractor.close)
            return self._extractor


def remove_leftovers(home: Home) -> None:
    """Copies for viewing, as an earlier version made them."""
    for folder in home.old_views():
        shutil.rmtree(folder, ignore_errors=True)


def indexed(store: Store, path: str, start: int | None, end: int | None) -> DocumentView | None:
    """The text of an object or of another machine's file, put together from its passages; None where there is
    none."""
    from searcher.store.reader import fetch
    from searcher.store.where import quoted

    columns = ["doc_id", "ordinal", "text", "char_start", "char_end", "kind", "title", "language"]
    elsewhere = "true" if is_address(path) else f"NOT ({store.own})"
    rows = fetch(store, f"path = {quoted(path)} AND {elsewhere}", columns)
    rows = sorted((row for row in rows if row["doc_id"] == rows[0]["doc_id"]), key=lambda r: r["ordinal"])
    if not rows:
        return None
    text, reached = "", 0
    for row in rows:  # passages may overlap, and leave blank lines out between them
        new = row["text"][max(reached - row["char_start"], 0) :]
        text += ("\n\n" if text and row["char_start"] > reached else "") + new
        reached = max(reached, row["char_end"])
    first = rows[0]
    about = {name: first[name] for name in ("kind", "title", "language")}
    document = Document(text, **about, has_lines=False, notes=(_OF_THE_INDEX,))
    return _view(path, document, start, end)


def _view(path: str, document: Document, start: int | None, end: int | None) -> DocumentView:
    lines = document.text.split("\n")
    first = min(max(start or 1, 1), len(lines))
    last = min(max(end or len(lines), first), len(lines))
    text, marks = document.text, document.marks or _symbols(document)
    pictures = document.pictures
    if (first, last) != (1, len(lines)):
        offset = sum(len(line) + 1 for line in lines[: first - 1])
        text = "\n".join(lines[first - 1 : last])
        marks = _between(marks, offset, offset + len(text))
        pictures = ()
    return DocumentView(
        path,
        text,
        marks,
        document.kind,
        document.title,
        len(lines),
        document.has_lines,
        document.language,
        first,
        last < len(lines),
        document.notes,
        pictures,
    )


def _symbols(document: Document) -> tuple[Mark, ...]:
    """Of code, where each definition begins."""
    blocks = document.blocks or ()
    return tuple(
        Mark(block.start, symbol=block.symbol, symbol_kind=block.kind) for block in blocks if block.symbol
    )


def _between(marks: tuple[Mark, ...], start: int, end: int) -> tuple[Mark, ...]:
    """Marks of a stretch, with offsets into it; the one that reaches into it begins with it."""
    from dataclasses import replace

    before = [mark for mark in marks if mark.start <= start][-1:]
    within = [mark for mark in marks if start < mark.start < end]
    return tuple(replace(mark, start=max(0, mark.start - start)) for mark in [*before, *within])
