"""Results as plain JSON values: the one shape of the command line, the HTTP API and MCP."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from searcher.paths import to_stored
from searcher.records import Answer


def answer_json(answer: Answer) -> dict[str, Any]:
    """The object of `searcher search --json`. Paths that are no valid Unicode appear percent-encoded."""
    value = asdict(answer)
    for result in value["results"]:
        result["path"] = to_stored(result["path"])
        result["copies"] = [to_stored(path) for path in result["copies"]]
    return value
