"""Walks a library folder and yields what the rules let through, and what they did not."""

from __future__ import annotations

import os
from collections.abc import Iterator

from indexer.rules.judge import SPEAKING, FileEntry, Judge, Skipped
from searcher.errors import FolderError
from searcher.folders import Folder
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import is_of_the_system, reachable


class FolderGone(FolderError):
    """The library folder itself cannot be listed: an unmounted drive, not a mass deletion."""


def walk(folder: Folder, *, home: Home, settings: Settings) -> Iterator[FileEntry | Skipped]:
    """Every file below `folder`; links are never followed. Raises FolderGone, before anything is yielded.

    A folder further down that cannot be listed is a Skipped with the rule "unreadable" and `is_folder`: what
    it holds is unknown, not gone."""
    pending: list[tuple[str, Judge]] = [(folder.path, Judge(folder, settings, home))]
    while pending:
        directory, judge = pending.pop()
        try:
            with os.scandir(reachable(directory)) as listing:
                entries = list(listing)
        except OSError as error:
            if directory == folder.path:
                what = f"{directory} cannot be listed ({error.strerror})"
                raise FolderGone(f"{what}; its documents are kept until it is back") from error
            if not isinstance(error, (FileNotFoundError, NotADirectoryError)):
                reason = f"cannot list the folder: {error.strerror}"
                yield Skipped(directory, "unreadable", reason, True)
            continue
        names = {entry.name for entry in entries}
        if not names.isdisjoint(SPEAKING):
            if inside := judge.inside(directory, names):
                yield inside
                continue
            judge = judge.entered(directory, names)
        by_name, most = judge.name, judge.most
        for entry in entries:
            name, path = entry.name, os.path.join(directory, entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            skipped = by_name(path, name, is_folder, names)
            if skipped is not None:
                yield skipped
            elif is_folder and len(directory) < 5 and is_of_the_system(path):  # below "/" or "/run"
                yield Skipped(path, "system", "the system shows itself there, no files", True)
            elif is_folder:
                pending.append((path, judge.below(name)))
            else:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    yield Skipped(path, "unreadable", f"cannot be examined: {error.strerror}")
                    continue
                if status.st_mode & 0o170000 == 0o100000 and status.st_size <= most:
                    yield FileEntry.of(path, status)
                else:
                    yield judge.stat(path, status)
