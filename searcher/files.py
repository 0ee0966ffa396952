"""Writing small files so that a reader sees the old text or the new one, never half of either."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock

from searcher import system
from searcher.home import Home
from searcher.trouble import explained


@contextmanager
def one_builder(home: Home, path: Path) -> Iterator[None]:
    """While `path` is made: another process or thread that wants to make it waits, and should then look
    whether it is there. The system frees the lock of a process that dies. Raises HomeError."""
    home.create()
    with explained(home.root):
        lock = FileLock(home.builder_lock(path))
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def write_atomic(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace `path` in one step; the file is on disk before its name points to it. Raises HomeError."""
    write_parts(path, [data], mode=mode)


def write_parts(path: Path, parts: Iterable[bytes | memoryview], *, mode: int = 0o600) -> None:
    """As `write_atomic`, one part after the other."""
    with explained(path.parent):
        try:
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        except OSError as error:
            error.filename = str(path)
            raise
        try:
            with os.fdopen(handle, "wb") as out:
                out.writelines(parts)
                out.flush()
                os.fsync(out.fileno())
            os.chmod(temporary, mode)
            system.replace(temporary, path)
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
