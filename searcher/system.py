"""What differs from system to system: priorities, memory, batteries, displays, how a file is opened."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress
from pathlib import Path

WINDOWS = os.name == "nt"
MACOS = sys.platform == "darwin"
_ARENAS, _M_ARENA_MAX, _M_MMAP_THRESHOLD = 2, -8, -3  # <malloc.h> of glibc
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
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).setpriority(_PRIO_DARWIN_PROCESS, 0, _PRIO_DARWIN_BG)


def share_heaps() -> None:
    """Before threads are started: glibc gives each of them, up to eight a core, a heap of its own, of which
    what is free goes back only in whole pages; 14 of them held 400 MB after 3,000 queries."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # musl has no such heaps
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)


def return_large_blocks() -> None:
    """Blocks of a megabyte or more go back to the system when they are freed. Otherwise glibc takes the first
    of them that is freed as a reason to keep all later ones of up to 32 MB in its heaps."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 1 << 20)


def give_memory_back() -> None:
    """Free memory that Arrow and the C library hold goes back to the system."""
    if (arrow := sys.modules.get("pyarrow")) is not None:
        arrow.default_memory_pool().release_unused()
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).malloc_trim(0)


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


def size_below(folder: str | os.PathLike[str]) -> int:
    """Bytes of every file below a folder, in one walk."""
    total = 0
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # pruned meanwhile
                is_folder = entry.is_dir(follow_symlinks=False)
                total += size_below(entry) if is_folder else entry.stat(follow_symlinks=False).st_size
    return total
