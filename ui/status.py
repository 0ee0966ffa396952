"""What is known of a library at this moment: the object of `searcher status --json`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.runtime import read_server
from searcher.system import size_below


def status(home: Home) -> dict[str, Any]:
    """Reads files only: no model is opened. An index that is missing counts as empty."""
    from indexer.running.status import read

    home.create()
    state = read(home)
    folders = [{**folder, "name": Path(folder["path"]).name or folder["path"]} for folder in state["folders"]]
    return {**state, "folders": folders, "disk": disk(home), "server": read_server(home), **_place(home)}


def _place(home: Home) -> dict[str, Any]:
    """{"place", "sources"}: where the index lies, and the machines that write it; empty for the home."""
    from searcher.store import place

    at = place.of(home)
    try:
        return {"place": at.address if at.is_shared else "", "sources": sorted(at.sources().values())}
    except SearcherError:
        return {"place": at.address, "sources": []}


def disk(home: Home) -> dict[str, int]:
    """Bytes that the index and the model files take, and bytes free beside them."""
    free = shutil.disk_usage(home.root).free
    from searcher.store import place

    try:
        index = place.of(home).size()
    except SearcherError:  # an object store that is not reachable, which is said elsewhere
        index = 0
    return {"index": index, "models": size_below(home.models), "free": free}
