"""What lies below an address of an object store, as if it were a folder: judged by names and sizes, compared
by the tag that the store gives each content."""

from __future__ import annotations

import hashlib
import io
import threading
import time
from collections.abc import Iterator
from pathlib import PurePosixPath

from indexer.changes.discovery import FolderGone
from indexer.formats.media import excerpt
from indexer.rules import FileEntry, Judge, Skipped
from searcher import objects
from searcher.errors import SettingsError
from searcher.folders import Folder
from searcher.settings import Settings

_AGAIN = 60.0  # seconds until a store that could not be asked is asked again
_MEGABYTE = 1_000_000


def walk(folder: Folder, *, settings: Settings) -> Iterator[FileEntry | Skipped]:
    """Every object, its address as the path. No ignore file is read there. Raises FolderGone, also after
    something was yielded."""
    judges: dict[str, Judge | Skipped] = {"": Judge(folder, settings, None)}
    told: set[str] = set()  # folders that were left out
    try:
        for each in objects.listed(folder.path):
            above, _, name = each.name.rpartition("/")
            judge = _judge(folder, above, judges)
            if isinstance(judge, Skipped):
                if judge.path not in told:
                    told.add(judge.path)
                    yield judge
                continue
            path = f"{folder.path}/{each.name}"
            skipped = judge.name(path, name, False, ())
            if skipped is None and each.size > judge.most:
                most = f"{judge.most / _MEGABYTE:g}"
                reason = f"{each.size / _MEGABYTE:.0f} MB is over max_file_mb, which is {most}"
                skipped = Skipped(path, "size", reason)
            yield skipped or FileEntry(path, each.size, each.mtime_ns, _number(each.tag))
    except (objects.StoreAway, SettingsError) as error:
        raise FolderGone(f"{error}; its documents are kept") from error


def _judge(folder: Folder, above: str, judges: dict[str, Judge | Skipped]) -> Judge | Skipped:
    """For what lies right in a folder, given by its name below the address."""
    if above not in judges:
        upper, _, name = above.rpartition("/")
        judge = _judge(folder, upper, judges)
        if isinstance(judge, Judge):
            judge = judge.name(f"{folder.path}/{above}", name, True, ()) or judge.below(name)
        judges[above] = judge
    return judges[above]


def _number(tag: str) -> int:
    """Takes the place of a file's ctime; 0 where the store has no tags."""
    return int.from_bytes(hashlib.blake2b(tag.encode(), digest_size=8).digest()) >> 1 if tag else 0


class ObjectReader:
    """Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away: dict[str, tuple[float, objects.StoreAway]] = {}  # until when, by folder

    def contents(self, folder: str, path: str, most: int) -> bytes:
        """What an object holds. Raises FileNotFoundError for one that is gone, OSError for one that cannot be
        read for now: of a store that does not answer each costs the seconds until it is given up."""
        with self._lock:
            until, away = self._away.get(folder, (0.0, objects.StoreAway("")))
        if time.monotonic() < until:
            raise OSError(5, str(away))
        try:
            data = objects.content(folder, path.removeprefix(f"{folder}/"), most)
        except objects.StoreAway as error:
            with self._lock:
                self._away[folder] = time.monotonic() + _AGAIN, error
            raise OSError(5, str(error)) from error
        if len(data) > most:
            raise FileNotFoundError(path)  # it has grown: the next pass says what it is
        in_part = excerpt.applies(PurePosixPath(path).name)
        return excerpt.take(io.BytesIO(data), len(data)) if in_part else data
