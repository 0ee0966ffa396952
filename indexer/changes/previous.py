"""What the catalogue knows of one folder, in the form that costs a pass over unchanged files least."""

from __future__ import annotations

from indexer.catalogue import Catalogue, FileRow
from indexer.rules import FileEntry
from searcher.paths import is_within


class PreviousRows:
    """Rows by stored path, each to be taken once; what is left was not found. Of indexed files, which are
    nearly all, size and times alone are at hand, and a row is fetched only where they differ."""

    def __init__(self, catalogue: Catalogue, folder: str) -> None:
        self._catalogue = catalogue
        self._indexed = catalogue.stats_of_indexed(folder)
        self._others = {row.path: row for row in catalogue.others_of_folder(folder)}

    def is_unchanged(self, stored: str, entry: FileEntry) -> bool:
        """Whether it is indexed, as it is on this disk; it is taken then."""
        stat = self._indexed.get(stored)
        if stat is None or stat != (stored, entry.size, entry.mtime_ns, entry.device, entry.ctime_ns):
            return False
        del self._indexed[stored]
        return True

    def take(self, stored: str) -> FileRow | None:
        if self._indexed.pop(stored, None):
            return self._catalogue.get(stored)
        return self._others.pop(stored, None)

    def take_below(self, stored: str) -> None:
        """Whatever lies in that folder."""
        for rows in (self._indexed, self._others):
            for path in [path for path in rows if is_within(path, stored)]:
                del rows[path]

    def left(self) -> list[FileRow]:
        return [*self._catalogue.rows(self._indexed), *self._others.values()]
