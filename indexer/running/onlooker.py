"""A home that only searches what other machines index: without folders it makes no index for them, and it
needs no right to write."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from indexer.running import requests
from indexer.running.requests import Request
from indexer.summary import Summary
from searcher import folders
from searcher.errors import IndexForbidden
from searcher.home import Home
from searcher.runtime import IndexerState, Report
from searcher.settings import Settings
from searcher.store import place

_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 60.0  # between looks whether the others have begun; each is a request


def only_searches(home: Home) -> bool:
    """Whether there is nothing for a writer to do: no folders, and an index of several machines that is not
    there yet or may not be written. Raises IndexUnreachable, PlaceUnfit."""
    at = place.of(home)
    if not at.is_shared or folders.everything(home):
        return False
    if at.owner() is None:
        return True
    try:
        at.claim()
    except IndexForbidden:
        return True
    return False


def rest(
    home: Home,
    seen: Settings | None,
    now: Callable[[Home], Settings | None],
    stop: threading.Event,
    report: Report,
) -> Request | None:
    """Until it is time to look again: folders were added, settings are no longer as `seen`, a minute is over,
    or there is the request that is returned."""
    end = time.monotonic() + _AGAIN_SECONDS
    while not stop.wait(_LOOK_SECONDS) and time.monotonic() < end:
        report(IndexerState(phase="idle"))
        request = requests.waiting(home)
        if request is not None and request.what != "index":
            return request
        if folders.everything(home) or now(home) != seen:
            return None
        if request is not None:
            request.answer(Summary().as_json())
    return None
