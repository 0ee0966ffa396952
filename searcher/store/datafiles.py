"""The long columns of rows, read where they lie in LanceDB's files.

Lance reads each value by a call of its own that wakes two threads, 20 microseconds; what ranking needs of 600
rows took two thirds of a query of a million passages. In the files the vectors are plain arrays and the terms
stand one after the other, so that here a query opens the file and reads them, 2 microseconds each. What is
laid out otherwise (other versions of the format, small files) is left to LanceDB, and each file is read here
only after some of its rows came out as LanceDB reads them.

No file stays open between queries: what was forgotten would stay on the disk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from searcher.embedding.base import Vectors
from searcher.scattered import Numbers, Octets, ReadParts, reading
from searcher.store import manifest
from searcher.store.fsst import Symbols
from searcher.store.lance import LanceTable, of_one_version, taking
from searcher.store.manifest import Unreadable
from searcher.store.table import Store
from searcher.store.wire import Message
from searcher.vectors.layout import Layout

_FEW = 1_000  # rows of a file below which it is left to LanceDB: new ones come with each commit
_PROBES = 3  # rows of a file that are compared with what LanceDB reads
ROW_BITS = 32  # of the number of a row, which begins with that of its fragment
_ALL_VALID, _SOME_NULL = b"\x01", b"\x03"  # the only layer of a page

_LENGTH = 4  # bytes that say how long a text is, before it

_SCATTERED = 200  # rows that LanceDB has to read; of more, it reads all

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where the rows of a column lie in a file: in pages, each of which begins with a row, at a byte. A value
    has a fixed `width`, and `before` it, in a page where some are null, stand a byte that says so and a bit
    for each part; or it is a text that lies between two of the `ends`, which count from its page on."""

    rows: int
    first: Numbers
    at: Numbers
    before: Numbers
    width: int = 0
    ends: npt.NDArray[np.uint32] | None = None
    symbols: Symbols | None = None

    def pages(self, rows: Numbers) -> Numbers:
        """The page of each row."""
        return np.searchsorted(self.first, rows, side="right") - 1


# what reading raises of files that are gone, cut, or other than they were taken for: LanceDB then reads them
FAULTS = (Unreadable, OSError, ValueError, IndexError, KeyError, struct.error)


