"""What a version of a table in a folder consists of, as LanceDB's manifest tells it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from searcher.store.wire import Message, roaring

MAGIC = b"LANC"
FORMATS = {(2, 1), (2, 2)}
_NEWEST_FIRST = (1 << 64) - 1  # manifests are named by what a version's number lacks to it


class Unreadable(Exception):
    """A file is laid out as nobody here knows it, or too many are."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """Rows that were written together. By the name of a column the file that holds it, and which of the
    file's columns it is; `rows` were written, and those are gone that the file `removed` tells of."""

    columns: dict[str, tuple[str, int]]
    rows: int
    removed: bytes


def read(folder: Path, version: int) -> tuple[dict[int, Fragment], set[int]]:
    """Fragments by number, and which of them the index of the vectors has. Raises Unreadable, OSError,
    ValueError, IndexError, struct.error."""
    manifest = folder / "_versions" / f"{_NEWEST_FIRST - version:020d}.manifest"
    data = manifest.read_bytes()
    if data[-4:] != MAGIC:
        raise Unreadable(manifest)
    content = _message_at(data, struct.unpack("<Q", data[-16:-8])[0])
    fields = {field.number(3): field.bytes(2).decode() for field in content.messages(1)}
    fragments: dict[int, Fragment] = {}
    for fragment in content.messages(2):
        columns: dict[str, tuple[str, int]] = {}
        for file in fragment.messages(2):
            if (file.number(4), file.number(5)) not in FORMATS or 7 in file.numbers():
                raise Unreadable(manifest)
            path = file.bytes(1).decode()
            for field, column in zip(file.packed(2), file.packed(3), strict=True):
                if field in fields:  # what was written anew in another file has none here
                    columns[fields[field]] = path, column
        fragments[fragment.number(1)] = Fragment(columns, fragment.number(4), fragment.bytes(3))
    indexed = set[int]()
    if 6 in content.numbers():
        for index in _message_at(data, content.number(6)).messages(1):
            if [fields.get(field) for field in index.packed(2)] == ["vector"]:
                indexed |= set(roaring(index.bytes(5)))
    return fragments, indexed


def _message_at(data: bytes, at: int) -> Message:
    (length,) = struct.unpack("<I", data[at : at + 4])
    return Message(data[at + 4 : at + 4 + length])
