"""How a library grows: what it held at the end of each day on which it was followed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import astuple, dataclass
from datetime import date

from indexer.catalogue import Catalogue
from searcher.errors import HomeError
from searcher.files import read_json, write_json
from searcher.home import Home

_MOST = 4_000  # days, eleven years


@dataclass(frozen=True, slots=True)
class DayEnd:
    """Indexed files and their bytes; `day` is an ISO date of the local calendar."""

    day: str
    files: int
    bytes: int


def note(home: Home, catalogue: Catalogue, day: date | None = None) -> None:
    """What is there now, in place of what was noted before on the same day, which is today's."""
    folders = catalogue.indexed_by_folder().values()
    now = DayEnd(
        (day or date.today()).isoformat(), sum(each[0] for each in folders), sum(each[1] for each in folders)
    )
    before = read(home)
    if now not in before:
        days = [*[one for one in before if one.day != now.day][1 - _MOST :], now]
        with suppress(HomeError):  # a curve is worth no failed pass
            write_json(home.growth, [astuple(one) for one in days])


def read(home: Home) -> list[DayEnd]:
    """The oldest first."""
    value = read_json(home.growth)
    rows = value if isinstance(value, list) else []
    days = (DayEnd(*row) for row in rows if isinstance(row, list) and list(map(type, row)) == [str, int, int])
    return sorted(days, key=lambda one: one.day)
