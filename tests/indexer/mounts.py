"""File systems of a test's own, where the system lets us mount any."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[None]:
    """A disk of so many megabytes at `path`, an existing folder. Needs `can_mount`."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "searcher-test", str(path)], check=True
    )
    try:
        yield
    finally:
        unmount(path)


def unmount(path: Path) -> None:
    """Whatever is mounted at `path`, a folder onto itself included."""
    while any(line.split()[4] == str(path) for line in Path("/proc/self/mountinfo").read_text().splitlines()):
        subprocess.run(["umount", "-l", str(path)], check=True)


@cache
def can_mount() -> bool:
    with tempfile.TemporaryDirectory() as place:
        try:
            with small_disk(Path(place), 1):
                return Path(place).is_mount()
        except (OSError, subprocess.CalledProcessError):
            return False
