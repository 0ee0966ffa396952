"""The words of a SentencePiece model, cut by SentencePiece itself.

For the 250,000 of the starter llama.cpp keeps 126 MB and takes 0.9 s of processor time to load them; here it
is 35 MB and 0.4 s.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from searcher.embedding.llama import Tokens
from searcher.errors import HomeError
from searcher.files import one_builder, write_atomic
from searcher.home import Home
from searcher.models import gguf_file
from searcher.models.gguf_file import Gguf

_KEY = "tokenizer.ggml."
_CHARSMAP = f"{_KEY}precompiled_charsmap"


_opening = threading.Lock()


class Pieces:
    """Safe to share between threads."""

    def __init__(self, path: Path, head: Gguf) -> None:
        """Raises RuntimeError, OSError for a file that is none."""
        from sentencepiece import SentencePieceProcessor

        self.path = head.path
        self._processor: Any = SentencePieceProcessor(model_file=str(path))
        self.eos = int(head.metadata[f"{_KEY}eos_token_id"])
        self.adds_eos = bool(head.metadata.get(f"{_KEY}add_eos_token", True))
        bos = int(head.metadata[f"{_KEY}bos_token_id"])
        self._before = [bos] if head.metadata.get(f"{_KEY}add_bos_token", True) else []
        self._behind = [self.eos] if self.adds_eos else []

    def tokenize(self, text: str, *, special: bool = True, parse: bool = False) -> Tokens:
        """Token ids; `special` adds what the vocabulary puts at both ends, `parse` reads a control token."""
        if parse and text in ("<s>", "</s>"):
            return np.array([self._processor.piece_to_id(text)], np.int32)
        ids = self._processor.encode(text.encode("utf-8", "replace").decode())
        return np.array([*self._before, *ids, *self._behind] if special else ids, np.int32)

    def close(self) -> None:
        """Its memory goes with the last reference."""


_open: WeakValueDictionary[str, Pieces] = WeakValueDictionary()  # by the hash of the model's file


def opened(home: Home, head: Gguf, source_hash: str) -> Pieces | None:
    """The words of a model, shared in this process; None for a model of another kind, or where their file
    cannot be made."""
    if head.metadata.get(f"{_KEY}model") != "t5" or _CHARSMAP not in head.spans:
        return None
    path = home.model(f"{head.path.stem}-{source_hash[:12]}.sentencepiece")
    with _opening:
        pieces = _open.get(source_hash) or _read(home, path, head)
        if pieces is not None:
            _open[source_hash] = pieces
        return pieces


def _read(home: Home, path: Path, head: Gguf) -> Pieces | None:
    for _ in range(2):
        try:
            if not path.exists():
                with one_builder(home, path):
                    if not path.exists():  # by the process that was waited for
                        write_atomic(path, _proto(gguf_file.read(head.path, arrays=True).metadata))
            return Pieces(path, head)
        except HomeError:
            return None
        except (OSError, RuntimeError):  # another hand changed it
            path.unlink(missing_ok=True)
    return None


def _proto(metadata: Any) -> bytes:
    """As `sentencepiece_model.proto` of SentencePiece has it, whose types of tokens are GGUF's."""
    tokens, scores = metadata[f"{_KEY}tokens"], metadata[f"{_KEY}scores"]
    pieces = zip(tokens, scores, metadata[f"{_KEY}token_type"], strict=True)
    ids = ("unknown", "bos", "eos", "padding")  # fields 40 to 43
    trainer = _number(3, 1) + _number(4, len(tokens))
    trainer += b"".join(_number(40 + n, metadata[f"{_KEY}{name}_token_id"]) for n, name in enumerate(ids))
    flags = (metadata.get(f"{_KEY}add_space_prefix", True), metadata[f"{_KEY}remove_extra_whitespaces"], True)
    normalizer = _bytes(2, bytes(metadata[_CHARSMAP]))
    normalizer += b"".join(_number(3 + n, int(flag)) for n, flag in enumerate(flags))
    return b"".join([*_pieces(pieces), _bytes(2, trainer), _bytes(3, normalizer)])


def _pieces(pieces: Iterable[tuple[str, float, int]]) -> Iterator[bytes]:
    for text, score, kind in pieces:
        yield _bytes(1, _bytes(1, text.encode()) + b"\x15" + struct.pack("<f", score) + _number(3, kind))


def _bytes(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
