"""What one pass did, in the shape of `searcher index --json`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Summary:
    """Counts of one pass; `tokens` are those embedded, `seconds` wall time."""

    seen: int = 0
    added: int = 0
    changed: int = 0
    moved: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: int = 0
    skipped: int = 0
    chunks_written: int = 0
    chunks_embedded: int = 0
    chunks_reused: int = 0
    chunks_removed: int = 0
    tokens: int = 0
    errors: dict[str, str] = field(default_factory=dict)  # the last reason by path
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def as_json(self) -> dict[str, Any]:
        files = ("seen", "added", "changed", "moved", "removed", "unchanged", "failed", "skipped")
        chunks = ("written", "embedded", "reused", "removed")
        return {
            "files": {name: getattr(self, name) for name in files},
            "chunks": {name: getattr(self, f"chunks_{name}") for name in chunks},
            "tokens": self.tokens,
            "seconds": round(time.monotonic() - self.started, 3),
            "errors": [{"path": path, "reason": reason} for path, reason in self.errors.items()],
            "notes": self.notes,  # what a person should know: a folder that is not there
        }
