"""What Outlook's own formats share: properties by number, compressed RTF, a mail's parts."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from indexer.formats import charsets
from indexer.formats.decoding import decode
from indexer.formats.html import Page, declared_in
from indexer.formats.mail.body import best
from indexer.formats.rtf import parsed
from indexer.formats.writing import Writer
from searcher.errors import UnreadableKind

# property numbers (MS-OXPROPS)
SUBJECT, SENT, RECEIVED = 0x0037, 0x0039, 0x0E06
SENDER, SENDER_ADDRESS, SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
TO, CC = 0x0E04, 0x0E03
BODY, RTF, HTML = 0x1000, 0x1009, 0x1013
CONTENT, LONG_NAME, SHORT_NAME, DISPLAY_NAME, MIME_TYPE = 0x3701, 0x3707, 0x3704, 0x3001, 0x370E
CODE_PAGE, INTERNET_CODE_PAGE = 0x3FFD, 0x3FDE

_SEED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_LARGEST = 50 << 20  # bytes of RTF


@dataclass(slots=True)
class Letter:
    """A mail as Outlook keeps it."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    date: str | None = None
    plain: str = ""
    html: bytes = b""
    rtf: bytes = b""
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    inner: list[Letter] = field(default_factory=list)

    def write(self, writer: Writer, *, heading: tuple[str, ...], anchor: str | None) -> None:
        writer.mark(heading=heading, anchor=anchor)
        shown = {
            "From": self.sender,
            "To": self.to,
            "Cc": self.cc,
            "Date": self.date,
            "Subject": self.subject,
        }
        fields = "\n".join(f"{name}: {' '.join(value.split())}" for name, value in shown.items() if value)
        if fields:
            writer.write(fields + "\n\n")
        pages = self._pages()  # or the plain text, where it is kept as RTF
        for text in best(self.plain.strip(), pages):
            if isinstance(text, Page):
                text.write(writer, heading=heading, anchor=anchor)
                writer.mark(heading=heading, anchor=anchor)
            else:
                writer.write(text + "\n\n")

    def _pages(self) -> list[Page]:
        if not self.html and self.rtf and not self.plain.strip():
            self.plain = parsed(self.rtf)[0]
        if not self.html:
            return []
        try:
            return [Page(decode(self.html, declared=declared_in(self.html)))]
        except UnreadableKind:
            return []


def text(data: bytes, *, wide: bool, code_page: int | None) -> str:
    """A string property, without the NUL that ends it."""
    if wide:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    data = data.rstrip(b"\0")
    if code_page == 65001:
        return data.decode("utf-8", "replace")
    by_page = charsets.decoded(data, f"cp{code_page}") if code_page and code_page != 20127 else None
    try:
        return by_page if by_page is not None else decode(data)
    except UnreadableKind:
        return data.decode("latin-1")


def address(name: str, mail: str) -> str:
    """`Ada <ada@example.org>`; Exchange's own addresses (/O=...) say nothing to a person."""
    if not mail or mail.startswith("/") or "@" not in mail:
        return name
    return f"{name} <{mail}>" if name and name != mail else mail


def unpacked_rtf(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP) as RTF; empty for what is not that."""
    if len(data) < 16:
        return b""
    size, method = struct.unpack_from("<4xI4s", data)
    if method == b"MELA":
        return data[16 : 16 + size]
    if method != b"LZFu" or size > _LARGEST:
        return b""
    window, at = bytearray(_SEED.ljust(4096, b" ")), len(_SEED)
    out = bytearray()
    place = 16
    while place < len(data):
        flags, place = data[place], place + 1
        for bit in range(8):
            if flags >> bit & 1:
                if place + 2 > len(data):
                    return bytes(out)
                pair = data[place] << 8 | data[place + 1]
                place += 2
                offset, length = pair >> 4, (pair & 15) + 2
                if offset == at:
                    return bytes(out)
                for step in range(length):
                    byte = window[(offset + step) % 4096]
                    out.append(byte)
                    window[at] = byte
                    at = (at + 1) % 4096
            elif place < len(data):
                out.append(data[place])
                window[at] = data[place]
                at, place = (at + 1) % 4096, place + 1
        if len(out) > _LARGEST:
            break
    return bytes(out)
