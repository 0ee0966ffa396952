"""Which process wrote a file, told so that a later process of the same number is not taken for it."""

from __future__ import annotations

import os

from searcher.system import start_of


def this() -> str:
    """ "PID-START" of this process, where START is when it began as the system counts it."""
    pid = os.getpid()
    return f"{pid}-{start_of(pid)}"


def is_running(process: object) -> bool:
    """Whether the process that called itself so by `this` still runs; False for anything else."""
    pid, _, start = process.partition("-") if isinstance(process, str) else ("", "", "")
    if not (pid.isascii() and pid.isdigit() and start):
        return False
    return start_of(int(pid)) == start


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
