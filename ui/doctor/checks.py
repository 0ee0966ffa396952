"""Each check looks at one thing and, when it is wrong, names the command that puts it right."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from searcher.home import Home
from searcher.settings import Settings

_FREE_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at. `fix` is a command, or what a person does, when it is not `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


Checking = Callable[[Home, Settings, bool], Iterator[Check]]


def examine(home: Home, settings: Settings, *, repair: bool = False) -> list[Check]:
    """All checks, in the order in which one depends on the other. With `repair`, safe repairs are made."""
    home.create()
    return [check for checking in CHECKS for check in checking(home, settings, repair)]


def permissions(home: Home, _: Settings, repair: bool) -> Iterator[Check]:
    """Only the owner may look into the home."""
    if os.name != "posix":
        return
    wrong = [path for path in (home.root, home.token) if path.exists() and path.stat().st_mode & 0o077]
    if wrong and repair:
        for path in wrong:
            path.chmod(0o700 if path.is_dir() else 0o600)
        wrong = []
    seen = ", ".join(f"{path} is {stat.filemode(path.stat().st_mode)}" for path in wrong)
    yield Check("permissions", not wrong, seen or "only you can read the home", "searcher doctor --fix")


def disk(home: Home, _: Settings, __: bool) -> Iterator[Check]:
    free = shutil.disk_usage(home.root).free
    detail = f"{free / 1e9:.1f} GB free beside {home.root}"
    yield Check("disk", free > _FREE_BYTES, detail, "free some space, or move the home with --home")


CHECKS: tuple[Checking, ...] = (permissions, disk)
