"""What people asked for and meaning could not answer yet: passages found by words that wait for a vector.

The indexer embeds them first. The file holds ids alone, no word of any query.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import zip_longest

from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

QUERIES, PASSAGES = 200, 20  # the latest ones, and the best passages of each


def note(home: Home, ids: Sequence[str]) -> None:
    """Put them before those of earlier queries. A home that cannot be written still answers."""
    before, latest = _read(home), list(dict.fromkeys(ids))[:PASSAGES]
    if latest and before[:1] != [latest]:
        with suppress(HomeError):
            write_json(home.asked, [latest, *(each for each in before if each != latest)][:QUERIES])


def read(home: Home) -> list[str]:
    """Ids of passages: those of the latest query, as somebody waits for them, then the best one of each query
    before it, the second ones, and so on; all of one query's after the other, only the last ones had any."""
    queries = _read(home)
    return list(dict.fromkeys([*(queries[0] if queries else []), *_in_turn(queries[1:])]))


def written(home: Home) -> int:
    """When the file was last written, in nanoseconds; 0 when it is not there."""
    try:
        return home.asked.stat().st_mtime_ns
    except OSError:
        return 0


def _in_turn(queries: list[list[str]]) -> Iterator[str]:
    for rank in zip_longest(*queries):
        yield from filter(None, rank)


def _read(home: Home) -> list[list[str]]:
    value = read_json(home.asked)
    queries = value if isinstance(value, list) else []
    listed = [[name for name in each if _is_id(name)] for each in queries if isinstance(each, list)]
    return [each for each in listed if each]


def _is_id(name: object) -> bool:
    return isinstance(name, str) and name.rpartition(":")[2].isdecimal()
