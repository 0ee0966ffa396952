"""What changed: the library's folders compared with the catalogue, one query a folder and one stat a file."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from indexer.care.forgetting import forgotten
from indexer.catalogue import Catalogue, FileRow
from indexer.changes import objects
from indexer.changes.discovery import FolderGone, walk
from indexer.changes.offline import apart
from indexer.changes.previous import PreviousRows
from indexer.rules import FileEntry, Skipped, allows
from indexer.summary import Summary
from searcher.errors import HomeError
from searcher.files import write_json
from searcher.folders import Folder
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import is_within, to_stored
from searcher.settings import Settings
from searcher.system import reachable

DENIED = "denied"  # rule of a file that failed for want of access: permission may come without a change


@dataclass(frozen=True, slots=True)
class Task:
    """A file to write: as it is now, and as the catalogue knows it."""

    entry: FileEntry
    folder: str
    before: FileRow | None = None

    @property
    def stored(self) -> str:
        return to_stored(self.entry.path)

    @property
    def is_object(self) -> bool:
        return is_address(self.entry.path)


@dataclass(slots=True)
class Changes:
    """The outcome of a scan. `moved` are tasks whose content may be that of a file that is gone."""

    tasks: list[Task] = field(default_factory=list)
    moved: list[Task] = field(default_factory=list)
    gone: list[FileRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unmounted: list[str] = field(default_factory=list)  # where drives are out


def scan(
    folders: Iterable[Folder], catalogue: Catalogue, home: Home, settings: Settings, summary: Summary
) -> Changes:
    """Compare every folder. A folder that is gone keeps its documents, marked offline."""
    changes = Changes()
    listed = list(folders)
    unwanted = forgotten(home)
    for folder in listed:
        previous = PreviousRows(catalogue, folder.path)
        try:
            entries = _remembered(entries_of(folder, home, settings), unwanted)
            _compare(entries, folder, previous, catalogue, changes, summary)
        except FolderGone as gone:
            catalogue.set_status(folder.path, "indexed", "offline")
            changes.notes.append(str(gone))
            continue
        changes.gone += _really_gone(previous.left(), folder, catalogue, changes)
    for folder_path in catalogue.folders() - {folder.path for folder in listed}:
        changes.gone += catalogue.of_folder(folder_path)
    _suspect_moves(changes)
    with suppress(HomeError):  # a full disk: what is out is found out by looking
        write_json(home.unmounted, changes.unmounted)
    return changes


def entries_of(folder: Folder, home: Home, settings: Settings) -> Iterator[FileEntry | Skipped]:
    """What is in a folder, on this machine or in an object store. Raises FolderGone."""
    if is_address(folder.path):
        return objects.walk(folder, settings=settings)
    return walk(folder, home=home, settings=settings)


def look_at(
    path: str, folder: Folder, catalogue: Catalogue, home: Home, settings: Settings
) -> tuple[Task | None, list[FileRow]]:
    """One path that an event named: the task to write it, and the rows that are gone with it."""
    previous = catalogue.below(to_stored(path))
    skipped = allows(folder, path, settings, home)
    if skipped is None and (found_again := _forgotten(path, forgotten(home))):
        skipped = found_again
    try:
        status = os.lstat(reachable(path))
    except OSError:
        return None, _really_gone(previous, folder, catalogue, Changes())
    if stat.S_ISDIR(status.st_mode):
        return None, []  # a folder's event asks for a scan of its own
    if skipped is not None:
        left = [row for row in previous if row.status != "skipped"]
        if not left:
            catalogue.put([skipped_row(folder.path, skipped)])
        return None, left
    entry = FileEntry.of(path, status)
    stored = to_stored(path)
    before = next((row for row in previous if row.path == stored), None)
    below = [row for row in previous if row.path != stored]  # it was a folder
    return (None if before and same(before, entry) else Task(entry, folder.path, before)), below


def _remembered(entries: Iterable[FileEntry | Skipped], unwanted: set[str]) -> Iterator[FileEntry | Skipped]:
    """The entries, with files that were forgotten turned into skips."""
    if not unwanted:
        yield from entries
        return
    for entry in entries:
        yield _forgotten(entry.path, unwanted) or entry


def _forgotten(path: str, unwanted: set[str]) -> Skipped | None:
    stored = to_stored(path)
    if any(is_within(stored, place) for place in unwanted):
        return Skipped(path, "forgotten", "you asked to forget it; add it again with `searcher folders add`")
    return None


def _really_gone(
    missing: list[FileRow], folder: Folder, catalogue: Catalogue, changes: Changes
) -> list[FileRow]:
    """The rows of files that are really gone; those of an unmounted drive are marked offline and kept."""
    if is_address(folder.path):
        return missing
    away, gone, unmounted = apart(missing, folder.path)
    catalogue.put(replace(row, status="offline") for row in away if row.status != "offline")
    changes.unmounted += unmounted
    changes.notes += [
        f"{place} is empty and not the drive it was; its documents are kept until that is mounted again"
        for place in unmounted
    ]
    return gone


def _compare(
    entries: Iterator[FileEntry | Skipped],
    folder: Folder,
    previous: PreviousRows,
    catalogue: Catalogue,
    changes: Changes,
    summary: Summary,
) -> None:
    """Take what the walk names out of `previous`, with what lies below a folder that could not be listed."""
    skipped: list[FileRow] = []
    here: list[FileRow] = []
    unchanged = 0
    is_unchanged = previous.is_unchanged
    for entry in entries:
        stored = to_stored(entry.path)
        if isinstance(entry, Skipped):
            row = previous.take(stored)
            summary.skipped += 1
            fresh = skipped_row(folder.path, entry)
            if row is None or (row.status, row.reason) != (fresh.status, fresh.reason):
                skipped.append(fresh)
                if row is not None and row.status != "skipped":
                    changes.gone.append(row)
            if entry.rule == "unreadable" and entry.is_folder:
                previous.take_below(stored)
            continue
        if is_unchanged(stored, entry):
            unchanged += 1
            continue
        summary.seen += 1
        row = previous.take(stored)
        if row is None or not same(row, entry):
            changes.tasks.append(Task(entry, folder.path, row))
        elif row.status == "skipped":
            summary.skipped += 1
        elif row.status == "failed":
            summary.failed += 1
            summary.errors[stored] = row.reason
        else:
            summary.unchanged += 1
            here.append(replace(row, status="indexed", device=entry.device, ctime_ns=entry.ctime_ns))
    summary.seen += unchanged
    summary.unchanged += unchanged
    catalogue.put(here)
    # a row that turned from indexed to skipped is taken out by `gone`, which must not find it skipped yet
    leaving = {row.path for row in changes.gone}
    catalogue.put(row for row in skipped if row.path not in leaving)


def _suspect_moves(changes: Changes) -> None:
    """New files as large as one that is gone are read first: a move must find the old vectors in place."""
    sizes = {row.size for row in changes.gone if row.status in ("indexed", "offline")}
    changes.moved = [t for t in changes.tasks if t.before is None and t.entry.size in sizes]
    suspected = {id(task) for task in changes.moved}
    changes.tasks = [task for task in changes.tasks if id(task) not in suspected]


def same(row: FileRow, entry: FileEntry) -> bool:
    """Whether a file is as it was when it was read, be it only to learn that its kind is not read. Its ctime
    tells of an edit that keeps size and time, and of files that exchanged names; 0 is not known. An object is
    as it was while its tag is, whenever it was put."""
    if (row.status == "skipped" and row.rule != "kind") or row.rule == DENIED or row.size != entry.size:
        return False
    if row.ctime_ns and is_address(entry.path):
        return row.ctime_ns == entry.ctime_ns
    return row.mtime_ns == entry.mtime_ns and row.ctime_ns in (0, entry.ctime_ns)


def skipped_row(folder: str, entry: Skipped) -> FileRow:
    return FileRow(
        to_stored(entry.path), folder, 0, 0, 0, status="skipped", reason=entry.reason, rule=entry.rule
    )
