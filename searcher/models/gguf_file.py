"""Reading and writing GGUF files: metadata, the list of tensors, and a writer whose bytes never vary.

The format is documented in ggml's docs/gguf.md (version 3). Token lists have 150,000 strings and more, so
the reader steps over arrays unless they are asked for.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from searcher import system
from searcher.errors import ModelBroken

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_ALIGNMENT = 32

# ggml type -> (values a block, bytes a block)
BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    9: (32, 36),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    30: (1, 2),
}
TYPE_NAMES = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    6: "Q5_0",
    7: "Q5_1",
    8: "Q8_0",
    12: "Q4_K",
    13: "Q5_K",
    14: "Q6_K",
    30: "BF16",
}
F32, F16, Q4_0, BF16 = 0, 1, 2, 30


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; `shape` innermost dimension first, `start` in bytes from the beginning of the file."""

    name: str
    shape: tuple[int, ...]
    type: int
    start: int
    size: int | None  # None for a weight format this reader does not know


@dataclass(frozen=True, slots=True)
class Gguf:
    """The head of a GGUF file. Arrays are left out of `metadata` unless `read` was asked for them."""

    path: Path
    metadata: Mapping[str, Any]
    tensors: Mapping[str, Tensor]
    spans: Mapping[str, tuple[int, int]]  # where each metadata value lies in the file, type number first

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", ""))

    def of_architecture(self, key: str) -> Any | None:
        return self.metadata.get(f"{self.architecture}.{key}")


class _Cursor:
    """A place in the mapped file; reading past the end is a truncated file."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self.data, self.at)
        self.at += struct.calcsize(layout)
        return values

    def number(self, letter: str) -> Any:
        return self.unpack("<" + letter)[0]

    def string(self) -> str:
        length = self.number("Q")
        if self.at + length > len(self.data):
            raise struct.error
        text = self.data[self.at : self.at + length]
        self.at += length
        return text.decode("utf-8", "replace")

    def skip_strings(self, count: int) -> None:
        at, data, length = self.at, self.data, struct.Struct("<Q").unpack_from
        for _ in range(count):
            at += 8 + length(data, at)[0]
        self.at = at

    def value(self, kind: int, *, keep_array: bool) -> Any:
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            raise struct.error
        inner, count = self.unpack("<IQ")
        if inner in _SCALARS:
            letter = _SCALARS[inner]
            if keep_array:
                return list(self.unpack(f"<{count}{letter}"))
            self.at += count * struct.calcsize(letter)
        elif inner == _STRING and not keep_array:
            self.skip_strings(count)
        else:
            return [self.value(inner, keep_array=True) for _ in range(count)]
        return None


def width(head: Gguf) -> int:
    """Dimension of the vectors a model gives."""
    return int(head.of_architecture("embedding_length_out") or head.of_architecture("embedding_length") or 0)


def read(path: Path, *, arrays: bool = False) -> Gguf:
    """Metadata and tensor list of `path`. Raises ModelBroken for a file that is no GGUF or was cut short."""
    try:
        with open(path, "rb") as file:
            if file.read(4) != b"GGUF":
                raise ModelBroken(f"{path} is not a GGUF file; give the path of a GGUF embedding model")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _parse(path, data, arrays)
    except OSError as error:
        raise ModelBroken(f"cannot read the model {path}: {error.strerror}; check the path") from error
    except (struct.error, OverflowError, MemoryError, ValueError, IndexError) as error:
        raise ModelBroken(
            f"the model {path} is truncated or damaged; remove it and fetch it again"
        ) from error


def _parse(path: Path, data: mmap.mmap, arrays: bool) -> Gguf:
    cursor = _Cursor(data)
    cursor.at = 4
    version, n_tensors, n_values = cursor.unpack("<IQQ")
    if version not in (2, 3):
        raise ModelBroken(f"{path} is GGUF version {version}, which is not readable; fetch a current file")
    metadata: dict[str, Any] = {}
    spans: dict[str, tuple[int, int]] = {}
    for _ in range(n_values):
        key = cursor.string()
        start = cursor.at
        value = cursor.value(cursor.number("I"), keep_array=arrays)
        spans[key] = (start, cursor.at)
        if value is not None:
            metadata[key] = value
    listed = []
    for _ in range(n_tensors):
        name = cursor.string()
        shape = cursor.unpack(f"<{cursor.number('I')}Q")
        listed.append((name, shape, *cursor.unpack("<IQ")))
    base = _aligned(cursor.at, int(metadata.get("general.alignment", _ALIGNMENT)))
    tensors = {}
    for name, shape, kind, offset in listed:
        block = BLOCKS.get(kind)
        size = prod(shape) // block[0] * block[1] if block else None
        if base + offset + (size or 0) > len(data):
            raise struct.error
        tensors[name] = Tensor(name, shape, kind, base + offset, size)
    return Gguf(path, metadata, tensors, spans)


def _aligned(at: int, alignment: int = _ALIGNMENT) -> int:
    return -(-at // alignment) * alignment


@dataclass(frozen=True, slots=True)
class Blob:
    """A tensor to write, in the layout of ggml type `type`; `make` gives its bytes when their turn comes,
    so that a large model is never in memory as a whole."""

    name: str
    shape: tuple[int, ...]  # innermost first
    type: int
    make: Callable[[], bytes | memoryview]

    @property
    def size(self) -> int:
        values, bytes_ = BLOCKS[self.type]
        return prod(self.shape) // values * bytes_


@dataclass(frozen=True, slots=True)
class Typed:
    """A metadata value whose GGUF type Python's own types do not tell: "u32", "f32", "i32", "u8" arrays."""

    letter: str  # of the struct module
    value: Any


