"""Walks a library folder and yields what the rules let through, and what they did not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from indexer.rules import (
    Found,
    Ignore,
    Skipped,
    read_ignores,
    skip_by_globs,
    skip_by_ignore,
    skip_by_name,
)
from searcher.errors import FolderError
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings


class FolderGone(FolderError):
    """The library folder itself is not there: an unmounted drive, not a mass deletion."""


def walk(folder: Folder, *, home: Home, settings: Settings) -> Iterator[Found | Skipped]:
    """Every file below `folder`, links to folders not followed. Raises FolderGone."""
    own = os.path.realpath(home.root)
    pending: list[tuple[str, tuple[Ignore, ...]]] = [(folder.path, ())]
    while pending:
        path, ignores = pending.pop()
        try:
            with os.scandir(path) as listing:
                entries = list(listing)
        except OSError as error:
            if path == folder.path:
                raise FolderGone(f"{path} is not there ({error.strerror}); its documents are kept") from error
            yield Skipped(path, "unreadable", f"cannot list the folder: {error.strerror}")
            continue
        if any(entry.name in (".gitignore", ".searcherignore") for entry in entries):
            ignores = (*ignores, *read_ignores(path))
        for entry in entries:
            if entry.path == own:
                continue
            is_folder = entry.is_dir(follow_symlinks=False)
            skipped = skip_by_name(
                entry.path, entry.name, is_folder=is_folder, hidden=settings.hidden
            ) or skip_by_ignore(entry.path, ignores, is_folder=is_folder)
            if skipped:
                yield skipped
            elif is_folder:
                pending.append((entry.path, ignores))
            else:
                yield _file(entry, folder, settings)


def _file(entry: os.DirEntry[str], folder: Folder, settings: Settings) -> Found | Skipped:
    path = entry.path
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        return Skipped(path, "unreadable", f"cannot be examined: {error.strerror}")
    if not stat.S_ISREG(status.st_mode):
        kind = "a link" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        return Skipped(path, "special", f"{kind}, which is not followed")
    if status.st_size > settings.max_file_mb * 1_000_000:
        size = status.st_size / 1_000_000
        return Skipped(
            path, "size", f"{size:.0f} MB is over the limit of {settings.max_file_mb:g} MB (max_file_mb)"
        )
    skipped = skip_by_globs(path, folder.path, folder.include, folder.exclude)
    return skipped or Found(path, status.st_size, status.st_mtime_ns, status.st_ino)
