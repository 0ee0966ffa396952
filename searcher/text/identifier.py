"""py3langid's model, unpacked once into a file of which only what a text needs is read: some 10 MB and 20 ms
a process in place of 75 MB and half a second. Mapped, all of it would soon be resident: the system maps far
around each page that is touched."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.errors import HomeError
from searcher.files import one_builder, write_parts
from searcher.home import Home

_HEAD = 4096  # bytes; the head of the file is shorter
_LETTERS = 256  # moves of a state, one for each byte
_MOST_STATES = 4096  # whose moves are held, 1 kB each


def opened(home: Home | None) -> Any:
    """py3langid's identifier with probabilities, over the file in `home`, which is made on first use; in
    memory without a home, or where the file cannot be written."""
    from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

    if home is not None:
        packed = MODEL_DIR / MODEL_FILE
        unpacked = home.languages(hashlib.blake2b(packed.read_bytes(), digest_size=8).hexdigest())
        with suppress(HomeError):
            return _read(unpacked) or _built(home, packed, unpacked)
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


class _Stored:
    """Arrays of one .npy record, read in parts."""

    def __init__(self, path: Path) -> None:
        """Raises OSError, ValueError for a file that is none or is cut short."""
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        weakref.finalize(self, os.close, self._file)
        self._lock = threading.Lock()
        head = io.BytesIO(os.read(self._file, _HEAD))
        np.lib.format.read_magic(head)
        _, _, record = np.lib.format.read_array_header_1_0(head)
        self._start = head.tell()
        if os.fstat(self._file).st_size != self._start + record.itemsize:
            raise ValueError(f"{path} is damaged")
        # of each array its kind and where it begins
        self.fields: dict[str, tuple[np.dtype[Any], int]] = {
            name: (field[0], field[1]) for name, field in (record.fields or {}).items()
        }

    def whole(self, name: str) -> npt.NDArray[Any]:
        kind, start = self.fields[name]
        values = np.frombuffer(self.read(start, kind.itemsize), kind.base)
        return values.reshape(kind.shape)

    def read(self, start: int, size: int) -> bytes:
        with self._lock:
            os.lseek(self._file, self._start + start, os.SEEK_SET)
            return os.read(self._file, size)


class _Moves:
    """The automaton's next states, by state and byte; those that were asked for are held."""

    def __init__(self, stored: _Stored) -> None:
        self._stored, self._start = stored, stored.fields["moves"][1]
        self._held: dict[int, memoryview] = {}

    def __getitem__(self, index: int) -> int:
        state = index >> 8
        try:
            return self._held[state][index & 255]
        except KeyError:
            if len(self._held) >= _MOST_STATES:
                self._held = {}
            data = self._stored.read(self._start + 4 * _LETTERS * state, 4 * _LETTERS)
            self._held[state] = moves = memoryview(data).cast("I")
            return moves[index & 255]


class _Weights:
    """float16 (features, languages), read by row."""

    def __init__(self, stored: _Stored) -> None:
        kind, self._start = stored.fields["weights"]
        self._stored, self._kind, self._languages = stored, kind.base, kind.shape[1]

    def __getitem__(self, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
        size = self._languages * self._kind.itemsize
        data = b"".join(self._stored.read(self._start + row * size, size) for row in rows.tolist())
        return np.frombuffer(data, self._kind).reshape(-1, self._languages)


def _read(unpacked: Path) -> Any | None:
    """None where there is no such file, or a damaged one."""
    from py3langid.langid import LanguageIdentifier

    try:
        stored = _Stored(unpacked)
        outputs, rows = (stored.whole(name).data for name in ("outputs", "rows"))
        priors, classes = stored.whole("priors"), stored.whole("classes").tolist()
        moves, weights = _Moves(stored), _Weights(stored)
        return LanguageIdentifier(weights, priors, classes, moves, outputs, norm_probs=True, tk_row=rows)
    except (OSError, ValueError, KeyError):
        return None


def _built(home: Home, packed: Path, unpacked: Path) -> Any | None:
    """Raises HomeError."""
    with one_builder(home, unpacked):
        if (there := _read(unpacked)) is None:  # not by the process that was waited for
            write_parts(unpacked, _unpacked(packed))
    return there or _read(unpacked)


def _unpacked(packed: Path) -> Iterator[bytes | memoryview]:
    """An .npy file of one record with the model's arrays; never twice in memory."""
    from py3langid.modelio import load_model

    weights, priors, classes, moves, rows, outputs = load_model(packed)
    parts: dict[str, Any] = {
        "moves": np.asarray(moves, np.uint32),
        "outputs": np.asarray(outputs, np.int32),
        "priors": np.asarray(priors),
        "classes": np.array(classes),
        "weights": np.ascontiguousarray(weights),
        "rows": np.asarray(rows),
    }
    record = np.dtype([(name, part.dtype, part.shape) for name, part in parts.items()])
    head = io.BytesIO()
    described = {"descr": np.lib.format.dtype_to_descr(record), "fortran_order": False, "shape": ()}
    np.lib.format.write_array_header_1_0(head, described)
    yield head.getvalue()
    for part in parts.values():
        yield memoryview(part.view(np.uint8))
