"""The short columns of every row of a large table that ranking looks at, in memory: 60 bytes a row.

Each of them costs a read of its own of each row, so that those of 400 rows took 30 ms of a query's processor
time. They are read fragment by fragment, in the background, and hold as long as the fragment's files are
those that were read: a commit adds files and never changes one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.errors import SearcherError
from searcher.scattered import Numbers
from searcher.store.datafiles import ROW_BITS, DataFiles
from searcher.store.lance import LanceTable
from searcher.store.small import Row
from searcher.store.table import Store
from searcher.system import give_memory_back

_CODED = ("kind", "language", "folder")  # have few different values
_COLUMNS = ["id", "hash", "doc_hash", "path", *_CODED, "date"]
_BATCH, _EVERY = 10_000, 1_000_000_000
_NONE = np.iinfo(np.int64).min  # for a date
_ABSENT = np.iinfo(np.uint32).max
_ASKED = 2  # queries before it is worth it: who asks one question waits for nothing

_NO_DIGIT = 255
_DIGITS = np.full(256, _NO_DIGIT, np.uint8)
_DIGITS[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)


@dataclass(frozen=True, slots=True)
class _Fragment:
    """By the place of a row in its fragment; `document` is the place in the arrays after it."""

    identity: object
    document: npt.NDArray[np.uint32]
    ordinal: npt.NDArray[np.int32]
    hash: npt.NDArray[np.uint8]  # (n, 16)
    coded: dict[str, tuple[npt.NDArray[np.int16], list[str | None]]]
    date: npt.NDArray[np.int64]
    doc_id: npt.NDArray[np.uint8]  # (n, 16)
    doc_hash: Any
    path: Any

    def rows(self, places: Numbers) -> list[Row | None]:
        """Those that were not there are None."""
        within = places < len(self.document)
        document = np.full(len(places), _ABSENT, np.uint32)
        document[within] = self.document[places[within]]
        found = document != _ABSENT
        places, document = places[found], document[found]
        codes = {
            name: [values[code] for code in of[places].tolist()] for name, (of, values) in self.coded.items()
        }
        owners = _hex(self.doc_id[document])
        columns = zip(
            owners,
            self.ordinal[places].tolist(),
            _hex(self.hash[places]),
            self.doc_hash.take(document).to_pylist(),
            self.path.take(document).to_pylist(),
            codes["kind"],
            codes["language"],
            codes["folder"],
            self.date[places].tolist(),
            strict=True,
        )
        made = iter(
            {
                "id": f"{owner}:{ordinal}",
                "doc_hash": doc_hash,
                "hash": own,
                "path": path,
                "kind": kind,
                "language": language,
                "folder": folder,
                "date": None if date == _NONE else date,
                "doc_id": owner,
            }
            for owner, ordinal, own, doc_hash, path, kind, language, folder, date in columns
        )
        return [next(made) if one else None for one in found.tolist()]


class Briefs:
    """Of one store, whatever its version. Safe to use from many threads."""

    def __init__(self) -> None:
        self._fragments: dict[int, _Fragment] = {}
        self._unfit: dict[int, object] = {}  # identities of fragments that are not as this needs them
        self._lock = threading.Lock()
        self._reading = False
        self._asked = 0

    def rows(self, store: Store, files: DataFiles, numbers: Numbers) -> list[Row | None]:
        """Of rows by their numbers, without terms and vector; None for those that are not read yet, which
        then are, in the background."""
        rows: list[Row | None] = [None] * len(numbers)
        fragments = numbers >> ROW_BITS
        missing = False
        for fragment in np.unique(fragments).tolist():
            held = self._fragments.get(fragment)
            if held is None or held.identity != files.identity(fragment):
                missing = True
                continue
            at = np.flatnonzero(fragments == fragment)
            found = held.rows(numbers[at] & ((1 << ROW_BITS) - 1))
            for place, row in zip(at.tolist(), found, strict=True):
                rows[place] = row
        if missing:
            self._asked += 1
            if self._asked >= _ASKED:
                self._read_behind(store, files)
        return rows

    def _read_behind(self, store: Store, files: DataFiles) -> None:
        with self._lock:
            if self._reading:
                return
            self._reading = True
        threading.Thread(target=self._read, args=(store, files), name="briefs", daemon=True).start()

    def _read(self, store: Store, files: DataFiles) -> None:
        try:
            with suppress(SearcherError, OSError, RuntimeError, ValueError):
                self.read(store, files)
            give_memory_back()
        finally:
            self._reading = False

    def read(self, store: Store, files: DataFiles) -> None:
        """Every fragment that is not held, and let go of those that are no more."""
        now = {fragment: files.identity(fragment) for fragment in files.fragments()}
        kept = {n: held for n, held in self._fragments.items() if held.identity == now.get(n)}
        self._fragments = kept
        for fragment, identity in now.items():
            if fragment in kept or self._unfit.get(fragment) == identity:
                continue
            made = store.read(partial(_fragment, number=fragment, identity=identity))
            if made is None:
                self._unfit[fragment] = identity
            else:
                self._fragments = {**self._fragments, fragment: made}


def of(store: Store) -> Briefs:
    """Those of a store."""
    briefs = store.kept.setdefault("briefs", Briefs())
    assert isinstance(briefs, Briefs)
    return briefs


def _fragment(table: LanceTable, number: int, identity: object) -> _Fragment | None:
    """None where ids or hashes are not what they are here."""
    import pyarrow as pa

    first = number << ROW_BITS
    where = f"_rowid >= {first} AND _rowid < {first + (1 << ROW_BITS)}"
    parts: list[_Part] = []
    codes: dict[str, dict[str | None, int]] = {name: {} for name in _CODED}
    documents = 0
    for batch in table.search().where(where).select([*_COLUMNS, "_rowid"]).limit(_EVERY).to_batches(_BATCH):
        if not len(batch):
            continue
        part = _part(batch, first, codes, documents)
        if part is None:
            return None
        parts.append(part)
        documents += len(part.doc_id)
    if not parts or any(len(values) > np.iinfo(np.int16).max for values in codes.values()):
        return None
    places = np.concatenate([part.places for part in parts])
    most = int(places.max()) + 1

    def spread(values: Iterable[Any], shape: tuple[int, ...], kind: Any, empty: int = 0) -> Any:
        whole = np.full(shape, empty, kind)
        whole[places] = np.concatenate(list(values))
        return whole

    return _Fragment(
        identity,
        spread((part.document for part in parts), (most,), np.uint32, _ABSENT),
        spread((part.ordinal for part in parts), (most,), np.int32),
        spread((part.hash for part in parts), (most, 16), np.uint8),
        {
            name: (spread((part.coded[name] for part in parts), (most,), np.int16), list(codes[name]))
            for name in _CODED
        },
        spread((part.date for part in parts), (most,), np.int64, _NONE),
        np.concatenate([part.doc_id for part in parts]),
        pa.chunked_array([part.doc_hash for part in parts]).combine_chunks(),
        pa.chunked_array([part.path for part in parts]).combine_chunks(),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Some rows of a fragment, and the documents that begin among them."""

    places: Numbers
    document: npt.NDArray[np.uint32]
    ordinal: npt.NDArray[np.int32]
    hash: npt.NDArray[np.uint8]
    coded: dict[str, npt.NDArray[np.int16]]
    date: npt.NDArray[np.int64]
    doc_id: npt.NDArray[np.uint8]
    doc_hash: Any
    path: Any


