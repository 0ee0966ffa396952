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
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from searcher.embedding.base import Vectors
from searcher.store.fsst import Symbols
from searcher.store.lance import LanceTable
from searcher.store.table import Store
from searcher.store.wire import Message
from searcher.system import ReadAt, reading
from searcher.vectors.layout import Layout

_MAGIC = b"LANC"
_NEWEST_FIRST = (1 << 64) - 1  # manifests are named by what a version's number lacks to it
_FORMATS = {(2, 1), (2, 2)}
_FEW = 1_000  # rows of a file below which it is left to LanceDB: new ones come with each commit
_PROBES = 3  # rows of a file that are compared with what LanceDB reads
ROW_BITS = 32  # of the number of a row, which begins with that of its fragment
_ALL_VALID, _SOME_NULL = b"\x01", b"\x03"  # the only layer of a page

_LENGTH = 4  # bytes that say how long a text is, before it

Octets = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]


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


@dataclass(frozen=True, slots=True)
class _Columns:
    """A file that holds a column, and which of its columns that is, by the column's name."""

    columns: dict[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Long:
    """Of some rows, in the order asked for."""

    terms: list[str]
    reduced: Vectors  # float32 (n, dim)
    rest: Octets | None  # (n, rest_bytes)
    has_vector: npt.NDArray[np.bool_]  # (n,); where it has none these are zero


class Unreadable(Exception):
    """A file is laid out as nobody here knows it."""


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
        self._fragments = _fragments(folder / "_versions" / f"{_NEWEST_FIRST - version:020d}.manifest")
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

    def can_read(self, table: LanceTable, numbers: Numbers) -> npt.NDArray[np.bool_]:
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

    def read(self, numbers: Numbers) -> Long:
        """Raises Unreadable, OSError."""
        dim, rest_bytes = self._layout.dim, self._layout.rest_bytes
        terms: list[str] = [""] * len(numbers)
        vectors = np.empty((len(numbers), dim), np.float16)
        rest = np.empty((len(numbers), rest_bytes), np.uint8) if rest_bytes else None
        valid = np.ones(len(numbers), bool)
        fragments = numbers >> ROW_BITS
        for fragment in np.unique(fragments).tolist():
            places = np.flatnonzero(fragments == fragment)
            rows = numbers[places] & ((1 << ROW_BITS) - 1)
            self._read_of(fragment, rows, places, vectors, rest, valid, terms)
        vectors[~valid] = 0
        if rest is not None:
            rest[~valid] = 0
        return Long(terms, vectors.astype(np.float32), rest, valid)

    def vectors(self, numbers: Numbers) -> Vectors:
        """What is searched of some rows that have a vector, float32 (n, dim). Raises Unreadable, OSError."""
        vectors = np.empty((len(numbers), self._layout.dim), np.float16)
        fragments = numbers >> ROW_BITS
        for fragment in np.unique(fragments).tolist():
            places = np.flatnonzero(fragments == fragment)
            rows = numbers[places] & ((1 << ROW_BITS) - 1)
            self._read_of(fragment, rows, places, vectors)
        return vectors.astype(np.float32)

    def _read_of(
        self,
        fragment: int,
        rows: Numbers,
        places: Numbers,
        vectors: npt.NDArray[np.float16],
        rest: Octets | None = None,
        valid: npt.NDArray[np.bool_] | None = None,
        terms: list[str] | None = None,
    ) -> None:
        fixed: list[tuple[str, Octets]] = [("vector", vectors.view(np.uint8))]
        fixed += [("rest", rest)] if rest is not None else []
        for name, into in fixed:
            path, column = self._column(fragment, name)
            if column.width != into.shape[1]:
                raise Unreadable(path)
            with reading(path) as read:
                into[places], here = _values(read, column, rows)
            if valid is not None:
                valid[places] &= here
        if terms is not None:
            path, column = self._column(fragment, "terms")
            with reading(path) as read:
                for place, text in zip(places.tolist(), _texts(read, column, rows), strict=True):
                    terms[place] = text

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
            mine = self.read(numbers)
        except FAULTS:
            return False
        theirs = table.take_row_ids(numbers.tolist()).select([*self._names, "_rowid"]).to_arrow().to_pylist()
        by_number = {row["_rowid"]: row for row in theirs}
        for place, number in enumerate(numbers.tolist()):
            row = by_number.get(number)
            if row is None or (row["terms"] or "") != mine.terms[place]:
                return False
            if (row["vector"] is not None) != mine.has_vector[place]:
                return False
            if row["vector"] is None:
                continue
            if not np.array_equal(np.asarray(row["vector"], np.float32), mine.reduced[place]):
                return False
            if mine.rest is not None and row["rest"] != mine.rest[place].tobytes():
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


def _fragments(manifest: Path) -> dict[int, _Columns]:
    """By number. Raises Unreadable, OSError, ValueError, IndexError."""
    data = manifest.read_bytes()
    if data[-4:] != _MAGIC:
        raise Unreadable(manifest)
    (at,) = struct.unpack("<Q", data[-16:-8])
    (length,) = struct.unpack("<I", data[at : at + 4])
    content = Message(data[at + 4 : at + 4 + length])
    fields = {field.number(3): field.bytes(2).decode() for field in content.messages(1)}
    fragments = {}
    for fragment in content.messages(2):
        columns: dict[str, tuple[str, int]] = {}
        for file in fragment.messages(2):
            if (file.number(4), file.number(5)) not in _FORMATS or 7 in file.numbers():
                raise Unreadable(manifest)
            path = file.bytes(1).decode()
            for field, column in zip(file.packed(2), file.packed(3), strict=True):
                if field in fields:  # what was written anew in another file has none here
                    columns[fields[field]] = path, column
        fragments[fragment.number(1)] = _Columns(columns)
    return fragments


def _described(path: Path, number: int) -> _Column:
    """A column of a file, which never changes. Raises Unreadable, OSError, ValueError, IndexError."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(size - 40)
        _, offsets, _, _, columns, major, minor, magic = struct.unpack("<QQQIIHH4s", file.read(40))
        if magic != _MAGIC or (major, minor) not in _FORMATS or not 0 <= number < columns:
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


def _values(read: ReadAt, column: _Column, rows: Numbers) -> tuple[Octets, npt.NDArray[np.bool_]]:
    """(n, width) of some rows, and which of them are not null."""
    pages = column.pages(rows)
    before = column.before[pages]
    at = column.at[pages] + (rows - column.first[pages]) * (before + column.width)
    if not before.any():
        values = [read(column.width, begin) for begin in at.tolist()]
        valid = np.ones(len(rows), bool)
    else:
        each = list(zip(at.tolist(), before.tolist(), strict=True))
        read_of = [read(column.width + own, begin) for begin, own in each]
        values = [value[own:] for value, (_, own) in zip(read_of, each, strict=True)]
        valid = np.array(
            [not own or not value[0] for value, (_, own) in zip(read_of, each, strict=True)], bool
        )
    return np.frombuffer(b"".join(values), np.uint8).reshape(len(rows), column.width), valid


def _texts(read: ReadAt, column: _Column, rows: Numbers) -> list[str]:
    """Of some rows. Raises Unreadable."""
    if column.ends is None or column.symbols is None:
        raise Unreadable("no texts")
    pages = column.pages(rows)
    begins, ends = column.ends[rows + pages], column.ends[rows + pages + 1]  # a page has one more than rows
    at = column.at[pages] + begins + _LENGTH
    sizes = ends.astype(np.int64) - begins - _LENGTH
    values = [read(size, begin) for size, begin in zip(sizes.tolist(), at.tolist(), strict=True)]
    return [value.decode() for value in column.symbols.decoded(values, pages)]
