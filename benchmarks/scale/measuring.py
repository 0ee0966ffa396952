"""How a stage is measured: time of the clock and of the processor, memory, bytes on the disk."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Times = dict[str, float]  # {"p50", "p95"} in milliseconds, "cpu" of the median


class Watch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        return round(time.perf_counter() - self._clock, 3)

    @property
    def cpu(self) -> float:
        return round(time.process_time() - self._cpu, 3)


def timed(
    asks: Sequence[Callable[[int], Any]], count: int, *, warm: int = 3, rest: float = 0.0
) -> list[Times]:
    """Times of each of `asks`, asked in turn for query number 0, 1, ..., so that what else the machine does
    falls on all of them, `rest` seconds after each other."""
    clock: list[list[float]] = [[] for _ in asks]
    cpu: list[list[float]] = [[] for _ in asks]
    for number in range(warm + count):
        for ask, wall, own in zip(asks, clock, cpu, strict=True):
            time.sleep(rest)
            before, began = time.process_time(), time.perf_counter()
            ask(number % count)
            if number >= warm:
                wall.append((time.perf_counter() - began) * 1000)
                own.append((time.process_time() - before) * 1000)
    return [
        {
            "p50": round(float(np.median(wall)), 2),
            "p95": round(float(np.quantile(wall, 0.95)), 2),
            "cpu": round(float(np.median(own)), 2),
        }
        for wall, own in zip(clock, cpu, strict=True)
    ]


def recall(found: Iterable[set[Any]], wanted: Iterable[set[Any]]) -> float:
    """Mean share of what was wanted that was found."""
    each = [len(one & other) / len(other) for one, other in zip(found, wanted, strict=True)]
    return round(float(np.mean(each)), 4)


def resident() -> int:
    """MB of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


def peak() -> int:
    """MB, the most that this process held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def size(place: Path) -> int:
    """Bytes of the files of a folder, or of a file."""
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())


def written(place: Path, work: Callable[[], Any]) -> int:
    """Bytes of the files that are there after some work and were not before."""
    before = {file for file in place.rglob("*") if file.is_file()}
    work()
    return sum(file.stat().st_size for file in place.rglob("*") if file.is_file() and file not in before)
