"""How many of the documents found are of a kind, in a language, in a folder, or newer than a date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from searcher.query import span
from searcher.search.documents import RankedDocument

AGES = (7, 31, 365)  # days that the facet "since" goes back


def facets(documents: Sequence[RankedDocument]) -> dict[str, dict[str, int]]:
    """Documents by type, language and folder, and since some ISO dates: what the page's filters count."""
    starts = {(date.today() - timedelta(days=days)).isoformat(): 0 for days in AGES}
    counts: dict[str, dict[str, int]] = {"type": {}, "language": {}, "folder": {}, "since": starts}
    seconds = {start: span(start)[0] for start in starts}
    for document in documents:
        row = document.best.row
        for start, second in seconds.items():
            starts[start] += (row.get("date") or 0) >= second
        for facet, column in (("type", "kind"), ("language", "language"), ("folder", "folder")):
            if row.get(column):
                counts[facet][row[column]] = counts[facet].get(row[column], 0) + 1
    return counts
