"""Which process wrote a file, told so that a later process of the same number is not taken for it."""

from __future__ import annotations

import os


def this() -> str:
    """ "PID-START" of this process, where START is when it began as the system counts it."""
    pid = os.getpid()
    return f"{pid}-{_start(pid)}"


def is_running(process: object) -> bool:
    """Whether the process that called itself so by `this` still runs; False for anything else."""
    pid, _, start = process.partition("-") if isinstance(process, str) else ("", "", "")
    if not (pid.isascii() and pid.isdigit() and start):
        return False
    return _start(int(pid)) == start


def is_stopped(process: object) -> bool:
    """Whether it runs no further until somebody says so (SIGSTOP, Ctrl-Z)."""
    if not is_running(process):
        return False
    import psutil

    try:
        status = psutil.Process(int(str(process).partition("-")[0])).status()
    except psutil.Error:
        return False
    return status in (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)


def _start(pid: int) -> str:
    """Empty when there is no such process, or it has ended and only waits for its parent."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            state, *fields = file.read().rpartition(b")")[2].split()
        return "" if state in (b"Z", b"X") else fields[18].decode()  # ticks between the boot and its start
    except (OSError, IndexError):
        if os.path.exists("/proc/self/stat"):
            return ""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(round(process.create_time() * 100))
    except (psutil.Error, OverflowError):
        return ""
