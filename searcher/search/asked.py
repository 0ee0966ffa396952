"""What people asked for and meaning could not answer yet: passages found by words that wait for a vector.

The indexer embeds them first. The file holds ids alone, no word of any query.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

MOST = 200  # passages, of the latest queries


def note(home: Home, ids: Sequence[str]) -> None:
    """Put them before those of earlier queries. A home that cannot be written still answers."""
    before = read(home)
    if ids and list(ids) != before[: len(ids)]:
        with suppress(HomeError):
            write_json(home.asked, list(dict.fromkeys([*ids, *before]))[:MOST])


def read(home: Home) -> list[str]:
    """Ids of passages, those of the latest query first."""
    value = read_json(home.asked)
    return (
        [name for name in value if isinstance(name, str) and ":" in name] if isinstance(value, list) else []
    )


def written(home: Home) -> int:
    """When the file was last written, in nanoseconds; 0 when it is not there."""
    try:
        return home.asked.stat().st_mtime_ns
    except OSError:
        return 0
