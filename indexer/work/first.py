"""What is to be found by meaning before all else: the setting `embed_first`."""

from __future__ import annotations

import os
import time

from searcher.paths import to_stored
from searcher.settings import RECENT

_RECENT_DAYS = 30


class First:
    """Says of a document whether it is chosen: by a folder's path, the name of a folder at any depth, or as
    changed in the last 30 days."""

    def __init__(self, setting: str) -> None:
        chosen = [item.strip() for item in setting.split(",") if item.strip()]
        self._since = time.time_ns() - _RECENT_DAYS * 86_400 * 10**9 if RECENT in chosen else None
        others = [item for item in chosen if item != RECENT]
        self._places = tuple(_stored(item) + "/" for item in others if _is_path(item))
        self._names = [f"/{item}/" for item in others if not _is_path(item)]

    def __bool__(self) -> bool:
        return self._since is not None or bool(self._places or self._names)

    def __call__(self, path: str, mtime_ns: int) -> bool:
        """`path` as it is stored."""
        if self._since is not None and mtime_ns >= self._since:
            return True
        return path.startswith(self._places) or any(name in path for name in self._names)


def _is_path(item: str) -> bool:
    return item.startswith("~") or os.path.isabs(item)


def _stored(item: str) -> str:
    return to_stored(os.path.realpath(os.path.expanduser(item))).rstrip("/")
