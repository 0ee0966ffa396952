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
    counts: Facets = {}
    for facet, column in _COLUMNS:
        values = sorted({row[column] for arm in arms for row in arm if row.get(column)})
        of = {own: [value for value in values if _has(own, value, facet)] for own in values}
        each = [[(of.get(row.get(column), ()), row["owner"]) for row in arm] for arm in arms]
        counts[facet] = _documents(values, each, most)
    starts = [(date.today() - timedelta(days=days)).isoformat() for days in AGES]
    seconds = [(start, span(start)[0]) for start in starts]
    dated = [[(row.get("date") or 0, row["owner"]) for row in arm] for arm in arms]
    since = [[([s for s, at in seconds if day >= at], owner) for day, owner in arm] for arm in dated]
    counts["since"] = _documents(starts, since, most)
    return counts


def _has(own: str, value: str, facet: str) -> bool:
    """A folder of the library may lie in another."""
    return own == value or (facet == "folder" and own.startswith(value.rstrip("/") + "/"))


def _documents(
    values: Iterable[str], arms: Iterable[Iterable[tuple[Sequence[str], str]]], most: int | None
) -> dict[str, int]:
    """Of each value its documents, from the values and the document of each row."""
    owners: dict[str, set[str]] = {value: set() for value in values}
    for arm in arms:
        rows = dict.fromkeys(owners, 0)
        for of, owner in arm:
            for value in of:
                if most is None or rows[value] < most:
                    rows[value] += 1
                    owners[value].add(owner)
    return {value: len(documents) for value, documents in owners.items()}
