"""How many documents a filter would leave: of a kind, in a language, in a folder, or newer than a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import Any

from searcher.query import span
from searcher.search.documents import RankedDocument
from searcher.search.engine import CANDIDATES, Orders

AGES = (7, 31, 365)  # days that the facet "since" goes back
_COLUMNS = (("type", "kind"), ("language", "language"), ("folder", "folder"))

Facets = dict[str, dict[str, int]]


def facets(documents: Sequence[RankedDocument], orders: Orders | None = None) -> Facets:
    """What the page's filters count. With `orders` it is what each filter gives, which is applied before the
    nearest are taken; without, what it leaves of the `documents` found."""
    if orders is None:
        rows = [document.best.row for document in documents]
        return _counted([_Arm(rows, [document.doc_id for document in documents])], None)
    arms = (orders.by_meaning, orders.by_words)
    owners = [[row["doc_hash"] or row["doc_id"] for row in rows] for rows in arms]
    return _counted(list(map(_Arm, arms, owners)), CANDIDATES)


@dataclass(frozen=True, slots=True)
class _Arm:
    """Rows in their order, and the document of each."""

    rows: Sequence[dict[str, Any]]
    owners: Sequence[str]


def _counted(arms: Sequence[_Arm], most: int | None) -> Facets:
    """Documents by type, language and folder, and since some ISO dates; of each the first `most` rows of
    either arm."""
    counts: Facets = {}
    for facet, column in _COLUMNS:
        each = [_places(arm.rows, column) for arm in arms]
        values = sorted(set().union(*each))
        counts[facet] = {}
        for value in values:
            # a folder of the library may lie in another
            below = value.rstrip("/") + "/"
            within = [name for name in values if facet == "folder" and name.startswith(below)]
            documents: set[str] = set()
            for arm, places in zip(arms, each, strict=True):
                own = sorted(chain.from_iterable(places.get(name, ()) for name in (value, *within)))
                documents.update(arm.owners[place] for place in own[:most])
            counts[facet][value] = len(documents)
    counts["since"] = {}
    for start in [(date.today() - timedelta(days=days)).isoformat() for days in AGES]:
        seconds = span(start)[0]
        newer: set[str] = set()
        for arm in arms:
            newer_rows = [n for n, row in enumerate(arm.rows) if (row.get("date") or 0) >= seconds]
            newer.update(arm.owners[place] for place in newer_rows[:most])
        counts["since"][start] = len(newer)
    return counts


def _places(rows: Sequence[dict[str, Any]], column: str) -> dict[str, list[int]]:
    """Where the rows of each value of a column stand."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if value := row.get(column):
            places.setdefault(value, []).append(place)
    return places
