"""The better model, or the one that was chosen, fetched while the one that is there answers."""

from __future__ import annotations

import threading
import time

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.models import hub
from searcher.models.profiles import BEST, PROFILES
from searcher.models.resolve import to_fetch
from searcher.settings import Settings

_LOOK_SECONDS = 60.0  # between two looks whether there is anything to fetch
_AFTER_FAILURE = 600.0
_WANTED_SECONDS = 1.0  # ... and whether what is fetched is still wanted, or there


class Better:
    """Fetches in a thread of its own, one that ends with the process: the download goes on where it was."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._thread: threading.Thread | None = None
        self._looked = self._asked = self._there = 0.0
        self._failure = ""  # why it could not be fetched the last time
        self._name, self._for = BEST.name, ("", False)
        self._done, self._size = 0, 0  # bytes
        self._stop = threading.Event()

    def look(self, settings: Settings) -> None:
        """Begin, when the model that these settings want is not there; end what nobody wants any more."""
        now = time.monotonic()
        if self._thread is not None and self._thread.is_alive():
            if now - self._asked >= _WANTED_SECONDS:
                self._asked = now
                wanted = to_fetch(self._home, settings)
                if wanted is None or wanted.name != self._name:
                    self._stop.set()
            return
        same = (settings.model, settings.hub) == self._for
        if same and now - self._looked < (_AFTER_FAILURE if self._failure else _LOOK_SECONDS):
            return
        self._looked, self._for = now, (settings.model, settings.hub)
        self._failure = self._failure if same else ""
        if wanted := to_fetch(self._home, settings):
            self._name, self._done, self._size = wanted.name, 0, 0
            self._stop = threading.Event()
            self._thread = threading.Thread(target=self._fetch, name="fetching", daemon=True)
            self._thread.start()

    def refused(self, settings: Settings, model: str) -> str:
        """Why the model in use is not the one that the settings name; empty while that may still come."""
        return f"{model} stays in use: {self._failure}" if settings.model and self._failure else ""

    def notes(self) -> list[str]:
        """What a person should know of it."""
        if self._thread is None or not self._thread.is_alive() or not self._size:
            return []
        megabytes = f"{self._done >> 20} of {self._size >> 20} MB"
        return [f"fetching {self._name} ({megabytes}); its index is built behind the one that answers"]

    def has_come(self, settings: Settings, model: str) -> bool:
        """Whether it is there and should take the place of the `model` in use."""
        now = time.monotonic()
        wanted = PROFILES.get(settings.model.lower()) if settings.model else BEST
        if (
            wanted is None
            or settings.embed_url
            or model == wanted.name
            or now - self._there < _WANTED_SECONDS
        ):
            return False
        self._there = now
        return bool(wanted.repo) and hub.local(self._home, wanted) is not None

    def close(self) -> None:
        self._stop.set()

    def _fetch(self) -> None:
        try:
            hub.fetch(self._home, self._name, self._progress)
        except _Stopped:
            return
        except SearcherError as error:  # it is tried again later; what has come is kept
            self._failure = str(error)
        else:
            self._failure = ""

    def _progress(self, done: int, size: int) -> None:
        self._done, self._size = done, size
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The indexer ends."""
