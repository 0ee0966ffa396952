"""Notices changes in the library's folders, and that the list of folders itself changed."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from indexer.rules import allows
from indexer.rules.builtin import FOLDERS
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import file_system, is_below, watches_are_used_up

# a folder that left and came back is watched under its new name; nobody needs to read about it
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)

_OBSERVERS = logging.getLogger("watchdog")
_LOOKING = ("opened", "closed_no_write")  # reading a file is no change
_REMOTE = ("nfs", "nfs4", "cifs", "smb", "smb3", "smbfs", "fuse.sshfs", "9p", "afs", "fuse.rclone", "davfs")
_RULES = (".gitignore", ".searcherignore")
_POLL_SECONDS = 10
_LONGEST_WRITING = 4  # seconds after which a file is read that never comes to rest, as logs do
_MOST_PATHS = 500  # events of more files are one scan
_LONGEST = 30  # seconds that one change after the other may put off a scan
_RECOVERY = 3  # seconds; meanwhile the observer watches again what it lost
_AT_ONCE = 50  # single files a look; when a folder full of them arrives, the scan has the rest
_BESIDE_A_SCAN = 8  # ... when one is due: more are no person's saving, and would hold that up


@dataclass(slots=True)
class _Change:
    first: float  # when it was heard of, and when for the last time
    last: float
    deleted: bool


class Watcher(FileSystemEventHandler):
    """Collects what changed; `due` gives it out once it has been quiet for the debounce time."""

    def __init__(self, home: Home, settings: Settings) -> None:
        self._home, self._settings = home, settings
        self._observers: list[BaseObserver] = [Observer(), PollingObserver(timeout=_POLL_SECONDS)]
        self._followed: dict[str, tuple[BaseObserver, ObservedWatch, str]] = {}
        self._own = os.path.realpath(home.root)
        self._rules: dict[str, Folder] = {}  # by path
        self._devices: dict[str, int] = {}  # of what is followed; another one was mounted over it, or it went
        self._away: set[str] = set()
        self._changed: dict[str, _Change] = {}  # by path
        self._left_out: dict[str, bool] = {}  # whether the rules leave a folder out, by path
        self._scan_wanted, self._wanted_at, self._wanted_since = True, 0.0, 0.0
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._folders_seen = 0.0
        self._swept = time.monotonic()
        self._retried = 0.0
        self._complaints = _Complaints(lambda: self._want_scan(time.monotonic() + _RECOVERY))

    def __enter__(self) -> Watcher:
        _OBSERVERS.addHandler(self._complaints)
        _OBSERVERS.propagate = False
        for observer in self._observers:
            observer.start()
        return self

    def __exit__(self, *_: object) -> None:
        for observer in self._observers:
            observer.stop()
        for observer in self._observers:
            observer.join(5)
        _OBSERVERS.removeHandler(self._complaints)

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _LOOKING or (event.is_directory and event.event_type == "modified"):
            return
        names = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        paths = [path for path in names if not self._is_left_out(path)]
        if not paths:
            return
        rules_changed = any(os.path.basename(path) in _RULES for path in paths)
        now = time.monotonic()
        with self._lock:
            # what the observer adds for the files of a folder that came or went is the scan's
            for path in [] if event.is_synthetic else paths:
                first = self._changed.pop(path).first if path in self._changed else now
                self._changed[path] = _Change(first, now, event.event_type == "deleted")
            many = len(self._changed) > _MOST_PATHS
            if rules_changed:
                self._left_out.clear()
        # a moved folder, or other rules: everything below may differ
        if event.is_directory or rules_changed or many:
            self._want_scan(now)
        self._event.set()

    def _is_left_out(self, path: str) -> bool:
        """Whether a path lies in a folder like .git or node_modules that the rules leave out, or in the home:
        programs work in there without end."""
        if path == self._own or path.startswith(self._own + os.sep):
            return True
        folder = max((f for f in list(self._followed) if is_below(path, f)), key=len, default=None)
        if folder is None:
            return False
        at = folder
        for name in path[len(folder) :].strip(os.sep).split(os.sep)[:-1]:
            at = os.path.join(at, name)
            if name in FOLDERS or (name.startswith(".") and not self._settings.hidden):
                if at not in self._left_out:
                    self._left_out[at] = (
                        allows(self._rules[folder], at, self._settings, self._home) is not None
                    )
                return self._left_out[at]
        return False

    def _want_scan(self, at: float) -> None:
        with self._lock:
            if not self._scan_wanted:
                self._wanted_since = at
            self._scan_wanted, self._wanted_at = True, max(at, self._wanted_at)

    def follow(self, folders: Iterable[Folder]) -> dict[str, str]:
        """Watch exactly these; the state of each: watching | polling | offline."""
        self._folders_seen = self._folders_changed()
        self._rules = {folder.path: folder for folder in folders}
        self._left_out.clear()
        paths = set(self._rules)
        for path in self._followed.keys() - paths:
            self._drop(path)
        states = {}
        self._away.clear()
        for path in paths:
            if not os.path.isdir(path):
                self._drop(path)
                self._away.add(path)
                states[path] = "offline"
                continue
            if self._devices.get(path) != _device(path):
                self._drop(path)
            if path in self._followed and self._followed[path][2] == "watching" and watches_are_used_up(path):
                self._drop(path)
            if path not in self._followed:
                self._devices[path] = _device(path)
                self._follow(path)
            states[path] = self._followed[path][2] if path in self._followed else "polling"
        return states

    def wait(self, seconds: float) -> None:
        """Until something happens, or so long."""
        if self._event.wait(seconds):
            self._event.clear()
            time.sleep(0.05)

    @property
    def expects(self) -> bool:
        """Whether something changed that is not due yet."""
        with self._lock:
            return bool(self._changed) or self._scan_wanted

    def due(self) -> tuple[bool, list[str]]:
        """Whether a scan of everything is due, and the files that changed and are quiet since: of a scan they
        go ahead."""
        now = time.monotonic()
        with self._lock:
            folders_differ = self._folders_changed() != self._folders_seen
            swept = now - self._swept > self._settings.sweep_minutes * 60
            is_scan_due = (
                folders_differ
                or swept
                or (self._scan_wanted and now - self._wanted_at >= self._settings.debounce_seconds)
                or (self._scan_wanted and now - self._wanted_since >= _LONGEST)
            )
            ready = self._taken(now, _BESIDE_A_SCAN if is_scan_due else _AT_ONCE)
            if is_scan_due:
                self._scan_wanted, self._swept = False, now
                latest = list(self._changed.items())[-_BESIDE_A_SCAN:]
                self._changed = {path: change for path, change in latest if _is_saved(path, change)}
                return True, [path for path, change in ready.items() if _is_saved(path, change)]
            # an event under a name its folder no longer has: the watch missed where the folder went
            lost = any(
                not change.deleted and not os.path.isdir(os.path.dirname(path))
                for path, change in ready.items()
            )
            return lost, [] if lost else list(ready)

    def _taken(self, now: float, most: int) -> dict[str, _Change]:
        """The latest changes of files that are quiet, which are then no longer kept."""
        quiet = (
            path
            for path, change in reversed(self._changed.items())
            if now - change.first >= _LONGEST_WRITING
            or (now - change.last >= self._settings.debounce_seconds and not _is_growing(path))
        )
        return {path: self._changed.pop(path) for path in list(islice(quiet, most))}

    def is_folder_gone_or_back(self) -> bool:
        """Whether a folder vanished or is back; looked at every few seconds, as no event tells of it."""
        if time.monotonic() - self._retried < 2:
            return False
        self._retried = time.monotonic()
        gone = any(_device(path) != self._devices.get(path) for path in self._followed)
        return gone or any(os.path.isdir(path) for path in self._away)

    def _follow(self, path: str) -> None:
        usual, polling = self._observers
        if file_system(path) not in _REMOTE and not watches_are_used_up(path):
            with contextlib.suppress(OSError):  # a file system that cannot be watched
                self._followed[path] = (usual, usual.schedule(self, path, recursive=True), "watching")
                if not watches_are_used_up(path):
                    return
                self._drop(path)
        with contextlib.suppress(OSError):
            self._followed[path] = (polling, polling.schedule(self, path, recursive=True), "polling")

    def _drop(self, path: str) -> None:
        if path in self._followed:
            observer, watch, _ = self._followed.pop(path)
            with contextlib.suppress(KeyError, OSError):
                observer.unschedule(watch)

    def _folders_changed(self) -> float:
        try:
            return self._home.folders.stat().st_mtime
        except OSError:
            return 0.0


class _Complaints(logging.Handler):
    """The observer only logs that the kernel dropped events, and whatever else it could not follow."""

    def __init__(self, heard: Callable[[], None]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard()


def _device(path: str) -> int:
    """The file system a folder is on; 0 for one that is not there."""
    try:
        return os.stat(path).st_dev if os.path.isdir(path) else 0
    except OSError:
        return 0


def _is_saved(path: str, change: _Change) -> bool:
    """Whether a single file is there that need not wait for a scan, as what was moved or deleted must."""
    return not change.deleted and os.path.isfile(path)


def _is_growing(path: str) -> bool:
    """Whether a file was written within the last moment: a download or a copy still under way. A time ahead
    of the clock says nothing."""
    try:
        return 0 <= time.time() - os.stat(path).st_mtime < 0.2
    except OSError:
        return False
