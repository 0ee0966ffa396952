"""The parts of a picture, a recording or a film that say what it is: of a library of photos a tenth is read.

An excerpt travels as bytes (a beginning that no such file has, the file's size, the parts) and is read as if
it were the file, with zeros where nothing was taken."""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from indexer.formats.registry import BY_ENDING

MEDIA = frozenset({"picture", "audio", "video"})
_WHOLE = frozenset({"webp", "avif"})  # their libraries read all of the file
_MARK = b"\0searcher excerpt\n"
_NUMBERS = struct.Struct("<QI")  # size, parts
_PART = struct.Struct("<QQ")  # offset, length
_HEAD, _TAIL = 512 << 10, 128 << 10
_BOX = 8 << 20  # bytes of one part of an MP4 file besides its sound and pictures
_BOXES = 200
_FRAME, _SOUND = 16, 64 << 10  # bytes of the head of a frame, and of the sound behind a tag
_PICTURES = (b"APIC", b"PIC", b"GEOB", b"GEO", b"PRIV")
_FLAC_PICTURE = 6
_ZEROS = 32 << 20  # that one reading may take for the file's own bytes


def applies(name: str) -> bool:
    """Whether of a file of this name only parts are read, so that no size is too large."""
    ending = name.lower().rpartition(".")[2]
    return BY_ENDING.get(ending) in MEDIA and ending not in _WHOLE


def take(file: BinaryIO, size: int) -> bytes:
    """The whole of a small file, or its excerpt. Raises OSError."""
    if size <= _HEAD + _TAIL:
        file.seek(0)
        return file.read(size + 1)
    parts = [(0, _HEAD), *_boxes(file, size), *_tags(file, size), (size - _TAIL, _TAIL)]
    taken: list[tuple[int, bytes]] = []
    end = 0
    for offset, length in sorted(parts):
        start = max(offset, end)
        if start < offset + length:
            file.seek(start)
            taken.append((start, file.read(offset + length - start)))
            end = offset + length
    index = b"".join(_PART.pack(offset, len(data)) for offset, data in taken)
    return b"".join((_MARK, _NUMBERS.pack(size, len(taken)), index, *(data for _, data in taken)))


def _boxes(file: BinaryIO, size: int) -> list[tuple[int, int]]:
    """What an MP4 file has between its sound and pictures, which may come anywhere."""
    parts: list[tuple[int, int]] = []
    at = 0
    for _ in range(_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 16 or (at == 0 and head[4:8] != b"ftyp"):
            break
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:], "big")
        if length < 8 or at + length > size:
            break
        parts.append((at, 16 if head[4:8] in (b"mdat", b"free", b"skip") else min(length, _BOX)))
        at += length
    return parts


def _tags(file: BinaryIO, size: int) -> list[tuple[int, int]]:
    """What the tags at the beginning of an MP3 or a FLAC file say besides their pictures, which may be larger
    than all that is read else, and the first sound after them."""
    file.seek(0)
    head = file.read(10)
    if head[:4] == b"fLaC":
        blocks = _flac(file)
    elif head[:3] == b"ID3" and len(head) == 10:
        blocks = _id3(file, head[3], 10 + _seven_bits(head[6:10]))
    else:
        return []
    parts = [(at, length if wanted else _FRAME) for at, length, wanted in islice(blocks, _BOXES - 1)]
    return [(at, min(length, _BOX, size - at)) for at, length in parts if at < size]


def _id3(file: BinaryIO, version: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Offset, length and whether it is no picture, of the frames of a tag, and of what follows it."""
    at = 10
    long = version > 2  # before, names and sizes had three bytes
    while at + _FRAME < end:
        file.seek(at)
        head = file.read(_FRAME)
        name, number = (head[:4], head[4:8]) if long else (head[:3], head[3:6])
        if not name.strip(b"\0").isalnum():
            break  # padding
        length = (10 if long else 6) + (_seven_bits(number) if version > 3 else int.from_bytes(number, "big"))
        yield at, length, name not in _PICTURES
        at += length
    yield end, _SOUND, True


def _flac(file: BinaryIO) -> Iterator[tuple[int, int, bool]]:
    at, last = 4, False
    while not last:
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            return
        last, kind, length = bool(head[0] & 0x80), head[0] & 0x7F, 4 + int.from_bytes(head[1:], "big")
        yield at, length, kind != _FLAC_PICTURE
        at += length
    yield at, _SOUND, True


def _seven_bits(number: bytes) -> int:
    value = 0
    for byte in number:
        value = value << 7 | byte & 0x7F
    return value


def opened(data: bytes) -> tuple[BinaryIO, int]:
    """A file to read from for what `take` gave, and its size in bytes."""
    if not data.startswith(_MARK):
        return io.BytesIO(data), len(data)
    at = len(_MARK) + _NUMBERS.size
    try:
        size, count = _NUMBERS.unpack_from(data, len(_MARK))
        index = [_PART.unpack_from(data, at + n * _PART.size) for n in range(min(count, _BOXES + 2))]
    except struct.error:
        return io.BytesIO(data), len(data)
    at += len(index) * _PART.size
    parts = []
    for offset, length in index:
        parts.append((offset, data[at : at + length]))
        at += length
    return io.BufferedReader(_Excerpt(size, parts)), size


class _Excerpt(io.RawIOBase):
    def __init__(self, size: int, parts: list[tuple[int, bytes]]) -> None:
        self._size, self._parts, self._at = size, parts, 0
        self._starts = [offset for offset, _ in parts]
        self._zeros = _ZEROS

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise OSError("before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        number = bisect_right(self._starts, self._at) - 1
        if number >= 0:
            offset, part = self._parts[number]
            piece = part[self._at - offset : self._at - offset + len(buffer)]
            if piece:
                buffer[: len(piece)] = piece
                self._at += len(piece)
                return len(piece)
        following = self._starts[number + 1] if number + 1 < len(self._starts) else self._size
        length = max(0, min(len(buffer), following - self._at, self._zeros))
        buffer[:length] = bytes(length)
        self._zeros -= length
        self._at += length
        return length
