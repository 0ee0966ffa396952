"""Whether the index is another than a moment ago: a few file times, so that many tabs may ask often."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import blake2s
from typing import TYPE_CHECKING

from searcher.errors import SearcherError
from searcher.home import Home
from searcher.store import place

if TYPE_CHECKING:
    from ui.service import Service

_RECENT = 2_000_000_000  # nanoseconds

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer depends on besides its question."""

    stamp: Stamp
    preparing: str
    note: str

    @property
    def digest(self) -> str:
        """Tells moments apart and nothing else."""
        return blake2s(repr(self).encode(), digest_size=8).hexdigest()


def now(service: Service) -> Moment:
    return Moment(stamp(service.home), service.preparing, service.note)


def stamp(home: Home) -> Stamp:
    """Differs whenever files were indexed, embedded, removed, or another table took the live one's place."""
    seen = []
    for file in (home.catalogue, *home.catalogue_parts[:1], home.folders, home.settings):
        try:
            state = file.stat()
        except OSError:
            continue
        seen.append((file.name, state.st_mtime_ns, state.st_size))
    try:
        seen += place.of(home).stamp()
    except SearcherError:
        seen.append(("away", 0, 0))  # what that means is said by the search itself
    return tuple(sorted(seen))


def is_recent(seen: Stamp) -> bool:
    """Whether something changed so lately that an answer may not know of it yet."""
    return max(mtime for _, mtime, _ in seen) > time.time_ns() - _RECENT if seen else False
