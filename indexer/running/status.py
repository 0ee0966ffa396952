"""What the index holds, read without the writer's lock."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Any

from indexer.catalogue import Catalogue, FileRow
from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.runtime import is_paused, read_indexer_state
from searcher.store import open_store


def read(home: Home) -> dict[str, Any]:
    """Files by status, what failed and what was skipped with the reasons, chunks, folders, disk bytes."""
    known: dict[str, Any] = {
        "files": {"indexed": 0, "failed": 0, "skipped": 0, "offline": 0},
        "failed": [],
        "skipped": [],
    }
    rows: list[FileRow] = []
    problems: list[str] = []
    if home.catalogue.exists():
        try:
            rows = _catalogue(home, known)
        except SearcherError as error:
            problems.append(str(error))
    table, problem = _table(home)
    problems += problem
    state = read_indexer_state(home)
    return {
        **known,
        **table,
        **({"problem": problems[0]} if problems else {}),
        "folders": [_folder(folder, rows) for folder in folders.load(home)],
        "last_change": max((row.indexed_at for row in rows), default=None),
        "disk_bytes": _size(os.fspath(home.root)),
        "indexer": asdict(state) if state else None,
        "paused": is_paused(home),
        "home": str(home.root),
    }


def _catalogue(home: Home, known: dict[str, Any]) -> list[FileRow]:
    """The indexed files; counts and reasons are put into `known`. Raises IndexDamaged."""
    catalogue = Catalogue(home, write=False)
    try:
        known["files"] |= catalogue.counts()
        for status in ("failed", "skipped"):
            known[status] = [
                {"path": row.path, "reason": row.reason, "rule": row.rule}
                for row in catalogue.with_status(status)
            ]
        return catalogue.with_status("indexed")
    finally:
        catalogue.close()


def _table(home: Home) -> tuple[dict[str, Any], list[str]]:
    """What the table holds, and what keeps it from telling."""
    known: dict[str, Any] = {"chunks": 0, "pending": 0, "model": None}
    try:
        store = open_store(home, None)
        known["model"] = store.model_metadata
        known["chunks"] = store.count()
        known["pending"] = store.pending()
    except SearcherError as error:
        return known, [str(error)]
    return known, []


def _folder(folder: folders.Folder, rows: list[FileRow]) -> dict[str, Any]:
    own = [row for row in rows if row.folder == folder.path]
    return {
        "path": folder.path,
        "include": list(folder.include),
        "exclude": list(folder.exclude),
        "files": len(own),
        "bytes": sum(row.size for row in own),
        "changed": max((row.indexed_at for row in own), default=None),
    }


def _size(path: str) -> int:
    """Bytes of every file below a folder."""
    total = 0
    for entry in os.scandir(path):
        try:
            if entry.is_dir(follow_symlinks=False):
                total += _size(entry.path)
            else:
                total += entry.stat(follow_symlinks=False).st_size
        except OSError:
            continue
    return total
