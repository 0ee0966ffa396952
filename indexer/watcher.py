"""Notices changes in the library's folders, and that the list of folders itself changed."""

from __future__ import annotations

import threading
import time
from types import TracebackType

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings

_LOOKING = ("opened", "closed_no_write")  # reading a file is no change


class Watcher(FileSystemEventHandler):
    """One observer; `wait` is True once something changed and then stayed quiet for the debounce time."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home, self._settings = home, settings
        self._observer = Observer()
        self._followed: dict[str, object] = {}
        self._event = threading.Event()
        self._last = 0.0
        self._folders_seen = 0.0
        self._swept = time.monotonic()

    def __enter__(self) -> Watcher:
        self._observer.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._observer.stop()
        self._observer.join(5)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _LOOKING and not (event.is_directory and event.event_type == "modified"):
            self._last = time.monotonic()
            self._event.set()

    def follow(self, folders: list[Folder]) -> dict[str, str]:
        """Watch exactly these; the state of each: watching | polling | offline."""
        self._folders_seen = self._folders_changed()
        wanted = {folder.path for folder in folders}
        for path in self._followed.keys() - wanted:
            self._observer.unschedule(self._followed.pop(path))  # type: ignore[arg-type]
        states = {}
        for path in wanted:
            try:
                if path not in self._followed:
                    self._followed[path] = self._observer.schedule(self, path, recursive=True)
                states[path] = "watching"
            except FileNotFoundError:
                states[path] = "offline"
            except OSError:
                states[path] = "polling"
        return states

    def changed(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> bool:
        """True when a pass is due: quiet after a change, other folders, or time for a sweep."""
        self._event.wait(seconds)
        now = time.monotonic()
        due = (
            (self._event.is_set() and now - self._last >= self._settings.debounce_seconds)
            or self._folders_changed() != self._folders_seen
            or now - self._swept > self._settings.sweep_minutes * 60
        )
        if self._event.is_set() and not due:
            time.sleep(0.05)
        if due:
            self._event.clear()
            self._swept = now
        return due

    def _folders_changed(self) -> float:
        try:
            return self._home.folders.stat().st_mtime
        except OSError:
            return 0.0
