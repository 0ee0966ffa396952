"""What the index holds, read from it for the insight page: one row a document, and a sample of vectors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.store.lance import LanceTable
from ui.page.insight import landscape

_COLUMNS = ["doc_id", "doc_hash", "path", "folder", "kind", "language", "title", "size", "date"]


@dataclass(frozen=True, slots=True)
class Overview:
    """Columns of equal length, one value a document."""

    columns: dict[str, list[Any]]

    @property
    def documents(self) -> int:
        return len(self.columns["doc_id"])

    @property
    def bytes(self) -> int:
        return sum(size or 0 for size in self.columns["size"])

    def counts(self, name: str, most: int = 12) -> list[tuple[str, int]]:
        """The most frequent values of a column, the rest and the unknown together under ""."""
        counted = Counter(value for value in self.columns[name] if value).most_common(most)
        rest = self.documents - sum(n for _, n in counted)
        return [*counted, *([("", rest)] if rest else [])]

    def largest(self, most: int = 8) -> list[tuple[str, int]]:
        """(path, bytes)."""
        sizes = zip(self.columns["path"], self.columns["size"], strict=True)
        return sorted(((path, size or 0) for path, size in sizes), key=lambda one: -one[1])[:most]

    def copies(self, most: int = 8) -> list[list[str]]:
        """Paths of files that hold the same, the groups first that take most space."""
        groups: dict[str, list[str]] = {}
        sizes = dict(zip(self.columns["path"], self.columns["size"], strict=True))
        for path, content in zip(self.columns["path"], self.columns["doc_hash"], strict=True):
            if content:
                groups.setdefault(content, []).append(path)
        several = [sorted(paths) for paths in groups.values() if len(paths) > 1]
        return sorted(several, key=lambda paths: -sum(sizes[path] or 0 for path in paths[1:]))[:most]


def read(table: LanceTable) -> Overview:
    """Every document's first row; no vectors, so that 50,000 documents take a moment and not a minute."""
    rows = table.search().where("ordinal = 0").select(_COLUMNS).limit(10_000_000).to_arrow()
    return Overview({name: rows.column(name).to_pylist() for name in _COLUMNS})


@dataclass(frozen=True, slots=True)
class Sampled:
    """Documents drawn on the map; a sample of about 1,500 in a large library."""

    ids: list[str]
    means: npt.NDArray[np.float32]  # (n, dim), of their passages
    places: npt.NDArray[np.float32]  # (n, 2) in [-1, 1]
    labels: list[landscape.Region]


NOTHING = Sampled([], np.zeros((0, 2), np.float32), np.zeros((0, 2), np.float32), [])


def sampled(table: LanceTable, documents: int) -> Sampled:
    limit = landscape.bound(documents)
    # ids are hex digits of a hash, so this string needs no quoting
    within = f" AND doc_id < '{limit}'" if limit else ""
    rows = table.search().where(f"vector IS NOT NULL{within}").select(["doc_id", "vector"])
    found = rows.limit(200_000).to_arrow()
    if not len(found):
        return NOTHING
    flat = found.column("vector").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    ids, means = landscape.means(found.column("doc_id").to_pylist(), flat.reshape(len(found), -1))
    places = landscape.project(means)
    first = table.search().where(f"ordinal = 0{within}").select(["doc_id", "title", "text", "language"])
    begins = {row["doc_id"]: row for row in first.limit(200_000).to_list()}
    said = [landscape.words_of(begins[one]) if one in begins else set[str]() for one in ids]
    return Sampled(ids, means, places, landscape.labels(places, said))
