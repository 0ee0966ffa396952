"""Mails whose text lies inside their signature (S/MIME, signed-data): it is not encrypted, only wrapped."""

from __future__ import annotations

_DATA = bytes.fromhex("06092a864886f70d010701")  # the identifier of plain data (RFC 5652)
_HOLDER, _OCTETS, _IN_PIECES = 0xA0, 0x04, 0x24


def content(data: bytes) -> bytes | None:
    """What was signed; None where it is encrypted, lies elsewhere, or is damaged."""
    at = data.find(_DATA)
    if at < 0:
        return None
    try:
        holder, start, _ = _element(data, at + len(_DATA))
        kind, begin, end = _element(data, start)
        if holder != _HOLDER or kind not in (_OCTETS, _IN_PIECES):
            return None
        return data[begin:end] if kind == _OCTETS else b"".join(_pieces(data, begin, end))
    except IndexError:
        return None


def _pieces(data: bytes, at: int, end: int) -> list[bytes]:
    pieces = []
    while at < end and data[at] == _OCTETS:
        _, begin, at = _element(data, at)
        pieces.append(data[begin:at])
    return pieces


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Kind, start and end of what an element holds; one that does not tell its length ends with the data.
    Raises IndexError."""
    kind, size, at = data[at], data[at + 1], at + 2
    if size == 0x80:
        return kind, at, len(data)
    if size > 0x80:
        width = size & 0x7F
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    return kind, at, min(at + size, len(data))
