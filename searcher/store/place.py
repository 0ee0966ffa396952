"""Where the index lies: in a folder of the home, or below an address of an object store. Nothing else knows
which kind of place it is.

A place holds LanceDB's tables and, beside them, the pointer that says which one answers. Other machines may
read and write an object store at the same time, so there the pointer is switched by a write that the store
refuses when the pointer is another than the one that was read.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, cast

from searcher.errors import SettingsError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.objects import SCHEMES
from searcher.store.lance import LanceTable

NAMESPACES = ("rest+https://", "rest+http://")
_VARIABLE = "SEARCHER_INDEX"
READ_SECONDS = 0.2  # after which a reader of a folder looks for a new version
# what LanceDB keeps of versions and indexes in memory; unlimited it grew by 0.1 MB a commit, for good
_WRITER = {"index_cache_size_bytes": 64 << 20, "metadata_cache_size_bytes": 8 << 20}
_READER = {"index_cache_size_bytes": 1 << 30, "metadata_cache_size_bytes": 8 << 20}
# of an index on this machine little more than the vectors' own, which each query goes through: the rest is
# read again from the system's cache. With 160 MB a query of a million passages takes 2 ms less
_CACHED, _GROWN = 128 << 20, 1.5


class IndexPlace(Protocol):
    """Every method raises IndexUnreachable where an object store cannot be reached."""

    @property
    def address(self) -> str:
        """What LanceDB opens, and what people are told."""

    @property
    def is_shared(self) -> bool:
        """Whether other machines may read and write it at the same time."""

    @property
    def source(self) -> str:
        """The id of this home among those that write here; empty where there is no other."""

    @property
    def tidies(self) -> bool:
        """Whether this home is the one that made the index, as `claim` found: it alone switches the pointer,
        compacts and prunes."""

    def looks_again(self) -> bool:
        """Whether it is time to look what is to be tidied; each look costs requests, so that is once a minute
        where others are asked."""

    def sources(self) -> dict[str, str]:
        """Names for people of all that write here, by id."""

    @property
    def reading_seconds(self) -> float:
        """How old what a reader sees may be."""

    def connect(self, *, write: bool) -> Any:
        """A connection of LanceDB."""

    def table_address(self, table: str) -> str:
        """The address or path of a table's folder."""

    def full_name(self, table: str) -> str:
        """A table's name, different from that of a table of the same name in another place."""

    def pointer(self, *, fresh: bool) -> Any | None:
        """The JSON value of the pointer, None where there is none or it is broken. One that is not `fresh`
        may be as old as what readers see."""

    def point(self, value: Any, *, before: Any | None) -> None:
        """Write the pointer. Raises IndexTaken where it is another than `before` by now."""

    def remove_pointer(self) -> None: ...

    def claim(self) -> None:
        """For who is going to write: makes sure that the place is fit for it, which is looked at once, and
        that the home is among its sources. Raises PlaceUnfit."""

    def owner(self) -> Any | None:
        """{"source", "machine", "home"} of the home that tidies, None where there is no other."""

    def take_over(self, *, before: Any) -> None:
        """Be the owner in the place of `before`. Raises IndexTaken where that is another by now."""

    def remove_table(self, table: str) -> None:
        """All of its files."""

    def remove_file(self, table: str, part: str, name: str) -> None: ...

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Everything outside the home, with its content in parts."""

    def fetch(self, file: Path) -> None:
        """A file that goes with the index, from beside it, where it is not on this machine."""

    def keep(self, file: Path) -> None:
        """Put it beside the index for other machines."""

    def size(self) -> int:
        """Bytes of all there is."""

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Differs whenever a table or the pointer does."""


