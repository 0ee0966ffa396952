"""What is known of a library at this moment: the object of `searcher status --json`."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from searcher.home import Home
from searcher.runtime import read_server


def status(home: Home) -> dict[str, Any]:
    """Reads files only: no model is opened. An index that is missing counts as empty."""
    from indexer.running.status import read

    home.create()
    state = read(home)
    folders = [{**folder, "name": Path(folder["path"]).name or folder["path"]} for folder in state["folders"]]
    return {**state, "folders": folders, "disk": disk(home), "server": read_server(home)}


def disk(home: Home) -> dict[str, int]:
    """Bytes that the index and the model files take, and bytes free beside them."""
    free = shutil.disk_usage(home.root).free
    return {"index": _size(home.index), "models": _size(home.models), "free": free}


def _size(folder: str | os.PathLike[str]) -> int:
    """Bytes of every file below a folder, in one walk."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # pruned meanwhile
                is_folder = entry.is_dir(follow_symlinks=False)
                total += _size(entry) if is_folder else entry.stat(follow_symlinks=False).st_size
    return total