def _part(batch: Any, first: int, codes: dict[str, dict[str | None, int]], documents: int) -> _Part | None:
    """None as in `_fragment`. `documents` began before."""
    import pyarrow.compute as pc

    hashes = _from_hex(batch["hash"])
    owners = _from_hex(pc.utf8_slice_codeunits(batch["id"], 0, 32))
    if hashes is None or owners is None:
        return None
    doc_hash, path = batch["doc_hash"], batch["path"]
    begins = np.ones(len(batch), bool)
    same = (owners[1:] == owners[:-1]).all(axis=1)
    for column in (doc_hash, path):
        equal = pc.equal(column[1:], column[:-1]).fill_null(False)
        same &= equal.to_numpy(zero_copy_only=False)
    begins[1:] = ~same
    at = np.flatnonzero(begins)
    coded = {}
    for name, known in codes.items():
        column = batch[name].dictionary_encode()
        values = [known.setdefault(value, len(known)) for value in column.dictionary.to_pylist()]
        none = known.setdefault(None, len(known))
        indices = column.indices.fill_null(len(values)).to_numpy(zero_copy_only=False)
        coded[name] = np.array([*values, none], np.int64)[indices].astype(np.int16)
    ordinals = pc.cast(pc.utf8_slice_codeunits(batch["id"], 33), "int32")
    return _Part(
        batch["_rowid"].to_numpy().astype(np.int64) - first,
        (np.cumsum(begins) - 1 + documents).astype(np.uint32),
        ordinals.to_numpy(zero_copy_only=False),
        hashes,
        coded,
        batch["date"].fill_null(_NONE).to_numpy(zero_copy_only=False),
        owners[at],
        doc_hash.take(at),
        path.take(at),
    )


def _hex(values: npt.NDArray[np.uint8]) -> list[str]:
    """Digits of (n, 16)."""
    digits = values.tobytes().hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def _from_hex(column: Any) -> npt.NDArray[np.uint8] | None:
    """(n, 16) of texts of 32 hexadecimal digits; None where one is something else."""
    import pyarrow.compute as pc

    if column.null_count or not pc.all(pc.equal(pc.binary_length(column), 32)).as_py():
        return None
    _, offsets, values = column.buffers()
    begin = int(np.frombuffer(offsets, np.int32)[column.offset])
    every = np.frombuffer(values, np.uint8, 32 * len(column), begin)
    digits = _DIGITS[every].reshape(len(column), 16, 2)
    if (digits == _NO_DIGIT).any():
        return None
    return np.asarray(digits[..., 0] * 16 + digits[..., 1], np.uint8)
