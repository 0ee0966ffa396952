"""Results as plain JSON values: the one shape of the command line, the HTTP API and MCP."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from searcher.paths import to_stored
from searcher.records import Answer, Hit, Passage


def answer_json(answer: Answer) -> dict[str, Any]:
    """The object of `searcher search --json`. Paths that are no valid Unicode appear percent-encoded."""
    return {**_fields(answer), "results": [_hit_json(hit) for hit in answer.results]}


def _hit_json(hit: Hit) -> dict[str, Any]:
    return {
        **_fields(hit),
        "path": to_stored(hit.path),
        "passages": [_fields(passage) for passage in hit.passages],
        "copies": [to_stored(path) for path in hit.copies],
    }


def _fields(record: Answer | Hit | Passage) -> dict[str, Any]:
    """As `dataclasses.asdict`, which copies every value and takes ten times as long."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
