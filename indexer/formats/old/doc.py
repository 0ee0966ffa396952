"""Word before 2007: the text of the piece table (MS-DOC), tables by rows, notes, headers and comments."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from indexer.formats.old.compound import Compound
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_ENCRYPTED, _TABLE_1, _COMPLEX = 0x0100, 0x0200, 0x0004  # flags of the file information block
_WORD_97 = 0x00C1
_CLX, _COUNTS = 0x01A2, 0x004C  # where the block tells of the piece table, and how long each part is
_PARTS = (None, "footnotes", "header and footer", "", "comments", "endnotes", "text boxes")
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x15]*))?\x15")
_SIGNS = {0x0B: "\n", 0x0C: "\n\n", 0x0D: "\n", 0x1E: "-", 0xA0: " ", 0x01: None, 0x02: None, 0x05: None,
          0x08: None, 0x1F: None, 0x13: None, 0x14: None, 0x15: None, 0x03: None, 0x04: None}  # fmt: skip


def read(source: Source) -> Document:
    with Compound(source) as file:
        main = file.stream("WordDocument")
        if main is None or len(main) < 0x1AA:
            raise ExtractionFailed("damaged: it has no text stream")
        version, flags = struct.unpack_from("<2xH6xH", main)
        if flags & _ENCRYPTED:
            raise ExtractionFailed("encrypted with a password")
        title, date = file.properties()
        table = file.stream("1Table" if flags & _TABLE_1 else "0Table")
        if version < _WORD_97 or not table:
            parts: Iterator[tuple[str | None, str]] = iter([(None, _old_text(main))])
        else:
            parts = _parts(main, "".join(_pieces(main, table)))
        writer = Writer(source)
        for name, raw in parts:
            text = _printed(raw)
            if not text:
                continue
            if name:
                writer.mark(anchor=name)
            if not writer.write(text + "\n\n"):
                break
        return writer.document("doc", title=title, date=date)


def _pieces(main: bytes, table: bytes) -> Iterator[str]:
    """The text, piece by piece: in one byte a letter, or in two."""
    at, size = struct.unpack_from("<II", main, _CLX)
    clx = table[at : at + size]
    place = 0
    while place + 3 <= len(clx) and clx[place] == 1:  # properties that pieces refer to
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    if place + 5 > len(clx) or clx[place] != 2:
        raise ExtractionFailed("damaged: it has no piece table")
    (length,) = struct.unpack_from("<I", clx, place + 1)
    pieces = clx[place + 5 : place + 5 + length]
    count = (len(pieces) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", pieces)
    for number in range(count):
        letters = ends[number + 1] - ends[number]
        (where,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        if not 0 <= letters <= len(main):
            return
        if where & 0x40000000:
            start = (where & 0x3FFFFFFF) // 2
            yield main[start : start + letters].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * letters].decode("utf-16-le", "replace")


def _parts(main: bytes, text: str) -> Iterator[tuple[str | None, str]]:
    """The document itself, then what stands beside it, each with its name."""
    counts = struct.unpack_from("<8I", main, _COUNTS)
    at = 0
    for name, count in zip(_PARTS, (*counts[:6], counts[6]), strict=True):
        yield name, text[at : at + count]
        at += count


def _old_text(main: bytes) -> str:
    """Word 6 and 95 keep the text in one stretch of one byte a letter."""
    first, last = struct.unpack_from("<II", main, 0x18)
    if not 0 < first < last <= len(main):
        raise ExtractionFailed("damaged: its text is not where it says")
    from indexer.formats.decoding import decode

    return decode(main[first:last].replace(b"\0", b""))


def _printed(raw: str) -> str:
    """Fields by their results, rows of tables as lines, marks of pictures and notes left out."""
    before = None
    while before != raw:
        before, raw = raw, _FIELD.sub(lambda m: m[1] or "", raw)
    text = raw.replace("\x07\x07", "\n").replace("\x07", " | ").translate(_SIGNS)
    lines = (line.rstrip(" |") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
