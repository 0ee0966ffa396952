"""How the running processes know of each other: small JSON files in the home's `run` folder.

`indexer.json` is written by the indexer about twice a second, `server.json` by the web server once.
`paused` exists while the person wants the indexer to rest.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, field
from typing import Any

from searcher import processes
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.trouble import explained

START_AGAIN = 75  # exit code of an indexer that a new process is to follow: its priority is another now


@dataclass(slots=True)
class IndexerState:
    """What the indexer is doing. Times are epoch seconds, durations seconds."""

    pid: int = 0
    process: str = ""  # as `searcher.processes` tells it from others
    updated: float = 0.0
    phase: str = "idle"  # scanning | indexing | embedding | upkeep | rebuilding | paused | idle
    files_total: int = 0
    files_done: int = 0
    files_waiting: int = 0
    chunks_written: int = 0
    chunks_pending: int = 0
    tokens_per_second: float = 0.0
    seconds_left: float | None = None
    current: str | None = None
    notes: list[str] = field(default_factory=list)  # what a person should know: watch limit, offline folder
    refused: str = ""  # why the model that the settings name is not used
    folders: dict[str, str] = field(default_factory=dict)  # path -> watching | polling | offline | paused


def write_indexer_state(home: Home, state: IndexerState) -> None:
    state.pid, state.process = os.getpid(), processes.this()
    write_json(home.indexer_state, asdict(state))


def read_indexer_state(home: Home) -> IndexerState | None:
    """The last state of a living indexer, or None when none runs."""
    value = read_json(home.indexer_state)
    if not isinstance(value, dict) or not processes.is_running(value.get("process")):
        return None
    names = IndexerState.__dataclass_fields__
    return IndexerState(**{k: v for k, v in value.items() if k in names})


def takes_requests(home: Home) -> bool:
    """Whether an indexer runs that follows the settings, be it still opening its model."""
    return processes.is_running(read_json(home.holder))


def write_server(home: Home, url: str, *, with_token: bool) -> None:
    """`with_token`: every call needs the token in the home."""
    told = {"pid": os.getpid(), "process": processes.this(), "url": url, "with_token": with_token}
    write_json(home.server, told)


def read_server(home: Home) -> dict[str, Any] | None:
    """{"pid", "url", "with_token"} of a living web server, or None."""
    value = read_json(home.server)
    if not isinstance(value, dict) or not processes.is_running(value.pop("process", None)):
        return None
    return value


def set_paused(home: Home, paused: bool) -> None:
    flag = home.paused
    with explained(home.root):
        flag.touch(mode=0o600) if paused else flag.unlink(missing_ok=True)


def is_paused(home: Home) -> bool:
    return home.paused.exists()
