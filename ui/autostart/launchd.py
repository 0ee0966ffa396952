"""A launchd agent of the user (launchd.plist(5))."""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any

from searcher.home import Home
from searcher.system import user
from ui.autostart.plan import Plan

LABEL = "local.searcher"


def plan(home: Home, arguments: list[str]) -> Plan:
    file = Path("~/Library/LaunchAgents").expanduser() / f"{LABEL}.plist"
    domain = f"gui/{user() or 0}"
    service = f"{domain}/{LABEL}"
    return Plan(
        system="launchd",
        files={file: plistlib.dumps(agent(home, arguments)).decode()},
        install=(("launchctl", "bootstrap", domain, str(file)),),
        start=(("launchctl", "kickstart", service),),
        stop=(("launchctl", "kill", "SIGTERM", service),),
        uninstall=(("launchctl", "bootout", service),),
    )


def agent(home: Home, arguments: list[str]) -> dict[str, Any]:
    """Started at login, again after a failure and not after a stop. The server answers a person, so it is no
    background process; the indexer, its child, puts itself into the background class."""
    return {
        "Label": LABEL,
        "ProgramArguments": arguments,
        "EnvironmentVariables": {"PYTHONUNBUFFERED": "1"},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 10,
        "ExitTimeOut": 20,
        "ProcessType": "Standard",
        "Umask": 0o077,
        "StandardErrorPath": str(home.log("service")),
        "StandardOutPath": str(home.log("service")),
    }
