"""The home belongs to one user and is closed to all others, however it came to be there."""

from __future__ import annotations

import logging
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from searcher.errors import HomeError
from searcher.system import user
from searcher.trouble import explained

_OTHERS = 0o077


def refuse_foreign(root: Path) -> None:
    """Raises HomeError for a home that another user owns, or whose name no message can show."""
    if any(not c.isprintable() for c in str(root)):
        raise HomeError(
            f"the home {str(root)!r} has a line break or control character in its name; choose another"
        )
    if (me := user()) is None:
        return
    try:
        owner = root.stat().st_uid
    except OSError:
        return
    if owner != me:
        raise HomeError(
            f"the home {root} belongs to another user (id {owner}); choose one of your own with --home"
        )


def close_to_others(root: Path) -> int:
    """Take away what other users may do in the home; how many files and folders that was needed for. It is
    logged where they could have come in. Files of other users in it are refused: HomeError."""
    if (me := user()) is None:
        return 0
    closed, was_open = 0, bool(root.stat().st_mode & _OTHERS)
    for path, status in _everything(root):
        if status.st_uid != me:
            raise HomeError(f"{path} in the home belongs to another user (id {status.st_uid}); remove it")
        mode = stat.S_IMODE(status.st_mode)
        if mode & _OTHERS:
            with explained(root):
                os.chmod(path, mode & ~_OTHERS)
            closed += 1
    if was_open:
        logging.getLogger("searcher").warning(
            "%s was open to other users of this machine: closed to them, with %s files and folders in it",
            root,
            closed,
        )
    return closed


def require_writable(root: Path) -> None:
    """Raises HomeError for a home on a disk that is full or read-only."""
    with explained(root), tempfile.TemporaryFile(dir=root) as file:
        file.write(b"\0")


def _everything(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    """The root and all below it, but for links, with their status; what goes meanwhile is left out."""
    yield str(root), root.stat()
    waiting = [str(root)]
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except FileNotFoundError:
            continue
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISLNK(status.st_mode):
                continue
            yield entry.path, status
            if stat.S_ISDIR(status.st_mode):
                waiting.append(entry.path)
