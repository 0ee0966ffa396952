"""Pictures in Office files from before 2007: blips of the drawing records they share (MS-ODRAW)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from indexer.formats.old.compound import Compound
from indexer.formats.source import Source

_BLIP = re.compile(
    rb"(?s)[\x1d\x1e\x29\x2a]\xf0(....)(?=.{17,50}?(\xff\xd8\xff|\x89PNG\r\n|II\x2a\x00|MM\x00\x2a))"
)
_ENDINGS = {b"\xff": "jpg", b"\x89": "png", b"I": "tif", b"M": "tif"}
_STREAMS = ("Pictures", "Data", "1Table", "0Table", "WordDocument")
_DRAWING, _CONTINUED = 0x00EB, 0x003C  # records of a workbook


def pictures(source: Source) -> Iterator[tuple[str, bytes]]:
    """(name, data) of JPEG, PNG and TIFF, in the order of the file. Raises ExtractionFailed."""
    seen: set[bytes] = set()  # some are kept twice
    with Compound(source) as file:
        for data in (*map(file.stream, _STREAMS), _drawings(file.stream("Workbook") or b"")):
            for match in _BLIP.finditer(data or b""):
                assert data is not None
                picture = data[match.start(2) : match.end() + struct.unpack("<I", match[1])[0]]
                if picture not in seen:
                    seen.add(picture)
                    yield f"{len(seen)}.{_ENDINGS[match[2][:1]]}", picture


def _drawings(workbook: bytes) -> bytes:
    """What all sheets have drawn: one record, cut into pieces of 8 KB."""
    parts: list[bytes] = []
    at, before = 0, 0
    while at + 4 <= len(workbook):
        kind, size = struct.unpack_from("<HH", workbook, at)
        if kind == _DRAWING or (kind == _CONTINUED and before == _DRAWING):
            parts.append(workbook[at + 4 : at + 4 + size])
            kind = _DRAWING
        elif parts and kind != _DRAWING:
            break
        at, before = at + 4 + size, kind
    return b"".join(parts)
