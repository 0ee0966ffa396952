"""Texts as LanceDB compresses them: FSST (Boncz, Neumann and Leis 2020), up to 255 symbols of one to eight
bytes, each with a byte for its code."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

_MAGIC = 0x46535354  # "FSST"
_IS_ON = 1 << 24
_AT_ONCE = 100  # texts: what these take stays in a processor's own cache
_ESCAPE, _LONGEST = 255, 8  # the byte after the escape stands for itself


@dataclass(frozen=True, slots=True)
class Symbols:
    """Tables of symbols, one after the other."""

    words: npt.NDArray[np.uint64]  # (256 n,), eight bytes each, of which the first are the symbol
    lengths: npt.NDArray[np.uint8]  # (256 n,), the escape's is none

    @classmethod
    def joined(cls, tables: Sequence[bytes]) -> Symbols:
        """As they stand in a file; an empty one for texts that are kept as they are. Raises ValueError,
        struct.error."""
        words = np.zeros((len(tables), 256), "<u8")
        lengths = np.zeros((len(tables), 256), np.uint8)
        for number, table in enumerate(tables):
            head = struct.unpack("<Q", table[:8])[0] if table else 0
            if table and head >> 32 != _MAGIC:
                raise ValueError("no table of symbols")
            if not head & _IS_ON:
                words[number], lengths[number] = np.arange(256), 1
                lengths[number, _ESCAPE] = 0
                continue
            count = head & 255
            words[number, :count] = np.frombuffer(table, "<u8", count, 8)
            lengths[number, :count] = np.frombuffer(table, np.uint8, count, 8 + count * _LONGEST)
        if lengths.max(initial=0) > _LONGEST:
            raise ValueError("no table of symbols")
        return cls(words.ravel(), lengths.ravel())

    def decoded(
        self, codes: npt.NDArray[np.uint8], sizes: npt.NDArray[np.int64], tables: npt.NDArray[np.int64]
    ) -> list[bytes]:
        """Texts in UTF-8, where no byte is the escape's, that stand one after the other; of each its size in
        codes and the number of its table."""
        decoded = []
        ends = np.cumsum(sizes)
        for first in range(0, len(sizes), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            begin, end = ends[first] - sizes[first], ends[part][-1]
            decoded += self._decoded(codes[begin:end], sizes[part], tables[part])
        return decoded

    def _decoded(
        self, codes: npt.NDArray[np.uint8], sizes: npt.NDArray[np.int64], tables: npt.NDArray[np.int64]
    ) -> list[bytes]:
        at = codes + np.repeat(tables * 256, sizes)
        words, lengths = self.words[at], self.lengths[at]
        literal = np.flatnonzero(codes[:-1] == _ESCAPE) + 1
        words[literal], lengths[literal] = codes[literal], 1
        ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
        # each is written whole, and what of it is no symbol is written over by the next
        decoded = bytearray(int(ends[-1]) + _LONGEST)
        places = np.ndarray(len(decoded) - _LONGEST + 1, "V8", decoded, strides=(1,))
        places[ends[:-1]] = words.view("V8")
        cuts = ends[np.concatenate([[0], np.cumsum(sizes)])].tolist()
        return [bytes(decoded[begin:end]) for begin, end in pairwise(cuts)]
