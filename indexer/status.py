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
    if home.catalogue.exists():
        catalogue = Catalogue(home, write=False)
        try:
            known["files"] |= catalogue.counts()
            rows = catalogue.with_status("indexed")
            for status in ("failed", "skipped"):
                known[status] = [
                    {"path": row.path, "reason": row.reason, "rule": row.rule}
                    for row in catalogue.with_status(status)
                ]
        finally:
            catalogue.close()
    state = read_indexer_state(home)
    return {
        **known,
        **_table(home),
        "folders": [_folder(folder, rows) for folder in folders.load(home)],
        "last_change": max((row.indexed_at for row in rows), default=None),
        "disk_bytes": _size(os.fspath(home.root)),
        "indexer": asdict(state) if state else None,
        "paused": is_paused(home),
        "home": str(home.root),
    }


def _table(home: Home) -> dict[str, Any]:
    try:
        store = open_store(home, None)
        return {"chunks": store.count(), "pending": store.pending(), "model": store.model_metadata}
    except SearcherError as error:
        return {"chunks": 0, "pending": 0, "model": None, "problem": str(error)}


def _folder(folder: folders.Folder, rows: list[FileRow]) -> dict[str, Any]:
    own = [row for row in rows if row.folder == folder.path]
    return {
        "path": folder.path, "include": list(folder.include), "exclude": list(folder.exclude),
        "files": len(own), "bytes": sum(row.size for row in own),
        "changed": max((row.indexed_at for row in own), default=None),
    }  # fmt: skip


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
