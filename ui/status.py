"""What is known of a library at this moment: the object of `searcher status --json`."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.runtime import is_paused, read_indexer_state, read_server


def status(home: Home) -> dict[str, Any]:
    """Reads files only: no model is opened. An index that is missing counts as empty."""
    state = read_indexer_state(home)
    return {
        "home": str(home.root),
        **_catalogue(home),
        **_index(home),
        "disk": disk(home),
        "indexer": asdict(state) if state else None,
        "server": read_server(home),
        "paused": is_paused(home),
    }


def _catalogue(home: Home) -> dict[str, Any]:
    from indexer.catalogue import Catalogue

    known = [{**asdict(folder), "name": folder.name, "files": 0, "bytes": 0, "changed": None}
             for folder in folders.load(home)]  # fmt: skip
    counts = {"indexed": 0, "failed": 0, "skipped": 0}
    empty = {"files": counts, "failed": [], "skipped": [], "folders": known, "last_change": None}
    if not home.catalogue.is_file():
        return empty
    catalogue = Catalogue(home, write=False)
    try:
        rows = catalogue.with_status("indexed")
        trouble = catalogue.with_status("failed", "skipped")
        counts.update(catalogue.counts())
    finally:
        catalogue.close()
    for folder in known:
        inside = [row for row in rows if row.folder == folder["path"]]
        folder["files"], folder["bytes"] = len(inside), sum(row.size for row in inside)
        folder["changed"] = max((row.indexed_at for row in inside), default=None)
    lists = {
        name: [{"path": row.path, "reason": row.reason, "rule": row.rule or None}
               for row in trouble if row.status == name]
        for name in ("failed", "skipped")
    }  # fmt: skip
    last = max((row.indexed_at for row in rows), default=None)
    return {**empty, "files": counts, "last_change": last, **lists}


def _index(home: Home) -> dict[str, Any]:
    from searcher.store.table import read_live

    live = read_live(home)
    if live is None:
        return {"chunks": 0, "pending": 0, "model": None}
    model = {"name": live.model, "dim": live.dim, "fingerprint": live.fingerprint}
    from searcher.store import open_store

    try:
        store = open_store(home, None)
        return {"chunks": store.count(), "pending": store.pending(), "model": model}
    except SearcherError as error:
        return {"chunks": None, "pending": None, "model": model, "problem": str(error)}


def disk(home: Home) -> dict[str, int]:
    """Bytes that the index and the model files take, and bytes free beside them."""
    place = home.root if home.root.exists() else home.root.parent
    while not place.exists():
        place = place.parent
    return {"index": _size(home.index), "models": _size(home.models), "free": shutil.disk_usage(place).free}


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # pruned meanwhile
    return total
