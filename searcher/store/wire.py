"""Protocol buffers without their descriptions: numbers of fields and what stands in them; and sets of numbers
as Roaring bitmaps (Lemire and others 2018)."""

from __future__ import annotations

import struct

import numpy as np


class Message:
    """The fields of an encoded message, read as they are asked for. Raises ValueError, IndexError for bytes
    that are none."""

    def __init__(self, data: bytes) -> None:
        self._fields: dict[int, list[int | bytes]] = {}
        at = 0
        while at < len(data):
            key, at = _number(data, at)
            value: int | bytes
            match key & 7:
                case 0:
                    value, at = _number(data, at)
                case 1:
                    value, at = data[at : at + 8], at + 8
                case 2:
                    length, at = _number(data, at)
                    value, at = data[at : at + length], at + length
                    if len(value) < length:
                        raise ValueError("a field that ends before its end")
                case 5:
                    value, at = data[at : at + 4], at + 4
                case other:
                    raise ValueError(f"no such field: {other}")
            self._fields.setdefault(key >> 3, []).append(value)

    def numbers(self) -> set[int]:
        """Of the fields that are there."""
        return set(self._fields)

    def number(self, field: int) -> int:
        """0 where it is left out."""
        value = self._fields.get(field, [0])[-1]
        if not isinstance(value, int):
            raise ValueError(f"field {field} is no number")
        return value

    def bytes(self, field: int) -> bytes:
        value = self._fields.get(field, [b""])[-1]
        if not isinstance(value, bytes):
            raise ValueError(f"field {field} has no bytes")
        return value

    def message(self, field: int) -> Message:
        return Message(self.bytes(field))

    def messages(self, field: int) -> list[Message]:
        return [Message(value) for value in self._fields.get(field, []) if isinstance(value, bytes)]

    def packed(self, field: int) -> list[int]:
        """Integers of 64 bits, which may be negative, packed or one by one."""
        numbers = []
        for value in self._fields.get(field, []):
            if isinstance(value, int):
                numbers.append(value)
                continue
            at = 0
            while at < len(value):
                number, at = _number(value, at)
                numbers.append(number)
        return [number - (1 << 64) if number >> 63 else number for number in numbers]


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A varint, and where the next thing begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


_NO_RUNS = 12346  # what such a bitmap begins with; one that has runs begins otherwise
_ARRAY = 4096  # numbers up to which they are listed
_BITS = 8192  # bytes, for more


def roaring(data: bytes) -> list[int]:
    """The numbers of a bitmap without runs. Raises ValueError, struct.error."""
    begin, count = struct.unpack_from("<II", data)
    if begin != _NO_RUNS:
        raise ValueError("a bitmap with runs")
    numbers: list[int] = []
    for number in range(count):
        high, last = struct.unpack_from("<HH", data, 8 + 4 * number)
        (at,) = struct.unpack_from("<I", data, 8 + 4 * count + 4 * number)
        if last < _ARRAY:
            low = np.frombuffer(data, "<u2", last + 1, at)
        else:
            bits = np.unpackbits(np.frombuffer(data, np.uint8, _BITS, at), bitorder="little")
            low = np.flatnonzero(bits)
        numbers += (low.astype(np.int64) + (high << 16)).tolist()
    return numbers
