"""What differs from system to system: priorities, batteries, displays, how a file is opened."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

WINDOWS = os.name == "nt"
MACOS = sys.platform == "darwin"
_PRIO_DARWIN_PROCESS, _PRIO_DARWIN_BG = 4, 0x1000  # <sys/resource.h> of macOS


def lowest_priority() -> None:
    """This process and its children give way to whatever else the owner does."""
    import psutil

    process = psutil.Process()
    with suppress(AttributeError, OSError, psutil.Error):
        if hasattr(os, "SCHED_IDLE"):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    with suppress(AttributeError, OSError, psutil.Error):
        process.nice(psutil.IDLE_PRIORITY_CLASS if WINDOWS else 19)
    with suppress(AttributeError, OSError, psutil.Error):
        process.ionice(psutil.IOPRIO_VERYLOW if WINDOWS else psutil.IOPRIO_CLASS_IDLE)
    if MACOS:
        _background_class()


def _background_class() -> None:
    """macOS: slow cores, throttled disk and network (setpriority(2), PRIO_DARWIN_BG)."""
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BG)


def on_battery() -> bool:
    """False where there is none, or where the system does not say."""
    import psutil

    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and not battery.power_plugged


def has_display() -> bool:
    """Whether a browser that is opened here is seen by the person who asked."""
    if WINDOWS or MACOS:
        return not os.environ.get("SSH_CONNECTION")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def opener(path: Path) -> list[str]:
    """What opens a file: no shell between, and an absolute path, so that no name is taken for an option."""
    if MACOS:
        return ["open", str(path)]
    return ["explorer" if WINDOWS else "xdg-open", str(path)]


def nicely(command: list[str]) -> list[str]:
    """A command that runs at the lowest priority from its start, where the system has a tool for it."""
    if WINDOWS:
        return command
    return ["nice", "-n", "19", *command]
