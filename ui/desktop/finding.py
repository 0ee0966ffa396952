"""What the desktop's searches have in common: asking the server that runs, and opening a result."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.paths import from_stored

MOST = 8  # results
_SHORTEST = 3  # characters; the desktop asks with every key
_CHARACTERS = 160  # of a passage


@dataclass(frozen=True, slots=True)
class Found:
    """A document to offer. `place` is its path, as the index names it."""

    place: str
    name: str
    about: str  # where it lies, and what it says
    score: float  # in [0, 1]; the first is the highest

    @property
    def path(self) -> Path:
        return from_stored(self.place)


def find(query: str) -> list[Found]:
    """None while no server runs: a desktop asks with every key, which is to start nothing."""
    from ui.cli import remote

    if len(query.strip()) < _SHORTEST:
        return []
    try:
        answer = remote.ask("/api/search", {"q": query, "limit": MOST})
    except SearcherError:  # a query that is not finished yet, a model that is being loaded
        return []
    results = answer["results"] if answer and answer.get("good", True) else []
    return [_found(result, 1 - number / MOST) for number, result in enumerate(results)]


def open_file(home: Home, place: str) -> None:
    """In the program for it. Raises SearcherError for what is no indexed file: any program may ask."""
    from ui.viewing import Viewer

    Viewer(home).open_file(place)


def reveal(home: Home, place: str) -> None:
    """In its folder. Raises SearcherError as `open_file` does."""
    from ui.viewing import Viewer

    Viewer(home).reveal_file(place)


def open_page(query: str) -> None:
    import webbrowser

    from ui.cli import remote

    if address := remote.page(q=query):
        webbrowser.open(address)


def _found(result: dict[str, Any], score: float) -> Found:
    path = from_stored(result["path"])
    where = f"p. {result['page']}" if result["page"] else ""
    said = " ".join(result["snippet"].split())[:_CHARACTERS]
    about = " · ".join(filter(None, (path.parent.name, where, said)))
    return Found(result["path"], result["title"] or path.name, about, score)
