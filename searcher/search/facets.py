"""How many documents a filter would leave: of a kind, in a language, in a folder, or newer than a date."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from searcher.query import span
from searcher.search.documents import RankedDocument
from searcher.search.engine import CANDIDATES, Orders

AGES = (7, 31, 365)  # days that the facet "since" goes back
EXACT = 5_000  # passages of a library up to which all rows are looked at
_COLUMNS = (("type", "kind"), ("language", "language"), ("folder", "folder"))

Facets = dict[str, dict[str, int]]


def facets(documents: Sequence[RankedDocument], orders: Orders | None = None) -> Facets:
    """What the page's filters count. With `orders` it is what each filter gives, which is applied before the
    nearest are taken; without, what it leaves of the `documents` found."""
    if orders is None:
        return _counted([[{**document.best.row, "owner": document.doc_id} for document in documents]], None)
    arms = [orders.by_meaning, orders.by_words]
    return _counted(
        [[{**row, "owner": row["doc_hash"] or row["doc_id"]} for row in arm] for arm in arms], CANDIDATES
    )


def _counted(arms: Sequence[Sequence[dict[str, Any]]], most: int | None) -> Facets:
    """Documents by type, language and folder, and since some ISO dates; of each the first `most` rows of
    either arm."""
    starts = [(date.today() - timedelta(days=days)).isoformat() for days in AGES]
    counts: Facets = {"type": {}, "language": {}, "folder": {}, "since": {}}
    for facet, column in _COLUMNS:
        values = sorted({row[column] for arm in arms for row in arm if row.get(column)})
        for value in values:
            left = [[row for row in arm if _has(row.get(column), value, facet)] for arm in arms]
            counts[facet][value] = _documents(left, most)
    for start in starts:
        second = span(start)[0]
        left = [[row for row in arm if (row.get("date") or 0) >= second] for arm in arms]
        counts["since"][start] = _documents(left, most)
    return counts


def _has(own: str | None, value: str, facet: str) -> bool:
    """A folder of the library may lie in another."""
    return own == value or (facet == "folder" and (own or "").startswith(value.rstrip("/") + "/"))


def _documents(arms: Iterable[Sequence[dict[str, Any]]], most: int | None) -> int:
    return len({row["owner"] for arm in arms for row in arm[:most]})
