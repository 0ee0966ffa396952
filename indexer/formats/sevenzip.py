"""7z archives: their directory (7-Zip's 7zFormat.txt), and what the standard library unpacks.

What is not unpacked is what it does not know: PPMd, BCJ2, encryption."""

from __future__ import annotations

import bz2
import lzma
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from indexer.formats.source import MEGABYTE, Source
from searcher.errors import ExtractionFailed

MAGIC = b"7z\xbc\xaf\x27\x1c"
_END, _HEADER, _ARCHIVE, _MAIN, _FILES, _PACKED, _FOLDERS, _PARTS = 0, 1, 2, 4, 5, 6, 7, 8
_SIZES, _DIGESTS, _FOLDER, _UNPACKED, _COUNTS, _EMPTY, _EMPTY_FILES, _NAMES, _PACKED_HEADER = (
    9, 10, 11, 12, 13, 14, 15, 17, 23,
)  # fmt: skip
_COPY, _LZMA2, _LZMA, _BZIP2, _AES = b"\0", b"\x21", b"\x03\x01\x01", b"\x04\x02\x02", b"\x06\xf1\x07\x01"
_FILTERS = {b"\x03": lzma.FILTER_DELTA, b"\x03\x03\x01\x03": lzma.FILTER_X86, b"\x04": lzma.FILTER_X86}
_LARGEST_DIRECTORY = 16 * MEGABYTE
_PIECE = MEGABYTE


@dataclass(slots=True)
class _Folder:
    """Files packed as one stream."""

    coders: list[tuple[bytes, bytes]]  # method and its properties
    sizes: list[int] = field(default_factory=list)  # of what each coder gives
    parts: list[int] = field(default_factory=list)  # sizes of the files
    packed: bytes = field(default=b"", repr=False)


def members(source: Source) -> Iterator[tuple[str, bytes | ExtractionFailed]]:
    """(name, content) of the files in their order. Raises ExtractionFailed."""
    try:
        names, folders = _directory(source.data, source.limits.members)
    except (struct.error, IndexError, lzma.LZMAError, EOFError, ValueError, UnicodeDecodeError) as error:
        raise ExtractionFailed("damaged or cut off: its directory cannot be read") from error
    total = sum(size for folder in folders for size in folder.parts)
    if total > 16 * MEGABYTE and total > source.limits.ratio * len(source.data):
        raise ExtractionFailed(f"it unpacks to {total // len(source.data)} times its size (a zip bomb?)")
    waiting = iter(names)
    for folder in folders:
        stream = _Stream(folder)
        for size in folder.parts:
            name = next(waiting, "a member without a name")
            if size > source.limits.file_bytes:
                stream.skip(size)
                yield name, ExtractionFailed("too large")
                continue
            data = stream.read(size)
            yield name, data if len(data) == size else ExtractionFailed(stream.reason or "damaged or cut off")


class _Stream:
    """What a folder unpacks to, from its beginning on. After damage, and of unknown methods, nothing."""

    def __init__(self, folder: _Folder) -> None:
        self.reason = ""
        self._given, self._at, self._decoder = folder.packed, 0, None
        methods = [coder for coder, _ in folder.coders]
        packing = [coder for coder in folder.coders if coder[0] in (_LZMA, _LZMA2)]
        filters = [_filter(*coder) for coder in folder.coders if coder[0] in _FILTERS]
        size = folder.sizes[0] if folder.sizes else 0
        if _AES in methods:
            self.reason = "encrypted with a password"
        elif methods == [_COPY]:
            pass
        elif methods == [_BZIP2]:
            self._decoder = bz2.BZ2Decompressor()
        elif len(packing) == 1 and len(filters) == len(methods) - 1 <= (packing[0][0] == _LZMA2):
            self._decoder = _lzma([*filters, _packing(*packing[0], size)])
        else:
            self.reason = "packed by a method that is not read; pack it with LZMA2, 7-Zip's usual one"

    def read(self, size: int) -> bytes:
        """Fewer bytes where the stream ends or is damaged."""
        if self.reason:
            return b""
        if self._decoder is None:
            self._at += size
            return self._given[self._at - size : self._at]
        parts: list[bytes] = []
        while size > 0 and not self._decoder.eof:
            try:
                data = self._decoder.decompress(self._given, min(size, _PIECE))
            except (lzma.LZMAError, OSError, EOFError):
                self.reason = "damaged"
                break
            self._given = b""
            if not data and self._decoder.needs_input:
                break
            parts.append(data)
            size -= len(data)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        while size > 0 and (data := self.read(min(size, _PIECE))):
            size -= len(data)


def _lzma(filters: list[dict[str, int]]) -> Any:
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)


def _filter(method: bytes, properties: bytes) -> dict[str, int]:
    kind = _FILTERS[method]
    return {"id": kind, "dist": properties[0] + 1} if kind == lzma.FILTER_DELTA else {"id": kind}


