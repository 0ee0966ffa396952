"""Texts as LanceDB compresses them: FSST (Boncz, Neumann and Leis 2020), up to 255 symbols of one to eight
bytes, each with a byte for its code."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

_MAGIC = 0x46535354  # "FSST"
_IS_ON = 1 << 24
_ESCAPE, _LONGEST = 255, 8  # the byte after the escape stands for itself
_OCTETS = [bytes([octet]) for octet in range(256)]


@dataclass(frozen=True, slots=True)
class Symbols:
    """Tables of symbols, one after the other."""

    meant: Any  # Arrow's binary (512 n,): what each code stands for, and then each byte after an escape

    @classmethod
    def joined(cls, tables: Sequence[bytes]) -> Symbols:
        """As they stand in a file; an empty one for texts that are kept as they are. Raises ValueError,
        struct.error."""
        import pyarrow as pa

        each = [meant for table in tables for meant in (*_symbols(table), *_OCTETS)]
        return cls(pa.array(each, pa.binary()))

    def decoded(
        self, codes: npt.NDArray[np.uint8], sizes: npt.NDArray[np.int64], tables: npt.NDArray[np.int64]
    ) -> list[bytes]:
        """Texts in UTF-8, where no byte is the escape's, that stand one after the other; of each its size in
        codes and the number of its table."""
        import pyarrow as pa

        at = np.repeat((2 * len(_OCTETS) * tables).astype(np.int32), sizes)
        at += codes
        at[np.flatnonzero(codes[:-1] == _ESCAPE) + 1] += len(_OCTETS)
        # Arrow lets other threads of Python go on meanwhile
        _, ends, octets = self.meant.take(pa.array(at)).buffers()
        cuts = np.frombuffer(ends, np.int32)[np.concatenate([[0], np.cumsum(sizes)])]
        text = memoryview(octets)
        return [bytes(text[begin:end]) for begin, end in pairwise(cuts.tolist())]


def _symbols(table: bytes) -> list[bytes]:
    """What the 256 codes of a table stand for: the escape for nothing."""
    head = struct.unpack("<Q", table[:8])[0] if table else 0
    if table and head >> 32 != _MAGIC:
        raise ValueError("no table of symbols")
    if not head & _IS_ON:
        return [*_OCTETS[:_ESCAPE], b""]
    count = head & 255
    octets, lengths = table[8:][: count * _LONGEST], table[8 + count * _LONGEST :][:count]
    if len(lengths) != count or max(lengths, default=0) > _LONGEST:
        raise ValueError("no table of symbols")
    symbols = [octets[_LONGEST * code :][:length] for code, length in enumerate(lengths)]
    return symbols + [b""] * (256 - count)
