"""The better model, fetched while the one that is there answers."""

from __future__ import annotations

import threading
import time

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.models import hub
from searcher.models.profiles import BEST
from searcher.models.resolve import is_better_to_come
from searcher.settings import Settings

_LOOK_SECONDS = 60.0  # between two looks whether there is anything to fetch


class Better:
    """Fetches in a thread of its own, one that ends with the process: the download goes on where it was."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._thread: threading.Thread | None = None
        self._looked = self._asked = 0.0
        self._done, self._size = 0, 0  # bytes
        self._stop = threading.Event()

    def look(self, settings: Settings) -> None:
        """Begin, when these settings leave the choice and the better model is not there."""
        now = time.monotonic()
        if self._thread is not None and self._thread.is_alive():
            return
        if self._looked and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        if is_better_to_come(self._home, settings):
            self._done = self._size = 0
            self._thread = threading.Thread(target=self._fetch, name="fetching", daemon=True)
            self._thread.start()

    def notes(self) -> list[str]:
        """What a person should know of it."""
        if self._thread is None or not self._thread.is_alive() or not self._size:
            return []
        megabytes = f"{self._done >> 20} of {self._size >> 20} MB"
        return [f"fetching {BEST.name} ({megabytes}); its index is built behind the one that answers"]

    def has_come(self, settings: Settings, model: str) -> bool:
        """Whether it is there and should take the place of the `model` in use."""
        now = time.monotonic()
        if settings.model or settings.embed_url or model == BEST.name or now - self._asked < 1:
            return False
        self._asked = now
        return hub.local(self._home, BEST) is not None

    def close(self) -> None:
        self._stop.set()

    def _fetch(self) -> None:
        try:
            hub.fetch(self._home, BEST.name, self._progress)
        except (SearcherError, _Stopped):
            return  # it is tried again later; what has come is kept

    def _progress(self, done: int, size: int) -> None:
        self._done, self._size = done, size
        if self._stop.is_set():
            raise _Stopped


class _Stopped(Exception):
    """The indexer ends."""
