"""winmail.dat, the wrapping that Outlook puts around a mail's text and attachments (MS-OXTNEF)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from indexer.formats import reading, refused
from indexer.formats.mail import mapi
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_ATTACHMENT, _TITLE, _DATA, _ATTACHMENT_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_STRINGS = (0x1E, 0x1F, 0x102, 0x0D)


def read(source: Source) -> Document:
    letter, page = mapi.Letter(), None
    names: list[str] = []
    files: list[bytes] = []
    for number, data in _attributes(source.data):
        if number == _CODE_PAGE and len(data) >= 4:
            (page,) = struct.unpack_from("<I", data)
        elif number == _SUBJECT:
            letter.subject = mapi.text(data, wide=False, code_page=page)
        elif number == _BODY:
            letter.plain = mapi.text(data, wide=False, code_page=page)
        elif number == _PROPERTIES:
            _take(letter, data, page)
        elif number == _NEW_ATTACHMENT:
            names.append("")
            files.append(b"")
        elif number == _TITLE and names:
            names[-1] = names[-1] or mapi.text(data, wide=False, code_page=page)
        elif number == _DATA and files:
            files[-1] = data
        elif number == _ATTACHMENT_PROPERTIES and names:
            properties = dict(_properties(data, page))
            name = properties.get(mapi.LONG_NAME) or properties.get(mapi.DISPLAY_NAME)
            names[-1] = name if isinstance(name, str) and name else names[-1]
            if not files[-1] and isinstance(content := properties.get(mapi.CONTENT), bytes):
                files[-1] = content[16:]  # behind the identifier of an object
    return written(source, "tnef", letter, list(zip(names, files, strict=True)))


def written(source: Source, kind: str, letter: mapi.Letter, files: list[tuple[str, bytes]]) -> Document:
    """The letter, then each of its files."""
    writer = Writer(source)
    subject = one_line(letter.subject)
    heading = (subject,) if subject else ()
    letter.write(writer, heading=heading, anchor=None)
    for number, inner in enumerate(letter.inner, 1):
        name = one_line(inner.subject) or f"mail {number}"
        inner.write(writer, heading=(*heading, name), anchor=f"attachment {name}")
        files = files + inner.attachments
    for name, data in files:
        shown = one_line(name) or "attachment"
        if not data or writer.full:
            continue
        try:
            document = reading.read_member(source, shown, data)
        except ExtractionFailed as error:
            if isinstance(error, UnreadableKind) and not refused.is_worth_telling(shown, error):
                continue
            writer.notes.append(f"attachment {shown}: {error}")
            continue
        writer.insert(document, anchor=f"attachment {shown}", heading=heading)
    return writer.document(kind, title=subject, date=letter.date)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6  # behind the signature and a key
    while at + 9 <= len(data):
        number, _, size = struct.unpack_from("<xHHI", data, at)
        at += 9
        yield number, data[at : at + size]
        at += size + 2  # and a checksum


def _take(letter: mapi.Letter, data: bytes, page: int | None) -> None:
    for number, value in _properties(data, page):
        if number == mapi.HTML:
            letter.html = value if isinstance(value, bytes) else value.encode()
        elif number == mapi.RTF and isinstance(value, bytes):
            letter.rtf = mapi.unpacked_rtf(value)
        elif isinstance(value, str):
            if number == mapi.BODY:
                letter.plain = letter.plain or value
            elif number == mapi.SUBJECT:
                letter.subject = letter.subject or value


def _properties(data: bytes, page: int | None) -> Iterator[tuple[int, str | bytes]]:
    """(number, value) of the properties that are text or bytes; stops where they make no sense."""
    if len(data) < 4:
        return
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, 5_000)):
        if at + 4 > len(data):
            return
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _behind_name(data, at)
        many, kind = kind & 0x1000, kind & 0xFFF
        if kind not in _STRINGS and not many:
            if kind not in _FIXED:
                return
            at += _FIXED[kind]
            continue
        if at + 4 > len(data):
            return
        (values,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(min(values, 5_000)):
            if many and kind in _FIXED:
                at += _FIXED[kind]
                continue
            if at + 4 > len(data):
                return
            (size,) = struct.unpack_from("<I", data, at)
            value = data[at + 4 : at + 4 + size]
            at += 4 + (size + 3) // 4 * 4
            if kind == 0x102 or kind == 0x0D:
                yield number, value
            else:
                yield number, mapi.text(value, wide=kind == 0x1F, code_page=page)


def _behind_name(data: bytes, at: int) -> int:
    """Behind a named property's name: an identifier, and a number or a text."""
    if at + 24 > len(data):
        return len(data)
    (by_text,) = struct.unpack_from("<I", data, at + 16)
    if not by_text:
        return at + 24
    (size,) = struct.unpack_from("<I", data, at + 20)
    return int(at + 24 + (size + 3) // 4 * 4)
