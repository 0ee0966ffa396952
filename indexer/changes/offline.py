"""Files that are out of reach rather than deleted: the drive they lie on is not mounted."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable

from indexer.catalogue import FileRow
from searcher.paths import from_stored
from searcher.system import reachable


def apart(rows: Iterable[FileRow], folder: str) -> tuple[list[FileRow], list[FileRow], list[str]]:
    """Of rows whose files are not there: those out of reach, those deleted, and where nothing is mounted.

    Out of reach is what lay below a directory that is empty now and on another file system than the file
    was, as a mount point is without its drive; and everything, when the library folder itself is gone.
    Emptied on the same file system means deleted.
    """
    away: list[FileRow] = []
    gone: list[FileRow] = []
    places: dict[str, tuple[str, int | None]] = {}
    unmounted: dict[str, None] = {}
    for row in rows:
        place, device = _standing(os.fspath(from_stored(row.path).parent), folder, places)
        if row.status in ("indexed", "offline") and row.device and device not in (None, row.device):
            away.append(row)
            unmounted[place] = None
        else:
            gone.append(row)
    return away, gone, list(unmounted)


def places(rows: Iterable[FileRow], folder: str) -> Counter[str]:
    """Where nothing is mounted, or the library folder that is gone, with the number of rows below each."""
    found: dict[str, tuple[str, int | None]] = {}
    return Counter(_standing(os.fspath(from_stored(row.path).parent), folder, found)[0] for row in rows)


def _standing(
    directory: str, folder: str, places: dict[str, tuple[str, int | None]]
) -> tuple[str, int | None]:
    """The nearest directory upwards that is there, and its device if it is empty; a library folder that is
    gone counts as empty and on no device (0)."""
    if directory not in places:
        try:
            with os.scandir(reachable(directory)) as entries:
                empty = next(entries, None) is None
            places[directory] = directory, os.stat(reachable(directory)).st_dev if empty else None
        except OSError:
            if len(directory) <= len(folder):
                places[directory] = folder, 0
            else:
                places[directory] = _standing(os.path.dirname(directory), folder, places)
    return places[directory]
