"""Files to documents and chunks, ahead of the writer, in threads that wait for the extraction process."""

from __future__ import annotations

import errno
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from indexer.changes.objects import ObjectReader
from indexer.changes.scan import Task
from indexer.chunking import chunk
from indexer.extraction.extractor import Extractor
from indexer.formats.reading import contents
from indexer.recognition.kept import Kept
from indexer.recognition.kept import digest as digest_of
from indexer.references.zotero import Zotero
from indexer.work.lanes import Ahead, Read
from searcher.descent import open_below
from searcher.embedding import Embedder
from searcher.errors import ExtractionFailed, TookTooLong, UnreadableKind
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import is_there

_AHEAD = 6  # files of a bulk that are read beyond the one being written
_PATIENCE = 2.0  # seconds of processor time for a file that was just saved; others may have been saved too
_LONG_TEXT = 1_000_000  # characters; cutting it takes as long


class Reader:
    """Reads for three lanes: what a person saves `now` waits neither behind a `bulk` nor behind another saved
    file that takes long, which is read `late`."""

    def __init__(self, home: Home, settings: Settings, embedder: Embedder, zotero: Zotero) -> None:
        self._extractor = Extractor(settings, workers=3)
        self._objects = ObjectReader()
        self._embedder, self._zotero, self._recognised = embedder, zotero, Kept(home)
        self._lanes = [
            ThreadPoolExecutor(1, thread_name_prefix=f"reading {name}") for name in ("now", "late", "bulk")
        ]
        now, late, bulk = self._lanes
        self.now = Ahead(now, partial(self._one, patience=_PATIENCE))
        self.late = Ahead(late, self._one)
        self.bulk = Ahead(bulk, self._one, _AHEAD)

    def _one(self, task: Task, patience: float | None = None) -> Read:
        path = Path(task.entry.path)
        try:
            data = self._contents(task, path)
            digest = digest_of(data)
            before = task.before
            if before and before.status in ("indexed", "offline") and before.hash == digest:
                return Read(task, digest)
            lines = self._recognised.lines(digest)
            document = self._extractor.extract(path, data=data, patience=patience, recognised=lines)
            del data
            document = self._zotero.of(task.folder, path, document)
            if patience and len(document.text) > _LONG_TEXT:
                return Read(task, slow=True)
            model = self._embedder.model
            chunks = chunk(
                document,
                path=task.entry.path,
                count=self._embedder.count_tokens,
                target=model.chunk_tokens,
                limit=model.max_tokens,
            )
        except TookTooLong:
            return Read(task, slow=True)
        except UnreadableKind as error:
            return Read(task, skipped=str(error))
        except ExtractionFailed as error:
            return Read(task, failure=str(error), vanished=not (task.is_object or is_there(path)))
        except (FileNotFoundError, NotADirectoryError):
            return Read(task, vanished=True)
        except OSError as error:
            if error.errno in (
                errno.ELOOP,
                errno.EINVAL,
            ):  # it is a link or a pipe by now: the next scan says so
                return Read(task, vanished=True)
            if _is_as_read(task):  # only who may read it changed: what was read of it is kept
                return Read(task, vanished=True)
            return Read(task, failure=f"cannot be read: {error.strerror or error}", denied=True)
        if not chunks:
            return Read(task, digest, failure="it holds no text")
        return Read(task, digest, document, tuple(chunks))

    def _contents(self, task: Task, path: Path) -> bytes:
        """Raises OSError, ExtractionFailed."""
        limits = self._extractor.limits
        if task.is_object:
            return self._objects.contents(task.folder, task.entry.path, limits.file_bytes)
        with open_below(task.folder, path) as file:
            return contents(file, limits, path.name)

    def close(self) -> None:
        self._extractor.close()  # first: a slow reader is given up
        for lane in self._lanes:
            lane.shutdown(cancel_futures=True)


def _is_as_read(task: Task) -> bool:
    """Whether size and time say that an indexed file holds what it held."""
    before = task.before
    return (
        before is not None
        and before.status in ("indexed", "offline")
        and (before.size, before.mtime_ns) == (task.entry.size, task.entry.mtime_ns)
    )
