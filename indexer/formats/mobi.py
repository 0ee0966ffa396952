"""Kindle and Mobipocket books (.mobi, .azw, .azw3, .prc): a Palm database, whose records make one page."""

from __future__ import annotations

import struct

from indexer.formats.decoding import decode
from indexer.formats.html import Page
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_TYPES = (b"BOOKMOBI", b"TEXtREAd")  # at byte 60; the second is plain text
_PLAIN, _PALMDOC, _UTF_8 = 1, 2, 65001
_EXTH, _PUBLISHED = b"EXTH", 106


def read(source: Source) -> Document:
    data = source.data
    if data[60:68] not in _TYPES:
        raise ExtractionFailed("damaged: it does not begin as a Kindle book does")
    (count,) = struct.unpack_from(">H", data, 76)
    if not count:
        raise ExtractionFailed("damaged: it has no records")
    starts = [struct.unpack_from(">I", data, 78 + 8 * number)[0] for number in range(count)]
    records = [data[a:b] for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]
    head = records[0]
    packing, size, number = struct.unpack_from(">H2xIH", head)
    (locked,) = struct.unpack_from(">H", head, 12)
    if locked and data[60:68] == b"BOOKMOBI":
        raise ExtractionFailed("encrypted (protected against copying)")
    if packing not in (_PLAIN, _PALMDOC):
        raise UnreadableKind("a Kindle book packed as only Kindle reads it; convert it to EPUB to search it")
    is_book = head[16:20] == b"MOBI" and len(head) >= 132
    (code_page,) = struct.unpack_from(">I", head, 28) if is_book else (0,)
    length = struct.unpack_from(">I", head, 20)[0] if is_book else 0
    flags = struct.unpack_from(">H", head, 0xF2)[0] if length >= 0xE4 and len(head) >= 0xF4 else 0
    source.budget.spend(size)
    parts: list[bytes] = []
    writer = Writer(source)
    for record in records[1 : number + 1]:
        if source.budget.late:
            writer.notes.append(
                "only its beginning was read: "
                f"it takes more than {source.limits.seconds:g} s (extract_seconds)"
            )
            break
        record = record[: len(record) - _trailing(record, flags)]
        parts.append(_unpacked(record) if packing == _PALMDOC else record)
    raw = b"".join(parts)
    text = raw.decode("utf-8", "replace") if code_page == _UTF_8 else decode(raw, declared="cp1252")
    page = None
    if is_book:
        page = Page(text.replace("\0", ""), framed=False)
        page.write(writer)
    else:
        writer.write(text)
    title = _title(head, code_page) if is_book else data[:32].partition(b"\0")[0].decode("cp1252", "replace")
    return writer.document("mobi", title=title or (page.title if page else None), date=_date(head, length))


def _title(head: bytes, code_page: int) -> str:
    offset, size = struct.unpack_from(">II", head, 84)
    return head[offset : offset + min(size, 1_000)].decode(
        "utf-8" if code_page == _UTF_8 else "cp1252", "replace"
    )


def _date(head: bytes, length: int) -> str | None:
    """The day of publication that the book gives itself."""
    from indexer.formats.dates import iso_date

    at = 16 + length
    if head[at : at + 4] != _EXTH:
        return None
    (count,) = struct.unpack_from(">I", head, at + 8)
    at += 12
    for _ in range(min(count, 1_000)):
        if at + 8 > len(head):
            break
        kind, size = struct.unpack_from(">II", head, at)
        if kind == _PUBLISHED:
            return iso_date(head[at + 8 : at + size].decode("latin-1"))
        at += max(size, 8)
    return None


def _trailing(record: bytes, flags: int) -> int:
    """Bytes at the end of a record that are no text: for each flag a stretch that ends with its length."""
    trailing = 0
    for bit in range(15, 0, -1):
        if flags >> bit & 1:
            size = 0
            for shift, byte in enumerate(
                reversed(record[max(len(record) - trailing - 4, 0) : len(record) - trailing])
            ):
                size |= (byte & 0x7F) << (7 * shift)
                if byte & 0x80:
                    break
            trailing += size
    if flags & 1 and trailing < len(record):
        trailing += (record[len(record) - trailing - 1] & 3) + 1
    return min(trailing, len(record))


def _unpacked(packed: bytes) -> bytes:
    """PalmDOC: letters, stretches of what came before, and letters with a space before them."""
    out = bytearray()
    at = 0
    while at < len(packed):
        byte = packed[at]
        at += 1
        if 1 <= byte <= 8:
            out += packed[at : at + byte]
            at += byte
        elif byte < 0x80:
            out.append(byte)
        elif byte >= 0xC0:
            out += bytes((0x20, byte ^ 0x80))
        elif at < len(packed):
            pair = byte << 8 | packed[at]
            at += 1
            distance, length = pair >> 3 & 0x7FF, (pair & 7) + 3
            if 0 < distance <= len(out):
                for _ in range(length):
                    out.append(out[-distance])
    return bytes(out)
