"""A hit as the flat metadata that frameworks keep beside a text."""

from __future__ import annotations

from typing import Any

from searcher.paths import to_stored
from searcher.records import Hit

_NAMES = (
    "title",
    "kind",
    "language",
    "page",
    "line_start",
    "line_end",
    "heading",
    "symbol",
    "anchor",
    "cosine",
    "match",
    "rank",
    "modified",
)


def metadata(hit: Hit) -> dict[str, Any]:
    """`source` is the path, as is customary; what a hit does not have is left out."""
    fields = {name: getattr(hit, name) for name in _NAMES if getattr(hit, name) is not None}
    return {"source": to_stored(hit.path), **fields}
