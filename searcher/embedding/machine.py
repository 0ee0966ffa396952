"""What this machine can give to computing."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from searcher.system import usable_cores


def threads() -> int:
    """Physical cores this process may use: hyperthreads add nothing to matrix products."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    cores = min(cores, usable_cores() or cores)
    return max(1, min(cores, _quota() or cores))


def _quota() -> int | None:
    """Whole cores a container's control group grants (cgroup v2), or None without a limit."""
    try:
        limit, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return max(1, int(limit) // int(period))
    except (OSError, ValueError):
        return None


def rest_between_steps() -> None:
    """Let idle threads of OpenMP sleep instead of spin: call before llama.cpp is loaded.

    With another busy process beside it, spinning cost 3 to 5 times the speed and seconds of a query's time.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