def _packing(method: bytes, properties: bytes, size: int) -> dict[str, int]:
    """A dictionary is never larger than what is unpacked with it, whatever the archive says."""
    if method == _LZMA2:
        bits = properties[0] & 63
        given = (2 | bits & 1) << (bits // 2 + 11)
        return {"id": lzma.FILTER_LZMA2, "dict_size": max(min(given, size), 4096)}
    letters, given = struct.unpack("<BI", properties[:5])
    rest, lc = divmod(letters, 9)
    pb, lp = divmod(rest, 5)
    return {"id": lzma.FILTER_LZMA1, "dict_size": max(min(given, size), 4096), "lc": lc, "lp": lp, "pb": pb}


def _directory(data: bytes, most: int) -> tuple[list[str], list[_Folder]]:
    """Names of the files that have content, and the folders in which they are packed."""
    offset, size = struct.unpack_from("<QQ", data, 12)
    if size == 0:
        return [], []
    head = _Bytes(data[32 + offset : 32 + offset + size])
    if len(head.data) < size or size > _LARGEST_DIRECTORY:
        raise EOFError
    while (kind := head.number()) == _PACKED_HEADER:
        (folder, *_) = _streams(head, data)
        if folder.sizes[0] > _LARGEST_DIRECTORY:
            raise ValueError
        stream = _Stream(folder)
        head = _Bytes(stream.read(folder.sizes[0]))
        if stream.reason:
            raise ExtractionFailed(stream.reason)
    if kind != _HEADER:
        raise ValueError
    names: list[str] = []
    folders: list[_Folder] = []
    while (kind := head.number()) != _END:
        if kind == _MAIN:
            folders = _streams(head, data)
        elif kind == _FILES:
            names = _names(head, most)
            break
        elif kind == _ARCHIVE:
            while head.number() != _END:
                head.take(head.number())
        else:
            raise ValueError
    return names, folders


def _names(head: _Bytes, most: int) -> list[str]:
    count = head.number()
    if count > most:
        raise ExtractionFailed(f"it has more than {most:,} members")
    names: list[str] = []
    empty = [False] * count
    while (kind := head.number()) != _END:
        inside = _Bytes(head.take(head.number()))
        if kind == _EMPTY:
            empty = inside.bits(count)
        elif kind == _NAMES:
            inside.take(1)
            names = inside.data[1:].decode("utf-16-le").split("\0")[:count]
    return [name for name, is_empty in zip(names, empty, strict=False) if not is_empty]


def _streams(head: _Bytes, data: bytes) -> list[_Folder]:
    """The folders, each with its packed bytes and the sizes of its files."""
    start, packed, folders = 0, [0], list[_Folder]()
    while (kind := head.number()) != _END:
        if kind == _PACKED:
            start, count = head.number(), head.number()
            while (kind := head.number()) != _END:
                if kind == _SIZES:
                    packed = [head.number() for _ in range(count)]
                else:
                    head.digests(count)
        elif kind == _FOLDERS:
            folders = _folders(head)
        elif kind == _PARTS:
            _divide(head, folders)
        else:
            raise ValueError
    at = 32 + start
    for folder, size in zip(folders, packed, strict=True):
        folder.packed = data[at : at + size]
        folder.parts = folder.parts or folder.sizes[:1]
        at += size
    return folders


def _folders(head: _Bytes) -> list[_Folder]:
    if head.number() != _FOLDER:
        raise ValueError
    count = head.number()
    if head.take(1) != b"\0":
        raise ValueError
    folders = [_folder(head) for _ in range(count)]
    while (kind := head.number()) != _END:
        if kind == _UNPACKED:
            for folder in folders:
                folder.sizes = [head.number() for _ in folder.coders]
        else:
            head.digests(count)
    return folders


def _folder(head: _Bytes) -> _Folder:
    """A chain of coders; one that branches (BCJ2) is not read."""
    coders = []
    for _ in range(head.number()):
        (flags,) = head.take(1)
        method = head.take(flags & 15)
        if flags & 0x10 and (head.number(), head.number()) != (1, 1):
            raise ExtractionFailed("packed by a method that is not read (BCJ2, for programs)")
        coders.append((method, head.take(head.number()) if flags & 0x20 else b""))
    for _ in range(2 * (len(coders) - 1)):  # which gives to which: one to the next in every archive there is
        head.number()
    return _Folder(coders)


def _divide(head: _Bytes, folders: list[_Folder]) -> None:
    counts = [1] * len(folders)
    kind = head.number()
    if kind == _COUNTS:
        counts = [head.number() for _ in folders]
        kind = head.number()
    if kind == _SIZES:
        for folder, count in zip(folders, counts, strict=True):
            folder.parts = [head.number() for _ in range(count - 1)]
        kind = head.number()
    for folder, count in zip(folders, counts, strict=True):
        folder.parts = [*folder.parts, folder.sizes[0] - sum(folder.parts)] if count else []
    while kind != _END:  # sums, one for each file that is not alone in its folder, or for all
        head.digests(sum(count for count in counts if count != 1) or sum(counts))
        kind = head.number()


@dataclass(slots=True)
class _Bytes:
    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise EOFError
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """As many bytes follow the first one as it has leading ones; its other bits are the highest."""
        (first,) = self.take(1)
        extra = 8
        for count in range(8):
            if not first & (0x80 >> count):
                extra = count
                break
        low = int.from_bytes(self.take(extra), "little")
        return low | (first & (0x7F >> extra)) << (8 * extra) if extra < 8 else low

    def bits(self, count: int) -> list[bool]:
        packed = self.take((count + 7) // 8)
        return [bool(packed[n // 8] & (0x80 >> n % 8)) for n in range(count)]

    def digests(self, count: int) -> None:
        defined = [True] * count if self.take(1) != b"\0" else self.bits(count)
        self.take(4 * sum(defined))
