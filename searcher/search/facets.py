"""How many documents a filter would leave: of a kind, language, folder or month, or newer than a date."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from searcher.query import span
from searcher.search.documents import RankedDocument
from searcher.search.engine import CANDIDATES, Orders

AGES = (7, 31, 365)  # days that the facet "since" goes back

Facets = dict[str, dict[str, int]]


def facets(documents: Sequence[RankedDocument], orders: Orders | None = None) -> Facets:
    """What the page's filters count: documents, each copy for itself. With `orders` it is what each filter
    gives, which is applied before the nearest are taken; without, what it leaves of the `documents` found."""
    if orders is not None:
        arms = [_Arm(rows, [row["doc_id"] for row in rows]) for rows in (orders.by_meaning, orders.by_words)]
        return _counted(arms, CANDIDATES)
    each = [(one.best.row, name) for one in documents for name in (one.doc_id, *one.copies)]
    return _counted([_Arm([row for row, _ in each], [name for _, name in each])], math.inf)


@dataclass(frozen=True, slots=True)
class _Arm:
    """Rows in their order, and the document of each."""

    rows: Sequence[dict[str, Any]]
    owners: Sequence[str]


@dataclass(slots=True)
class _Bucket:
    """Documents of one value, of the first rows of an arm."""

    rows: int = 0
    documents: set[str] = field(default_factory=set)


def _counted(arms: Sequence[_Arm], most: float) -> Facets:
    """Documents by type, language, folder and month, and since some ISO dates; of each the first `most` rows
    of either arm."""
    folders = _Folders(row["folder"] for arm in arms for row in arm.rows if row.get("folder"))
    starts = [(date.today() - timedelta(days=days)).isoformat() for days in AGES]
    seconds = [(start, span(start)[0]) for start in starts]
    counts: dict[str, dict[str, set[str]]] = {"type": {}, "language": {}, "folder": {}, "month": {}}
    counts["since"] = {start: set() for start in starts}
    for arm in arms:
        buckets: dict[tuple[str, str], _Bucket] = defaultdict(_Bucket)
        of_document: dict[tuple[str, str | None], list[_Bucket]] = {}
        for row, owner in zip(arm.rows, arm.owners, strict=True):
            key = (owner, row.get("language"))
            own = of_document.get(key)
            if own is None:
                values = [("type", row.get("kind")), ("language", key[1]), ("month", _month(row.get("date")))]
                values += [("folder", folder) for folder in folders.of(row)]
                values += [("since", start) for start, first in seconds if (row.get("date") or 0) >= first]
                own = of_document[key] = [buckets[facet, value] for facet, value in values if value]
            for bucket in own:
                if bucket.rows < most:
                    bucket.rows += 1
                    bucket.documents.add(owner)
        for (facet, value), bucket in buckets.items():
            counts[facet].setdefault(value, set()).update(bucket.documents)
    return {
        facet: {value: len(documents) for value, documents in sorted(values.items())}
        for facet, values in counts.items()
    }


def _month(date: float | None) -> str | None:
    """ "2026-03", in local time as filters have it; None for a date that no calendar has."""
    try:
        return datetime.fromtimestamp(date).strftime("%Y-%m") if date else None
    except (ValueError, OverflowError, OSError):
        return None


class _Folders:
    """The folders a file lies in, from the library's on; a folder of the library may lie in another."""

    def __init__(self, library: Iterable[str]) -> None:
        self._library = sorted({folder.rstrip("/") for folder in library}, key=len)
        self._known: dict[str, tuple[str, ...]] = {}

    def of(self, row: dict[str, Any]) -> tuple[str, ...]:
        path = row.get("path") or ""
        parent, _, _ = path.rpartition("/")
        if parent not in self._known:
            self._known[parent] = self._above(parent, row.get("folder") or "")
        return self._known[parent]

    def _above(self, parent: str, folder: str) -> tuple[str, ...]:
        top = next((one for one in self._library if f"{parent}/".startswith(f"{one}/")), None)
        if top is None:  # the stored path is written otherwise
            return (folder,) if folder else ()
        names = parent[len(top) :].strip("/").split("/") if parent != top else []
        return tuple("/".join([top, *names[:depth]]) or "/" for depth in range(len(names) + 1))
