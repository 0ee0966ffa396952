"""The machine around the library: versions, permissions, disk, watch limits, lock, port."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.objects import is_address, listed
from searcher.package import DISTRIBUTION
from searcher.runtime import read_indexer_state, read_server
from searcher.settings import Settings
from searcher.store import place
from searcher.system import most_watches, take_over_port, user
from ui.doctor.check import Check, Checking

_FREE_BYTES = 500_000_000
_PACKAGES = ("lancedb", "llama-cpp-python", "streamlit", "watchdog", "pypdf", "numpy")


def versions(home: Home, _: Settings, __: bool) -> Iterator[Check]:
    """Packages that are there, in versions the project allows."""
    from importlib.metadata import PackageNotFoundError, requires, version

    from packaging.requirements import Requirement

    try:
        required = {r.name.lower(): r for r in map(Requirement, requires(DISTRIBUTION) or ())}
    except PackageNotFoundError:
        required = {}
    seen, wrong = [f"Python {sys.version.split()[0]}"], []
    for name in _PACKAGES:
        try:
            number = version(name)
        except PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        seen.append(f"{name} {number}")
        if name in required and not required[name].specifier.contains(number, prereleases=True):
            wrong.append(f"{name} is {number}, not {required[name].specifier}")
    yield Check(
        "versions",
        not wrong,
        "; ".join(wrong) or ", ".join(seen),
        "pip install -c constraints.txt --force-reinstall .",
    )


def permissions(home: Home, _: Settings, repair: bool) -> Iterator[Check]:
    """Only the owner may look into the home."""
    if user() is None:
        return
    wrong = [path for path in (home.root, home.token) if path.exists() and path.stat().st_mode & 0o077]
    if wrong and repair:
        for path in wrong:
            path.chmod(0o700 if path.is_dir() else 0o600)
        wrong = []
    seen = "; ".join(
        f"others may look into {path}: it is {stat.filemode(path.stat().st_mode)}" for path in wrong
    )
    yield Check("permissions", not wrong, seen or "only you can read the home", "searcher doctor --fix")
    unwritable = [str(path) for path in (home.root, home.index, home.run) if not os.access(path, os.W_OK)]
    detail = f"cannot write {', '.join(unwritable)}" if unwritable else "the home can be written"
    yield Check("home", not unwritable, detail, f"chmod -R u+rwX {home.root}")


def disk(home: Home, _: Settings, __: bool) -> Iterator[Check]:
    free = shutil.disk_usage(home.root).free
    detail = f"{free / 1e9:.1f} GB free beside {home.root}"
    yield Check("disk", free > _FREE_BYTES, detail, "free some space, or move the home with `--home`")


def library_folders(home: Home, _: Settings, __: bool) -> Iterator[Check]:
    """Each folder is there and can be read."""
    library = folders.everything(home)
    if not library and place.of(home).is_shared:
        yield Check("folders", True, "the library has no folders: this home only searches")
    elif not library:
        yield Check("folders", False, "the library has no folders yet", "searcher folders add FOLDER")
    for folder in library:
        path = Path(folder.path)
        if is_address(folder.path):
            yield _listed(folder.path)
        elif not path.is_dir():
            yield Check(
                "folders",
                False,
                f"{path} is not there; its passages are kept",
                f"plug it in again, or take it out with `searcher folders remove {path}`",
            )
        elif not os.access(path, os.R_OK | os.X_OK):
            yield Check("folders", False, f"{path} cannot be read", f"chmod u+rx {path}")
        else:
            yield Check("folders", True, f"{path} can be read")


def _listed(address: str) -> Check:
    """Whether the objects below an address can be listed."""
    try:
        next(listed(address), None)
    except SearcherError as error:
        what, _, remedy = str(error).partition("; ")
        return Check("folders", False, f"{what}; its documents are kept", remedy)
    return Check("folders", True, f"{address} can be read")


def watch_limit(home: Home, _: Settings, __: bool) -> Iterator[Check]:
    """Linux watches each folder on its own, and only so many."""
    if (limit := most_watches()) is None:
        return
    needed = 0
    for folder in folders.load(home):
        for _place, names, _files in os.walk(folder.path):
            needed += 1 + len([name for name in names if name.startswith(".")])
            names[:] = [name for name in names if not name.startswith(".")]
            if needed > limit:
                break
    detail = f"{needed} folders to watch, the system allows {limit}"
    enough = max(524288, 2 * needed)
    yield Check("watching", needed < limit, detail, f"sudo sysctl fs.inotify.max_user_watches={enough}")


def lock(home: Home, _: Settings, repair: bool) -> Iterator[Check]:
    """Whoever holds the writer's lock is alive and tells what it does."""
    from indexer.running.lock import writing
    from searcher.errors import IndexLocked

    state = read_indexer_state(home)
    try:
        with writing(home):
            yield Check("lock", True, "nobody is indexing; the lock is free")
    except IndexLocked as error:
        is_known = state is not None
        detail = f"the indexer runs as pid {state.pid} ({state.phase})" if state else str(error)
        yield Check("lock", is_known, detail, "end the process named here, then start `searcher up`")


def port(home: Home, settings: Settings, __: bool) -> Iterator[Check]:
    """The page's port is free, or ours already."""
    running = read_server(home)
    if running:
        yield Check("port", True, f"the page runs at {running['url']}")
        return
    with socket.socket() as probe:
        take_over_port(probe)
        try:
            probe.bind(("127.0.0.1", settings.port))
        except OSError as error:
            detail = f"port {settings.port} cannot be used: {error.strerror}"
            yield Check("port", False, detail, "searcher up --port ANOTHER")
            return
    yield Check("port", True, f"port {settings.port} is free")


CHECKS: tuple[Checking, ...] = (
    versions,
    permissions,
    disk,
    library_folders,
    watch_limit,
    lock,
    port,
)
