"""One file of the corpus and what must be found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes = field(repr=False)
    kind: str = ""
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    at: dict[str, dict[str, Any]] = field(
        default_factory=dict
    )  # words -> fields of the mark they stand under
    title: str | None = None
    date: str | None = None
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    language: str | None = None
    has_lines: bool = False
    note: str = ""  # words that a note must have
    fails: str = ""  # the reason's words, when it must fail
