"""The plan for the system this runs on."""

from __future__ import annotations

import sys

from searcher.home import Home
from searcher.system import PLATFORM
from ui.autostart import launchd, systemd, tasks
from ui.autostart.plan import Plan


def arguments(home: Home) -> list[str]:
    """The call that serves and indexes, independent of the folder and the PATH it is started with."""
    return [sys.executable, "-P", "-m", "ui.cli.main", "up", "--no-browser", "--home", str(home.root)]


def plan(home: Home, platform: str = PLATFORM) -> Plan:
    """For a system by the name that Python has for it."""
    system = {"darwin": launchd, "win32": tasks}.get(platform, systemd)
    made: Plan = system.plan(home, arguments(home))
    return made
