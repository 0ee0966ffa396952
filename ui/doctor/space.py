"""What the home takes on the disk, and what of it could be dropped without losing anything."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from searcher.home import Home
from searcher.settings import Settings
from ui.doctor.check import Check, Checking

_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Droppable:
    """A file that can be had again."""

    path: Path
    bytes: int


def droppable(home: Home, settings: Settings) -> list[Droppable]:
    """Model files that nothing uses and what was made from them, downloads that nobody finishes."""
    used = _stems_in_use(home, settings)
    files = []
    for file in sorted(home.models.iterdir()) if home.models.is_dir() else ():
        if not file.is_file():
            continue
        stat = file.stat()
        unused = file.suffix == ".gguf" and not any(file.name.startswith(stem) for stem in used)
        unfinished = file.suffix in (".part", ".tmp") and time.time() - stat.st_mtime > _A_DAY
        if unused or unfinished:
            files.append(Droppable(file, stat.st_size))
    return files


def space(home: Home, settings: Settings, repair: bool) -> Iterator[Check]:
    """The home keeps to its budget, if one is set. Repairing drops what can be had again, no more of it than
    the budget asks for, the largest first."""
    taken, budget = _size(home.root), int(settings.disk_budget_gb * 1e9)
    if not budget or taken <= budget:
        detail = f"searcher takes {taken / 1e9:.2f} GB"
        if budget:
            detail = f"searcher takes {taken / 1e9:.2f} GB of {budget / 1e9:.2f} GB allowed"
        yield Check("space", True, detail)
        return
    dropped = 0
    candidates = sorted(droppable(home, settings), key=lambda file: -file.bytes)
    for file in candidates if repair else ():
        if taken - dropped <= budget:
            break
        file.path.unlink(missing_ok=True)
        dropped += file.bytes
    taken -= dropped
    detail = f"searcher takes {taken / 1e9:.2f} GB of {budget / 1e9:.2f} GB allowed"
    if dropped:
        detail += f"; {dropped / 1e9:.2f} GB were dropped"
    elif candidates:
        named = ", ".join(f"{file.path.name} ({file.bytes / 1e6:.0f} MB)" for file in candidates)
        detail += f"; --fix would drop what can be had again: {named}"
    fix = (
        "searcher doctor --fix"
        if candidates and not repair
        else "set disk_budget_gb higher, or take folders out of the library with `searcher folders remove`"
    )
    yield Check("space", taken <= budget, detail, fix)


def _stems_in_use(home: Home, settings: Settings) -> set[str]:
    """Beginnings of the names of files that the index, the settings or a build beside the index need."""
    from searcher.models.profiles import BEST, PROFILES, RERANKERS
    from searcher.store.table import read_live

    names = {settings.model or BEST.name, settings.reranker, "starter"}
    profiles = {**PROFILES, **RERANKERS}
    files = [file for name in names if name in profiles for file in profiles[name].files]
    live = read_live(home)
    if live is not None and live.source:
        files.append(Path(live.source).name)
    if settings.model.endswith(".gguf"):
        files.append(Path(settings.model).name)
    return {Path(name).stem for name in files}


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # pruned meanwhile
    return total


CHECKS: tuple[Checking, ...] = (space,)
