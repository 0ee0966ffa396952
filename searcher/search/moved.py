"""A file that is not where it was indexed, found again by its size and the moment of its last change."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path


def find(folder: Path, old: Path, size: int, mtime_ns: int, seconds: float) -> Path | None:
    """Looked for where it was first, then in the rest of the library's folder; never along links. Raises
    TimeoutError when `seconds` were not enough for all of it."""
    end = time.monotonic() + seconds
    for entry in _files((old.parent, folder)):
        if time.monotonic() > end:
            raise TimeoutError
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if (status.st_size, status.st_mtime_ns) == (size, mtime_ns):
            return Path(entry.path)
    return None


def _files(places: tuple[Path, ...]) -> Iterator[os.DirEntry[str]]:
    waiting, seen = deque(map(os.fspath, places)), set()
    while waiting:
        place = waiting.popleft()
        if place in seen:
            continue
        seen.add(place)
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_file(follow_symlinks=False):
                        yield entry
                    elif entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
