"""Writing small files so that a reader sees the old text or the new one, never half of either."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from searcher.trouble import explained


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace `path` in one step; the file is on disk before its name points to it. Raises HomeError."""
    with explained(path.parent):
        try:
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        except OSError as error:
            error.filename = str(path)
            raise
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def write_json(path: Path, value: Any) -> None:
    write_atomic(path, json.dumps(value, ensure_ascii=False, indent=1).encode())


def read_json(path: Path) -> Any | None:
    """The value, or None when the file is missing or not JSON (a half-written file cannot happen)."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
