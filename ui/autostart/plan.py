"""How one system is told to start searcher: files to write, and commands for each thing a person may want."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

Arguments = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """`files` are the texts that make the service; the commands are run in order, each without a shell."""

    system: str
    files: dict[Path, str]
    install: tuple[Arguments, ...]
    start: tuple[Arguments, ...]
    stop: tuple[Arguments, ...]
    uninstall: tuple[Arguments, ...]
    encoding: str = field(default="utf-8")

    @property
    def is_installed(self) -> bool:
        return all(file.exists() for file in self.files)
