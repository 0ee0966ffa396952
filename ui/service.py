"""One service a process: what the page, the HTTP API, MCP and the command line all go through."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakSet

from searcher import folders, runtime
from searcher.errors import FolderError, SearcherError
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored
from searcher.runtime import drop_asked
from searcher.settings import Settings
from searcher.system import at_once
from ui.admission import Admission
from ui.pictures import Picture, Wanted
from ui.status import status
from ui.viewing import DocumentView, Viewer

if TYPE_CHECKING:
    from searcher.library import Library
    from searcher.records import Answer
    from searcher.search.explain import Explanation
    from searcher.search.suggest import Suggestion
    from ui.doctor import Check

_STATUS_SECONDS = 0.5
_PROGRAMS = "programs"  # those who ask over the API or MCP, beside the tabs of the page


class Forgetful(Protocol):
    """What holds texts in memory."""

    def drop(self) -> None: ...


class Service:
    """Safe to use from many threads. Settings are read again when their file changes."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.note = ""  # the plain line that says which model is in use, once it is known
        self.preparing = ""  # what keeps the model from answering yet
        self.trouble = ""  # why the indexer stopped the last time
        self._lock = threading.Lock()
        self._library: Library | None = None
        self._settings: tuple[float, Settings] | None = None
        self._status: tuple[float, dict[str, Any]] | None = None
        self._viewer = Viewer(home)
        self._dropped = drop_asked(home)
        self._admission: Admission[Answer] = Admission(at_once())
        self.tabs: WeakSet[Forgetful] = WeakSet()  # of the page; what they show is held for them

    def drop_if_asked(self) -> int:
        """Let go of every text in memory when a file was forgotten. Gives when that was asked for last."""
        asked = drop_asked(self.home)
        if asked != self._dropped:
            self._viewer.drop()
            with self._lock:
                library = self._library
            if library is not None:
                library.drop()
            for tab in list(self.tabs):
                tab.drop()
            self._dropped = asked
        return asked

    @property
    def settings(self) -> Settings:
        try:
            changed = self.home.settings.stat().st_mtime
        except OSError:
            changed = 0.0
        if self._settings is None or self._settings[0] != changed:
            self._settings = (changed, Settings.load(self.home))
        return self._settings[1]

    @property
    def library(self) -> Library:
        """Follows the settings. Raises SearcherError while the model is being prepared."""
        from searcher.library import Library

        if self.preparing:
            raise SearcherError(self.preparing)
        self.drop_if_asked()
        settings = self.settings
        with self._lock:
            if self._library is None:
                self._library = Library(self.home, settings, reread=self._viewer.read)
            self._library.settings = settings
            return self._library

    def search(self, query: str, *, asker: Hashable = _PROGRAMS, **options: Any) -> Answer:
        """As `Library.answer`, in the asker's turn. Raises UsageError, IndexMissing, ModelMismatch."""
        key = ("search", query, *sorted(options.items()))
        return self._admission.answer(key, lambda: self.library.answer(query, **options), asker=asker)

    def suggest(self, prefix: str, *, limit: int = 8) -> list[Suggestion]:
        """As `Library.suggest`. Raises IndexMissing."""
        return self.library.suggest(prefix, limit=limit)

    def similar(self, path: str, line: int | None = None, *, limit: int = 10) -> Answer:
        """As `Library.similar`. Raises FolderError, IndexMissing, ModelMismatch."""
        from searcher.search.similar import unknown

        if not _is_a_path(path):
            raise unknown(path)
        key = ("similar", path, line, limit)
        work = partial(self.library.similar, path, line, limit=limit)
        return self._admission.answer(key, work, asker=_PROGRAMS)

    def explain(self, query: str, path: str) -> Explanation:
        """As `Library.explain`, with the indexer's reason for a file that was left out or read in part.

        Raises IndexMissing, ModelMismatch.
        """
        from searcher.search.explain import unknown

        if not _is_a_path(path):
            return unknown(path)
        explanation = self.library.explain(query, path)
        row = self._viewer.row(path)
        if row is None or not row.reason:
            return explanation
        if explanation.indexed:
            return replace(explanation, reason=f"{explanation.reason}; read in part: {row.reason}")
        return (
            explanation
            if row.status == "indexed"
            else replace(explanation, reason=f"{row.status}: {row.reason}")
        )

    def document(self, path: str, *, start: int | None = None, end: int | None = None) -> DocumentView:
        """An indexed file's text, or its lines `start` to `end`; of an object, or a file on another machine,
        the text that is in the index. Raises FolderError, ExtractionFailed."""
        self.drop_if_asked()
        try:
            return self._viewer.document(path, start=start, end=end)
        except FolderError:
            if not (self.searches_elsewhere or is_address(path)):
                raise
            from ui.viewing import indexed

            view = indexed(self.library.store, path, start, end)
            if view is None:
                raise
            return view

    def picture(self, path: str, wanted: Wanted) -> Picture | None:
        """A page of an indexed PDF, or a picture, with what is wanted marked in it; None when it cannot be
        drawn. Raises FolderError, ExtractionFailed."""
        self.drop_if_asked()
        return self._viewer.picture(path, wanted)

    def has_picture(self, path: str) -> bool:
        """Whether it is an indexed picture inside the library's folders."""
        return self._viewer.has_picture(path)

    def passages(self, path: str) -> list[dict[str, Any]]:
        """{"ordinal", "char_start", "char_end", "page", "line_start", "line_end"} of each passage of an
        indexed file, in its order. Raises IndexMissing, ModelMismatch."""
        from searcher.store.reader import fetch, owner_of
        from searcher.store.where import quoted

        columns = ["ordinal", "char_start", "char_end", "page", "line_start", "line_end"]
        store = self.library.store
        rows = fetch(store, f"doc_id = {quoted(owner_of(store, path))}", columns)
        return sorted(rows, key=lambda row: row["ordinal"])

    def passage(self, path: str, ordinal: int) -> dict[str, Any] | None:
        """{"text", "char_start", "char_end", "page", "anchor"} of an indexed passage; None when it is not
        there. Raises IndexMissing, ModelMismatch."""
        from searcher.store.reader import owner_of

        key = f"{owner_of(self.library.store, path)}:{int(ordinal)}"
        columns = ["text", "char_start", "char_end", "page", "anchor"]
        return self.library.passages([key], columns).get(key)

    def open_file(self, path: str) -> None:
        """Show an indexed file in the system's program for it. Raises FolderError, SearcherError."""
        self._viewer.open_file(path)

    def reveal_file(self, path: str) -> None:
        """Show an indexed file in its folder. Raises FolderError, SearcherError."""
        self._viewer.reveal_file(path)

    def forget(self, path: str) -> None:
        """Leave no trace of an indexed file in the index; the file stays. Waits for the indexer that runs.
        Raises FolderError, IndexLocked, and SearcherError when a trace was found."""
        from indexer import forget_anyhow

        self._viewer.require_indexed(from_stored(path))
        forget_anyhow(self.home, self.settings, from_stored(path))
        self._status = None

    def recall(self, path: str) -> None:
        """Read a forgotten file again, in a while."""
        from indexer import index_anyhow
        from indexer.care.forgetting import recall

        recall(self.home, from_stored(path))

        def read() -> None:
            with suppress(SearcherError):  # the next pass does it
                index_anyhow(self.home, self.settings)

        threading.Thread(target=read, name="recall", daemon=True).start()

    def status(self) -> dict[str, Any]:
        """The object of `searcher status --json`, at most half a second old."""
        from searcher.models.resolve import up_to_date

        now = time.monotonic()
        if self._status is None or now - self._status[0] > _STATUS_SECONDS:
            fresh = status(self.home)
            if fresh["model"] and fresh["model"]["name"] in self.note:
                note = up_to_date(self.note, self.home, self.settings)
                fresh["model"] = {**fresh["model"], "note": note}
            self._status = (now, fresh)
        return self._status[1]

    def folder_paths(self) -> list[str]:
        """The library's folders, those in object stores too, without a look into the catalogue."""
        return [folder.path for folder in folders.everything(self.home)]

    @property
    def searches_elsewhere(self) -> bool:
        """Whether other machines may have written what is searched here."""
        from searcher.store import place

        return place.of(self.home).is_shared

    def folders(self) -> list[dict[str, Any]]:
        """Path, globs, files, bytes and last change of each folder."""
        rows: list[dict[str, Any]] = self.status()["folders"]
        listed = {folder["path"]: folder for folder in rows}
        empty = {"files": 0, "offline": 0, "offline_at": {}, "bytes": 0, "changed": None}
        return [
            {
                **empty,
                **listed.get(folder.path, {}),
                "path": folder.path,
                "name": folder.name,
                "include": list(folder.include),
                "exclude": list(folder.exclude),
            }
            for folder in folders.everything(self.home)
        ]

    def add_folder(
        self, path: str, include: Iterable[str] = (), exclude: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Raises FolderError."""
        from indexer import add_folder

        folder = add_folder(self.home, path, include=include, exclude=exclude)
        self._status = None
        return {"path": folder.path, "include": list(folder.include), "exclude": list(folder.exclude)}

    def remove_folder(self, path: str) -> None:
        """Raises FolderError."""
        folders.remove(self.home, path)
        self._status = None

    def preview_folder(self, path: str) -> dict[str, Any]:
        """{"files", "bytes", "tokens", "seconds", "pictures", "picture_seconds"}: what adding the folder
        would cost. Raises FolderError."""
        from indexer import preview

        place = folders.resolved(path)
        if not place.is_dir():
            raise FolderError(f"{path} is not a folder; give the path of one")
        return preview(folders.Folder(str(place)), self.home, self.settings)

    def embedding_again(self) -> float | None:
        """Seconds that the vectors of the index would take once more; None where that is not known."""
        from indexer import of_embedding_again

        try:
            return of_embedding_again(self.home)
        except SearcherError:
            return None

    def speed_here(self) -> tuple[str, float] | None:
        """The model of the index, and the tokens a second that it reached here; None where it is unused."""
        from indexer import noted_speed
        from searcher.store.table import read_live

        live = read_live(self.home)
        speed = None if live is None else noted_speed(self.home, live.fingerprint)
        return None if live is None or speed is None else (live.model, speed)

    def pause(self) -> None:
        """Let the indexer rest until `resume`; searching goes on. Raises HomeError."""
        runtime.pause(self.home)

    def resume(self) -> None:
        """Raises HomeError."""
        runtime.resume(self.home)

    def doctor(self, fix: bool = False) -> list[Check]:
        from ui.doctor import examine

        return examine(self.home, self.settings, repair=fix)

    def close(self) -> None:
        with self._lock:
            if self._library is not None:
                self._library.close()
                self._library = None


def _is_a_path(path: str) -> bool:
    """Whether the system can follow it. No answer says so: a ring of links, or a user that there is none of,
    is nobody's business either."""
    try:
        folders.resolved(path)
    except FolderError:
        return False
    return True


_service: Service | None = None  # the page's script and its threads can be handed nothing
_service_lock = threading.Lock()


def use(home: Home) -> Service:
    """Make the service of `home` that of this process, and close another home's."""
    global _service
    with _service_lock:
        if _service is None or _service.home != home:
            if _service is not None:
                _service.close()
            _service = Service(home)
        return _service


def get_service() -> Service:
    """The one of `use`."""
    if _service is None:
        raise RuntimeError("no home was chosen: call ui.service.use first")
    return _service
