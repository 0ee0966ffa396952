"""What is known of a library at this moment: the object of `searcher status --json`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from searcher.home import Home
from searcher.runtime import read_server


def status(home: Home) -> dict[str, Any]:
    """Reads files only: no model is opened. An index that is missing counts as empty."""
    from indexer.running.status import read

    home.create()
    known = read(home)
    known.pop("disk_bytes", None)
    folders = [{**folder, "name": Path(folder["path"]).name or folder["path"]} for folder in known["folders"]]
    return {**known, "folders": folders, "disk": disk(home), "server": read_server(home)}


def disk(home: Home) -> dict[str, int]:
    """Bytes that the index and the model files take, and bytes free beside them."""
    free = shutil.disk_usage(home.root).free
    return {"index": _size(home.index), "models": _size(home.models), "free": free}


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # pruned meanwhile
    return total