class DataFiles:
    """Those of one version of a table in a folder of this machine."""

    def __init__(self, folder: Path, version: int, layout: Layout, before: DataFiles | None = None) -> None:
        """What was found out of the files that another version has as well is taken from `before`. Raises
        Unreadable, OSError, ValueError, IndexError."""
        self.version = version
        self._folder, self._layout = folder, layout
        self._names = ["terms", "vector"] + (["rest"] if layout.rest_bytes else [])
        self._fragments, self._indexed = manifest.read(folder, version)
        self._readable: dict[object, bool] = {}
        self._columns: dict[tuple[str, int], _Column] = {}
        if before is not None:
            identities = {self.identity(fragment) for fragment in self._fragments}
            self._readable = {one: can for one, can in dict(before._readable).items() if one in identities}
            there = {column for one in self._fragments.values() for column in one.columns.values()}
            self._columns = {one: column for one, column in dict(before._columns).items() if one in there}

    def identity(self, fragment: int) -> object:
        """Equal as long as no column of a fragment is written anew; None for no such fragment."""
        there = self._fragments.get(fragment)
        return None if there is None else tuple(sorted(there.columns.items()))

    def fragments(self) -> list[int]:
        return list(self._fragments)

    def unindexed(self) -> dict[int, tuple[int, object]]:
        """Fragments that the index of the vectors lacks: how many rows were written to each, and what is
        equal as long as the same ones are there."""
        return {
            number: (there.rows, (self.identity(number), there.removed))
            for number, there in self._fragments.items()
            if number not in self._indexed
        }

    def vectors(self, table: LanceTable, numbers: Numbers) -> tuple[Vectors, Truths]:
        """Of rows by their numbers what is searched, float32 (n, dim), and whether they have a vector, (n,):
        what has none is zero. Raises FAULTS."""
        can = self.can_read(table, numbers)
        vectors, valid = np.zeros((len(numbers), self._layout.dim), np.float16), np.zeros(len(numbers), bool)
        vectors[can], valid[can] = self._vectors(numbers[can])
        for place, row in self._rows_of(table, numbers, ~can, ["vector"]):
            if row["vector"] is not None:
                vectors[place], valid[place] = row["vector"], True
        return vectors.astype(np.float32), valid

    def long(self, table: LanceTable, numbers: Numbers) -> tuple[list[bytes], Octets | None]:
        """Terms of rows, in UTF-8, and what their vectors have beside, (n, rest_bytes). Raises FAULTS."""
        can = self.can_read(table, numbers)
        terms = np.full(len(numbers), b"", object)
        terms[can] = self._terms(numbers[can])
        rest = None
        if self._layout.rest_bytes:
            rest = np.zeros((len(numbers), self._layout.rest_bytes), np.uint8)
            rest[can] = self._rest(numbers[can])
        for place, row in self._rows_of(table, numbers, ~can, [n for n in self._names if n != "vector"]):
            terms[place] = (row["terms"] or "").encode()
            if rest is not None and row["rest"] is not None:
                rest[place] = np.frombuffer(row["rest"], np.uint8)
        return terms.tolist(), rest

    def can_read(self, table: LanceTable, numbers: Numbers) -> Truths:
        """Which rows are read here."""
        fragments = numbers >> ROW_BITS
        can = np.zeros(len(numbers), bool)
        for fragment in np.unique(fragments).tolist():
            own, identity = fragments == fragment, self.identity(fragment)
            if identity not in self._readable:
                self._readable[identity] = self._is_readable(table, fragment, numbers[own][:_PROBES])
            if self._readable[identity]:
                can |= own
        return can

    def _vectors(self, numbers: Numbers) -> tuple[npt.NDArray[np.float16], Truths]:
        octets, valid = self._fixed(numbers, "vector", 2 * self._layout.dim)
        return octets.view(np.float16), valid

    def _rest(self, numbers: Numbers) -> Octets:
        return self._fixed(numbers, "rest", self._layout.rest_bytes)[0]

    def _fixed(self, numbers: Numbers, name: str, width: int) -> tuple[Octets, Truths]:
        """Values of a column, (n, width), zero where they are null, and whether they are not."""
        values, valid = np.zeros((len(numbers), width), np.uint8), np.zeros(len(numbers), bool)
        for fragment, places, rows in _by_fragment(numbers):
            path, column = self._column(fragment, name)
            if column.width != width:
                raise Unreadable(path)
            with reading(path) as read:
                values[places], valid[places] = _values(read, column, rows)
        values[~valid] = 0
        return values, valid

    def _terms(self, numbers: Numbers) -> list[bytes]:
        terms = [b""] * len(numbers)
        for fragment, places, rows in _by_fragment(numbers):
            path, column = self._column(fragment, "terms")
            with reading(path) as read:
                for place, text in zip(places.tolist(), _texts(read, column, rows), strict=True):
                    terms[place] = text
        return terms

    def _rows_of(
        self, table: LanceTable, numbers: Numbers, which: Truths, columns: list[str]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows that LanceDB has to read, each with its place among the numbers; removed ones are left out."""
        place_of = dict(zip(numbers[which].tolist(), np.flatnonzero(which).tolist(), strict=True))
        if len(place_of) > _SCATTERED:
            raise Unreadable("many small files")
        if not place_of:
            return
        answered = of_one_version(table, taking(table, list(place_of)).select([*columns, "_rowid"]))
        if answered is None or answered[0] != self.version:
            raise Unreadable("another version")
        for row in answered[1][0].to_pylist():
            yield place_of[row["_rowid"]], row

    def _column(self, fragment: int, name: str) -> tuple[Path, _Column]:
        file, number = where = self._fragments[fragment].columns[name]
        path = self._folder / "data" / file
        if where not in self._columns:
            self._columns[where] = _described(path, number)
        return path, self._columns[where]

    def _is_readable(self, table: LanceTable, fragment: int, numbers: Numbers) -> bool:
        """Whether this reads of some rows what LanceDB reads."""
        there = self._fragments.get(fragment)
        if there is None or any(name not in there.columns for name in self._names):
            return False
        try:
            if any(self._column(fragment, name)[1].rows < _FEW for name in self._names):
                return False
            (vectors, valid), terms = self._vectors(numbers), self._terms(numbers)
            rest = self._rest(numbers) if self._layout.rest_bytes else None
        except FAULTS:
            return False
        theirs = table.take_row_ids(numbers.tolist()).select([*self._names, "_rowid"]).to_arrow().to_pylist()
        by_number = {row["_rowid"]: row for row in theirs}
        for place, number in enumerate(numbers.tolist()):
            row = by_number.get(number)
            if row is None or (row["terms"] or "").encode() != terms[place]:
                return False
            if (row["vector"] is not None) != valid[place]:
                return False
            if row["vector"] is None:
                continue
            if not np.array_equal(np.asarray(row["vector"], np.float16), vectors[place]):
                return False
            if rest is not None and row["rest"] != rest[place].tobytes():
                return False
        return True


def of(store: Store, table: LanceTable, version: int) -> DataFiles | None:
    """Those of the table's version; None where they cannot be read here."""
    before = store.kept.get("data files")
    if isinstance(before, DataFiles) and before.version == version:
        return before
    try:
        known = before if isinstance(before, DataFiles) else None
        files = DataFiles(Path(table.uri), version, store.layout, known)
    except FAULTS:
        return None
    store.kept["data files"] = files
    return files


def _described(path: Path, number: int) -> _Column:
    """A column of a file, which never changes. Raises Unreadable, OSError, ValueError, IndexError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(size - 40)
        _, offsets, _, _, columns, major, minor, magic = struct.unpack("<QQQIIHH4s", file.read(40))
        if magic != manifest.MAGIC or (major, minor) not in manifest.FORMATS or not 0 <= number < columns:
            raise Unreadable(path)
        file.seek(offsets + 16 * number)
        at, length = struct.unpack("<QQ", file.read(16))
        file.seek(at)
        pages = [_page(page) for page in Message(file.read(length)).messages(2)]
    if len({(page.width, page.ends_width) for page in pages}) != 1:
        raise Unreadable(path)
    rows = np.array([page.rows for page in pages])
    first, starts = np.cumsum(rows) - rows, np.array([page.at for page in pages])
    before, width = np.array([page.before for page in pages]), pages[0].width
    if width:
        return _Column(int(rows.sum()), first, starts, before, width)
    with path.open("rb") as file:
        ends = np.concatenate([_ends(file, page) for page in pages])
    symbols = Symbols.joined([page.symbols for page in pages])
    return _Column(int(rows.sum()), first, starts, before, 0, ends, symbols)


def _ends(file: BinaryIO, page: _Page) -> npt.NDArray[np.uint32]:
    """Raises Unreadable."""
    file.seek(page.ends_at)
    ends = np.frombuffer(file.read((page.rows + 1) * page.ends_width), f"<u{page.ends_width}")
    if ends[-1] >> 32 or len(ends) != page.rows + 1:
        raise Unreadable("texts of four gigabytes")
    return ends.astype(np.uint32)


@dataclass(frozen=True, slots=True)
class _Page:
    rows: int
    at: int
    before: int = 0
    width: int = 0
    ends_at: int = 0
    ends_width: int = 0
    symbols: bytes = b""


def _page(page: Message) -> _Page:
    """Raises Unreadable."""
    layout = page.message(4).message(2).message(1).message(2)
    if layout.numbers() != {3}:
        raise Unreadable("not one value after the other")
    zipped, rows = layout.message(3), page.number(3)
    at, sizes = page.packed(1), page.packed(2)
    # where a null is possible a byte says whether it is one; of lists of lists there would be more
    layers, nulls = zipped.bytes(8), zipped.number(2)
    if (
        zipped.number(1)
        or (nulls, layers) not in ((0, _ALL_VALID), (1, _SOME_NULL))
        or zipped.number(5) != rows
    ):
        raise Unreadable("lists")
    how = zipped.message(7)
    if bits := zipped.number(3):
        plain, parts = how, 0
        if how.numbers() == {11}:  # of so many parts, with a bit for each that says whether it is null
            of = how.message(11)
            plain, parts = of.message(2), of.number(1) if of.number(3) else 0
        before = nulls + parts // 8
        if bits % 8 or parts % 8 or plain.numbers() != {1} or sizes[0] != rows * (nulls + bits // 8):
            raise Unreadable("compressed")
        return _Page(rows, at[0], before, bits // 8 - parts // 8)
    if nulls:
        raise Unreadable("texts of which some are null")
    symbols = b""
    if how.numbers() == {6}:
        symbols = how.message(6).bytes(1)
        how = how.message(6).message(2)
    if (
        how.numbers() != {2}
        or zipped.number(4) != 32
        or len(at) != 2
        or sizes[1] not in (4 * rows + 4, 8 * rows + 8)
    ):
        raise Unreadable("compressed")
    return _Page(rows, at[0], 0, 0, at[1], sizes[1] // (rows + 1), symbols)


def _by_fragment(numbers: Numbers) -> Iterator[tuple[int, Numbers, Numbers]]:
    """Of each fragment the places of its rows among the numbers, and where they are in it."""
    fragments = numbers >> ROW_BITS
    for fragment in np.unique(fragments).tolist():
        places = np.flatnonzero(fragments == fragment)
        yield fragment, places, numbers[places] & ((1 << ROW_BITS) - 1)


def _values(read: ReadParts, column: _Column, rows: Numbers) -> tuple[Octets, Truths]:
    """(n, width) of some rows, and which of them are not null."""
    pages = column.pages(rows)
    values, valid = np.empty((len(rows), column.width), np.uint8), np.ones(len(rows), bool)
    for before in np.unique(column.before[pages]).tolist():
        places = np.flatnonzero(column.before[pages] == before)
        of, wide = pages[places], before + column.width
        at = column.at[of] + (rows[places] - column.first[of]) * wide
        # rows that stand one after the other are read together
        first = np.flatnonzero(np.diff(at, prepend=-wide) != wide)
        sizes = np.diff(first, append=len(at)) * wide
        whole = read(sizes, at[first]).reshape(len(places), wide)
        values[places] = whole[:, before:]
        if before:
            valid[places] = whole[:, 0] == 0
    return values, valid


def _texts(read: ReadParts, column: _Column, rows: Numbers) -> list[bytes]:
    """Of some rows. Raises Unreadable."""
    if column.ends is None or column.symbols is None:
        raise Unreadable("no texts")
    pages = column.pages(rows)
    begins, ends = column.ends[rows + pages], column.ends[rows + pages + 1]  # a page has one more than rows
    at = column.at[pages] + begins + _LENGTH
    sizes = ends.astype(np.int64) - begins - _LENGTH
    return column.symbols.decoded(read(sizes, at), sizes, pages)