@dataclass(frozen=True, slots=True)
class Encoded:
    """A metadata value as it lies in another GGUF, type number first."""

    data: bytes


def write(
    path: Path,
    metadata: Mapping[str, Any],
    tensors: Iterable[Blob],
    *,
    accept: Callable[[str], None] | None = None,
) -> str:
    """Write a GGUF beside `path` and move it there in one step, so that no half file ever has the name.

    Returns the file's sha256; `accept` sees it before the file gets its name and may raise to refuse it.
    """
    blobs = list(tensors)  # their bytes are made one after the other
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(blobs), len(metadata)))
    for key, value in metadata.items():
        head += _text(key) + _encoded(value)
    offset = 0
    for blob in blobs:
        head += _text(blob.name) + struct.pack("<I", len(blob.shape))
        head += struct.pack(f"<{len(blob.shape)}Q", *blob.shape) + struct.pack("<IQ", blob.type, offset)
        offset = _aligned(offset + blob.size)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as out:
            for part in _parts(bytes(head), blobs):
                out.write(part)
                digest.update(part)
            out.flush()
            os.fsync(out.fileno())
        if accept:
            accept(digest.hexdigest())
        system.replace(temporary, path)
        return digest.hexdigest()
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _parts(head: bytes, blobs: list[Blob]) -> Iterator[bytes | memoryview]:
    yield head.ljust(_aligned(len(head)), b"\0")
    for blob in blobs:
        data = blob.make()
        if len(data) != blob.size:
            raise ValueError(f"tensor {blob.name} has {len(data)} bytes, its shape says {blob.size}")
        yield data
        yield bytes(_aligned(blob.size) - blob.size)


_KINDS = {letter: kind for kind, letter in _SCALARS.items()}


def _text(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(raw)) + raw


def _encoded(value: Any) -> bytes:
    """Type number and bytes of one metadata value; whole numbers are u32, fractions f32."""
    if isinstance(value, Encoded):
        return value.data
    if isinstance(value, Typed):
        if isinstance(value.value, bytes):
            size = struct.calcsize("<" + value.letter)
            return struct.pack("<IIQ", _ARRAY, _KINDS[value.letter], len(value.value) // size) + value.value
        return struct.pack("<I" + value.letter, _KINDS[value.letter], value.value)
    if isinstance(value, bool):
        return struct.pack("<I?", _KINDS["?"], value)
    if isinstance(value, int):
        return struct.pack("<II", _KINDS["I"], value)
    if isinstance(value, float):
        return struct.pack("<If", _KINDS["f"], value)
    if isinstance(value, str):
        return struct.pack("<I", _STRING) + _text(value)
    if isinstance(value, (list, tuple)) and all(isinstance(item, (str, bytes)) for item in value):
        return struct.pack("<IIQ", _ARRAY, _STRING, len(value)) + b"".join(map(_text, value))
    raise TypeError(f"no GGUF type for {type(value).__name__}")