class LocalPlace:
    """The index in the home, which has one writer: its lock sees to that."""

    is_shared = False
    source = ""
    tidies = True
    reading_seconds = READ_SECONDS

    def __init__(self, home: Home) -> None:
        self._home = home

    @property
    def address(self) -> str:
        return str(self._home.index)

    def connect(self, *, write: bool) -> Any:
        import lancedb

        return lancedb.connect(
            self.address,
            read_consistency_interval=timedelta(0) if write else timedelta(seconds=READ_SECONDS),
            session=lancedb.Session(**(_WRITER if write else _READER | self._cached())),
        )

    def _cached(self) -> dict[str, int]:
        """As much of the indexes as a reader holds."""
        sizes = [0]
        for file in self._home.indexes_of_vectors():
            with suppress(OSError):  # pruned meanwhile
                sizes.append(file.stat().st_size)
        return {"index_cache_size_bytes": max(_CACHED, int(_GROWN * max(sizes)))}

    def table_address(self, table: str) -> str:
        return str(self._home.table(table))

    def full_name(self, table: str) -> str:
        return table

    def pointer(self, *, fresh: bool) -> Any | None:
        return read_json(self._home.live)

    def point(self, value: Any, *, before: Any | None) -> None:
        write_json(self._home.live, value)

    def remove_pointer(self) -> None:
        self._home.live.unlink(missing_ok=True)

    def looks_again(self) -> bool:
        return True

    def sources(self) -> dict[str, str]:
        return {}

    def claim(self) -> None: ...

    def owner(self) -> Any | None:
        return None

    def take_over(self, *, before: Any) -> None: ...

    def remove_table(self, table: str) -> None:
        import shutil

        shutil.rmtree(self._home.table(table), ignore_errors=True)

    def remove_file(self, table: str, part: str, name: str) -> None:
        self._home.table_file(table, part, name).unlink(missing_ok=True)

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        return iter(())

    def fetch(self, file: Path) -> None: ...

    def keep(self, file: Path) -> None: ...

    def size(self) -> int:
        from searcher.system import size_below

        return size_below(self._home.index)

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        seen = []
        for place in (self._home.live, *self._home.versions_of_tables()):
            try:
                state = place.stat()
            except OSError:
                continue
            seen.append((place.name, state.st_mtime_ns, state.st_size))
        return tuple(sorted(seen))


def of(home: Home) -> IndexPlace:
    """The place that the home's settings name. Raises SettingsError for an address that is none, and where
    the package for object stores is not installed."""
    address = os.environ.get(_VARIABLE)
    if address is None:
        address = _written(home)
    return _of(home, address.strip().rstrip("/"))


def owned_by_another(home: Home) -> str:
    """For people, the machine that chooses the model of an index of several, where that is another than this
    home. Raises IndexUnreachable."""
    at = of(home)
    owner = at.owner() if at.is_shared else None
    if not owner or owner.get("source") == at.source:
        return ""
    return at.sources().get(owner["source"], str(owner.get("machine", "")))


def in_the_home(home: Home, table: str) -> LanceTable | None:
    """A table of the home, whatever place the settings name; None where it cannot be used."""
    if not home.table(table).exists():
        return None
    try:
        return cast(LanceTable, LocalPlace(home).connect(write=True).open_table(table))
    except (ValueError, RuntimeError, OSError):
        return None


def empty_the_home(home: Home) -> None:
    """Remove the index that was left in the home when another place was set."""
    import shutil

    if of(home).is_shared:
        shutil.rmtree(home.index, ignore_errors=True)
        home.create()


def is_elsewhere(address: str) -> bool:
    """Whether an address of LanceDB is one of an object store."""
    return "://" in address


def sizes(table_address: str, part: str) -> dict[str, int]:
    """Bytes of the files in a folder of a table, by name; `table_address` is its `uri`."""
    if is_elsewhere(table_address):
        from searcher.store.bucket import sizes

        return sizes(table_address, part)
    try:
        with os.scandir(os.path.join(table_address, part)) as entries:
            return {entry.name: entry.stat().st_size for entry in entries}
    except FileNotFoundError:  # no such folder yet, or a file pruned meanwhile
        return {}


def _written(home: Home) -> str:
    """What settings.toml says. Whether that is a whole and right file is said by who loads the settings."""
    try:
        return _parsed(home, home.settings.stat().st_mtime_ns)
    except OSError:
        return ""


@lru_cache(maxsize=8)
def _parsed(home: Home, mtime_ns: int) -> str:
    try:
        return str(tomllib.loads(home.settings.read_text("utf-8")).get("index", ""))
    except ValueError:
        return ""


@lru_cache(maxsize=8)
def _of(home: Home, address: str) -> IndexPlace:
    if not address:
        return LocalPlace(home)
    if not address.startswith((*SCHEMES, *NAMESPACES)) or not address.partition("://")[2].strip("/"):
        raise SettingsError(
            f"index is {address!r}; it must be an address like s3://bucket/prefix (also gs://, az://, and "
            "rest+https:// for a Lance namespace), or empty for the home"
        )
    if address.startswith(NAMESPACES):
        from searcher.store.namespace import Namespace

        return Namespace(home, address)
    from searcher.store.bucket import Bucket

    return Bucket(home, address)
