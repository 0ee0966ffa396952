"""A pass, or forgetting, whether an indexer runs already or not: it is asked then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from indexer.care.backup import backup
from indexer.care.forgetting import forget
from indexer.running import requests
from indexer.running.passes import index
from searcher.home import Home
from searcher.paths import given, to_stored
from searcher.runtime import Report
from searcher.settings import Settings


def index_anyhow(home: Home, settings: Settings, *, progress: Report | None = None) -> dict[str, Any]:
    """One pass; its summary in the shape of `searcher index --json`. Raises what `index` raises, IndexLocked
    only when another single pass is under way."""
    return requests.done(
        home, lambda: index(home, settings, progress=progress).as_json(), "index", progress=progress
    )


def backup_anyhow(home: Home, target: Path, *, progress: Report | None = None) -> dict[str, Any]:
    """What `backup` gives and raises, IndexLocked only while a single pass is under way."""
    return requests.done(home, lambda: backup(home, target), "backup", to_stored(target), progress=progress)


def forget_anyhow(
    home: Home, settings: Settings, path: str | os.PathLike[str], *, progress: Report | None = None
) -> dict[str, Any]:
    """What `forget` gives and raises, IndexLocked only while a single pass is under way."""
    return requests.done(home, lambda: forget(home, settings, path), "forget", given(path), progress=progress)
