"""Files that are gone, until it is known whether they are there under another name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from indexer.catalogue import FileRow


class Leaving:
    """Their rows stay in the table meanwhile, so that a file that moved takes the vectors along."""

    def __init__(self) -> None:
        self._rows: dict[str, FileRow] = {}
        self._by_hash: dict[str, dict[str, None]] = {}

    def add(self, rows: Iterable[FileRow]) -> None:
        for row in rows:
            self._rows[row.path] = row
            if row.hash and row.status in ("indexed", "offline"):
                self._by_hash.setdefault(row.hash, {})[row.path] = None

    def stay(self, paths: Iterable[str]) -> None:
        """Files that are there again."""
        for path in paths:
            if row := self._rows.pop(path, None):
                self._unmatch(row)

    def clear(self, *, but: Callable[[str], bool]) -> None:
        """All stay, except those whose path satisfies it."""
        self.stay([path for path in self._rows if not but(path)])

    def moved(self, content: str) -> bool:
        """Whether a new file with this hash is one of them; each is so once."""
        matching = self._by_hash.get(content)
        return bool(matching and matching.popitem())

    def settled(self, awaited: Collection[int]) -> tuple[list[FileRow], int]:
        """Take out those that no file of an awaited size can be: their rows, and how many did not move."""
        rows = [row for row in self._rows.values() if row.size not in awaited]
        removed = 0
        for row in rows:
            del self._rows[row.path]
            removed += self._unmatch(row)
        return rows, removed

    def _unmatch(self, row: FileRow) -> bool:
        matching = self._by_hash.get(row.hash, {})
        is_candidate = row.path in matching
        matching.pop(row.path, None)
        return is_candidate
