"""What a check says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from searcher.home import Home
from searcher.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at. `fix` is a command, or what a person does, when it is not `ok`."""

    name: str
    ok: bool
    detail: str
    fix: str = ""


Checking = Callable[[Home, Settings, bool], Iterator[Check]]
