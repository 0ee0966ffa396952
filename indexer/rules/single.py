"""The rules for one path, as a watcher's event names it."""

from __future__ import annotations

import os
import stat

from indexer.rules.builtin import OUTPUT_FOLDERS
from indexer.rules.judge import SPEAKING, Judge, Skipped
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import is_there, reachable

_MARKERS = frozenset(marker for markers in OUTPUT_FOLDERS.values() for marker in markers)


class _Names:
    """`name in names` for a directory, asked of the disk."""

    __slots__ = ("_directory",)

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def __contains__(self, name: object) -> bool:
        matters = name in SPEAKING or name in _MARKERS
        return matters and is_there(os.path.join(self._directory, str(name)))


def allows(
    folder: Folder, path: str | os.PathLike[str], settings: Settings, home: Home | None = None
) -> Skipped | None:
    """The skip that keeps `path`, a file or folder inside `folder`, out of the index; None lets it in.

    A path that is gone is judged by its name alone, as a file."""
    text = os.fspath(path)
    parts = os.path.relpath(text, folder.path).split(os.sep)
    if parts == ["."]:
        return None
    if parts[0] == os.pardir:
        return Skipped(text, "outside", "not inside the library's folder")
    judge, at = Judge(folder, settings, home), folder.path
    for index, name in enumerate(parts):
        names = _Names(at)
        judge = judge.entered(at, names)
        if inside := judge.inside(at, names):
            return inside
        at = os.path.join(at, name)
        last = index == len(parts) - 1
        try:
            status = os.lstat(reachable(at))
        except OSError:
            return judge.name(at, name, not last, names)
        is_folder = stat.S_ISDIR(status.st_mode)
        if skipped := judge.name(at, name, is_folder, names):
            return skipped
        if not is_folder:
            decided = judge.stat(at, status)
            return decided if isinstance(decided, Skipped) else None
        judge = judge.below(name)
    inside = judge.inside(at, _Names(at))
    return inside
