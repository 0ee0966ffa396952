"""Several servers of one model: a request goes to the one that has been free for longest, so that a quick one
gets more, and one that failed is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence

REQUESTS_AN_ENDPOINT = 2  # one computing, one on its way
PAUSE_SECONDS = 0.4
LONGEST_PAUSE_SECONDS = 30.0


class Endpoints:
    """Addresses by turns, each taken at most twice at once. Safe to use from many threads."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = list(urls)
        self._free: deque[str] = deque(self.urls * REQUESTS_AN_ENDPOINT)
        self._rests: dict[str, float] = {}  # time.monotonic() until which an address is left alone
        self._failures: dict[str, int] = {}
        self._changed = threading.Condition()

    def take(self, patience: float = 0.0) -> str:
        """The address for the next request, once one is free. Where all rest, the one that has nearly rested
        is taken after so many seconds. Every one that is taken is to be given back."""
        end = time.monotonic() + patience
        with self._changed:
            while True:
                now = time.monotonic()
                for _ in range(len(self._free)):
                    url = self._free.popleft()
                    if self._rests.get(url, 0.0) <= now:
                        return url
                    self._free.append(url)
                all_rest = all(self._rests.get(url, 0.0) > now for url in self.urls)
                if all_rest and self._free and now >= end:
                    url = min(self._free, key=lambda each: self._rests[each])
                    self._free.remove(url)
                    return url
                ends = [self._rests[url] for url in self._free] + [end] * all_rest
                self._changed.wait(max(min(ends) - now, 0.001) if ends else None)

    def give_back(self, url: str) -> None:
        """After an answer."""
        with self._changed:
            self._failures.pop(url, None)
            self._rests.pop(url, None)
            self._free.append(url)
            self._changed.notify()

    def give_back_failed(self, url: str, asked_pause: float = 0.0) -> None:
        """It rests, each time for longer, and for at least as many seconds as it asked for."""
        with self._changed:
            failures = self._failures[url] = self._failures.get(url, 0) + 1
            pause = max(PAUSE_SECONDS * 2 ** min(failures - 1, 10), asked_pause)
            self._rests[url] = time.monotonic() + min(pause, LONGEST_PAUSE_SECONDS)
            self._free.append(url)
            self._changed.notify()
