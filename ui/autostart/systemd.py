"""A systemd user unit (systemd.service(5), systemd.exec(5))."""

from __future__ import annotations

import os
from pathlib import Path

from searcher.home import Home
from ui.autostart.plan import Plan

UNIT = "searcher.service"


def plan(home: Home, arguments: list[str]) -> Plan:
    systemctl = ("systemctl", "--user")
    return Plan(
        system="systemd",
        files={_folder() / UNIT: unit(arguments)},
        install=((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", UNIT)),
        start=((*systemctl, "start", UNIT),),
        stop=((*systemctl, "stop", UNIT),),
        uninstall=((*systemctl, "disable", "--now", UNIT), (*systemctl, "daemon-reload")),
    )


def unit(arguments: list[str]) -> str:
    """The server runs at a normal priority, since people wait for it; the indexer, its child, lowers its own
    to idle. A start that fails five times in five minutes is left to a person."""
    command = " ".join(_quoted(argument) for argument in arguments)
    return f"""\
[Unit]
Description=searcher: semantic search over your own files
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
Type=exec
ExecStart={command}
Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=2
SuccessExitStatus=130 143
KillMode=mixed
TimeoutStopSec=20
UMask=0077
NoNewPrivileges=true

[Install]
WantedBy=default.target
"""


def _quoted(argument: str) -> str:
    """A word of a command line in a unit: `%` and `$` would be replaced, the rest as in C."""
    escaped = argument.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + escaped.replace("%", "%%").replace("$", "$$") + '"'


def _folder() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "systemd" / "user"
