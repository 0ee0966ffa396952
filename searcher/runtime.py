"""How the running processes know of each other: small JSON files in the home's `run` folder.

`indexer.json` is written by the indexer about twice a second, `server.json` by the web server once.
`paused` exists while the person wants the indexer to rest.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from searcher import processes
from searcher.errors import SearcherError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.trouble import explained

_DROP_SECONDS = 10.0
START_AGAIN = 75  # exit code of an indexer that a new process is to follow: its priority is another now


@dataclass(slots=True)
class IndexerState:
    """What the indexer is doing. Times are epoch seconds, durations seconds."""

    pid: int = 0
    process: str = ""  # as `searcher.processes` tells it from others
    updated: float = 0.0
    # scanning | indexing | embedding | recognising | upkeep | rebuilding | paused | idle | stopped
    phase: str = "idle"
    files_total: int = 0
    files_done: int = 0
    files_waiting: int = 0
    pages_done: int = 0  # pictures of text that were recognised
    pages_left: int = 0
    chunks_written: int = 0
    chunks_pending: int = 0
    tokens_per_second: float = 0.0
    seconds_left: float | None = None
    current: str | None = None
    notes: list[str] = field(default_factory=list)  # what a person should know: watch limit, offline folder
    cost: str = ""  # of the index that is being built, where that takes long
    refused: str = ""  # why the model that the settings name is not used
    device: str = ""  # what computes vectors: the processor, a graphics card by its name, an endpoint
    # path -> watching | polling | listed | offline | paused
    folders: dict[str, str] = field(default_factory=dict)


Report = Callable[[IndexerState], None]


def write_indexer_state(home: Home, state: IndexerState) -> None:
    state.pid, state.process = os.getpid(), processes.this()
    write_json(home.indexer_state, asdict(state))


def read_indexer_state(home: Home) -> IndexerState | None:
    """The last state of a living indexer, or None when none runs."""
    value = read_json(home.indexer_state)
    if not isinstance(value, dict) or not processes.is_running(value.get("process")):
        return None
    names = IndexerState.__dataclass_fields__
    state = IndexerState(**{k: v for k, v in value.items() if k in names})
    if processes.is_stopped(state.process):  # what it wrote last is no longer so
        state.phase = "stopped"
    return state


def takes_requests(home: Home) -> bool:
    """Whether an indexer runs that follows the settings, be it still opening its model."""
    return processes.is_running(read_json(home.holder))


def is_followed(home: Home) -> bool:
    """Whether a searcher runs that reads the library's folders by itself, be it still starting."""
    return takes_requests(home) or read_server(home) is not None


def write_server(home: Home, url: str, *, with_token: bool) -> None:
    """`with_token`: every call needs the token in the home."""
    server = {"pid": os.getpid(), "process": processes.this(), "url": url, "with_token": with_token}
    write_json(home.server, server)


def read_server(home: Home) -> dict[str, Any] | None:
    """{"pid", "url", "with_token"} of a living web server, or None."""
    value = read_json(home.server)
    if not isinstance(value, dict) or not processes.is_running(value.pop("process", None)):
        return None
    return value


def drop_everywhere(home: Home) -> None:
    """Ask the server to let go of texts that it holds in memory, and wait until it says so. Raises
    SearcherError when it does not."""
    asked = time.time_ns()
    write_json(home.drop, asked)
    end = time.monotonic() + _DROP_SECONDS
    while (server := read_server(home)) is not None:
        answer = read_json(home.dropped)
        if isinstance(answer, dict) and answer.get("pid") == server["pid"] and answer["asked"] >= asked:
            return
        if time.monotonic() > end:
            raise SearcherError(
                f"the server (pid {server['pid']}) did not let go of what it holds in memory; stop it and "
                "run the command again"
            )
        time.sleep(0.05)


def drop_asked(home: Home) -> int:
    """When it was last asked for, nanoseconds; 0 for never."""
    asked = read_json(home.drop)
    return asked if isinstance(asked, int) else 0


def say_dropped(home: Home, asked: int) -> None:
    write_json(home.dropped, {"pid": os.getpid(), "asked": asked})


def pause(home: Home) -> None:
    """Let the indexer rest, the one that runs and those to come, until `resume`. Raises HomeError."""
    home.create()
    with explained(home.root):
        home.paused.touch(mode=0o600)


def resume(home: Home) -> None:
    """Raises HomeError."""
    with explained(home.root):
        home.paused.unlink(missing_ok=True)


def is_paused(home: Home) -> bool:
    return home.paused.exists()
