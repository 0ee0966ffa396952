"""What the page remembers between visits: searches, and the passages kept for a brief. One small file."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

_RECENT = 12
_lock = threading.Lock()  # ten tabs are ten threads of one process


@dataclass(frozen=True, slots=True)
class Quotation:
    """A passage in the brief: enough to cite it, open it again and see whether it still stands there."""

    path: str
    at: str
    title: str
    where: str  # "slide 3", as the file's reader calls the place; pages and lines are in `at`
    passage: str
    query: str
    added: str  # ISO date
    note: str = ""  # a person's own words on it


@dataclass(frozen=True, slots=True)
class Pin:
    """A document on the first screen; an object with a path, for that is what forgetting takes out."""

    path: str


@dataclass(frozen=True, slots=True)
class Seen:
    """The documents that a saved search brought when it was looked at last."""

    link: str
    documents: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """Links of searches, newest first, and the brief in the order it was gathered."""

    recent: tuple[str, ...] = ()
    saved: tuple[str, ...] = ()
    brief: tuple[Quotation, ...] = field(default=())
    pinned: tuple[Pin, ...] = ()  # the last one first
    seen: tuple[Seen, ...] = ()  # of saved searches


def load(home: Home) -> Memory:
    """What is in the file; what cannot be read is as if it were never written."""
    value = read_json(home.page)
    if not isinstance(value, dict):
        return Memory()
    names = {f.name for f in fields(Quotation)}
    without_note = names - {"note"}  # as earlier versions wrote them
    brief = tuple(
        Quotation(**item)
        for item in value.get("brief", [])
        if _complete(item, names) or _complete(item, without_note)
    )
    searches = _texts(value.get("recent")), _texts(value.get("saved"))
    return Memory(*searches, brief, _pins(value.get("pinned")), _seen(value.get("seen")))


def update(home: Home, change: Callable[[Memory], Memory]) -> Memory:
    """Read, change and write in one step."""
    with _lock:
        memory = change(load(home))
        with suppress(HomeError):  # a full disk forgets; searching goes on
            write_json(home.page, asdict(memory))
        return memory


def searched(memory: Memory, link: str) -> Memory:
    """A search somebody looked at; what was only typed on the way to it is dropped."""
    rest = [other for other in memory.recent if other != link]
    return replace(memory, recent=(link, *rest)[:_RECENT])


def toggled(memory: Memory, link: str) -> Memory:
    """Save a search, or no longer."""
    saved = tuple(other for other in memory.saved if other != link)
    seen = tuple(one for one in memory.seen if one.link != link)
    return replace(memory, saved=saved if link in memory.saved else (link, *saved), seen=seen)


def looked_at(memory: Memory, link: str, paths: Iterable[str]) -> Memory:
    """A saved search was looked at, and brought these documents."""
    rest = tuple(one for one in memory.seen if one.link != link)
    return replace(memory, seen=(*rest, Seen(link, tuple(map(Pin, paths)))))


def news(memory: Memory, link: str, paths: Iterable[str]) -> int:
    """How many of the documents were not there when the saved search was looked at last."""
    seen = next((one.documents for one in memory.seen if one.link == link), None)
    return 0 if seen is None else sum(Pin(path) not in seen for path in paths)


def pinned(memory: Memory, path: str) -> Memory:
    """Pin a document to the first screen, or no longer."""
    rest = tuple(pin for pin in memory.pinned if pin.path != path)
    return replace(memory, pinned=rest if len(rest) < len(memory.pinned) else (Pin(path), *rest))


def added(memory: Memory, item: Quotation) -> Memory:
    """Put a passage into the brief; the same place is there once, and keeps its note."""
    before = next((other for other in memory.brief if (other.path, other.at) == (item.path, item.at)), item)
    item = replace(item, note=item.note or before.note)
    rest = tuple(other for other in memory.brief if (other.path, other.at) != (item.path, item.at))
    return replace(memory, brief=(*rest, item))


def moved(memory: Memory, path: str, at: str, step: int) -> Memory:
    """A passage of the brief so many places further down."""
    brief = list(memory.brief)
    place = next((n for n, one in enumerate(brief) if (one.path, one.at) == (path, at)), None)
    if place is not None and 0 <= place + step < len(brief):
        brief.insert(place + step, brief.pop(place))
    return replace(memory, brief=tuple(brief))


def noted(memory: Memory, path: str, at: str, note: str) -> Memory:
    """A passage of the brief with a person's note."""
    brief = (replace(one, note=note) if (one.path, one.at) == (path, at) else one for one in memory.brief)
    return replace(memory, brief=tuple(brief))


def dropped(memory: Memory, path: str, at: str) -> Memory:
    rest = tuple(other for other in memory.brief if (other.path, other.at) != (path, at))
    return replace(memory, brief=rest)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _pins(value: Any) -> tuple[Pin, ...]:
    return tuple(
        Pin(one["path"]) for one in (value if isinstance(value, list) else ()) if _complete(one, {"path"})
    )


def _seen(value: Any) -> tuple[Seen, ...]:
    listed = value if isinstance(value, list) else ()
    whole = [one for one in listed if isinstance(one, dict) and isinstance(one.get("link"), str)]
    return tuple(Seen(one["link"], _pins(one.get("documents"))) for one in whole)


def _complete(item: Any, names: set[str]) -> bool:
    return isinstance(item, dict) and item.keys() == names and all(isinstance(v, str) for v in item.values())
