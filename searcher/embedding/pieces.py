"""The words of a SentencePiece model: a little text is cut here, much of it by SentencePiece itself.

For the 250,000 of the starter llama.cpp keeps 126 MB and takes 0.9 s of processor time to load them,
SentencePiece 35 MB and 0.4 s.
"""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from searcher.embedding import unigram
from searcher.embedding.llama import Tokens
from searcher.embedding.unigram import Unigram
from searcher.errors import HomeError
from searcher.files import one_builder, write_atomic
from searcher.home import Home
from searcher.models import gguf_file
from searcher.models.gguf_file import Gguf

_KEY = "tokenizer.ggml."
_CHARSMAP = f"{_KEY}precompiled_charsmap"
_MUCH = 200_000  # characters: about as many as are cut here in the time that SentencePiece takes to load

_opening = threading.Lock()


class Pieces:
    """Safe to share between threads."""

    def __init__(self, little: Unigram, much: Path, head: Gguf) -> None:
        """`much` is what SentencePiece loads. Raises RuntimeError, OSError for a file that is none."""
        self.path = head.path
        self.eos = int(head.metadata[f"{_KEY}eos_token_id"])
        self.adds_eos = bool(head.metadata.get(f"{_KEY}add_eos_token", True))
        self._bos = int(head.metadata[f"{_KEY}bos_token_id"])
        self._before = [self._bos] if head.metadata.get(f"{_KEY}add_bos_token", True) else []
        self._behind = [self.eos] if self.adds_eos else []
        self._cutting: Any = little
        self._left = _MUCH if little.is_exact else 0
        self._much = much
        self._counting = threading.Lock()
        if not self._left:
            self._load()

    def tokenize(self, text: str, *, special: bool = True, parse: bool = False) -> Tokens:
        """Token ids; `special` adds what the vocabulary puts at both ends, `parse` reads a control token."""
        if parse and text in ("<s>", "</s>"):
            return np.array([self._bos if text == "<s>" else self.eos], np.int32)
        if self._left > 0 and self._is_much(len(text)):
            self._load()
        ids = self._cutting.encode(text.encode("utf-8", "replace").decode())
        return np.array([*self._before, *ids, *self._behind] if special else ids, np.int32)

    def close(self) -> None:
        """Its memory goes with the last reference."""

    def _is_much(self, more: int) -> bool:
        """Whether it has become much with `more` characters; said to one thread, the others go on."""
        with self._counting:
            left, self._left = self._left, self._left - more
            return left > 0 >= self._left

    def _load(self) -> None:
        from sentencepiece import SentencePieceProcessor

        try:
            self._cutting = SentencePieceProcessor(model_file=str(self._much))
        except (OSError, RuntimeError):  # another hand changed it: the next start makes it again
            self._much.unlink(missing_ok=True)
            if not self._cutting.is_exact:
                raise


_open: WeakValueDictionary[str, Pieces] = WeakValueDictionary()  # by the hash of the model's file


def opened(home: Home, head: Gguf, source_hash: str) -> Pieces | None:
    """The words of a model, shared in this process; None for a model of another kind, or where their files
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
    little = path.with_suffix(".unigram")
    for _ in range(2):
        try:
            if not (path.exists() and little.exists()):
                with one_builder(home, path):
                    if not (path.exists() and little.exists()):  # by the process that was waited for
                        _write(path, little, gguf_file.read(head.path, arrays=True).metadata)
            return Pieces(Unigram(little), path, head)
        except HomeError:
            return None
        except (OSError, RuntimeError, ValueError):  # another hand changed it
            little.unlink(missing_ok=True)
    return None


def _write(path: Path, little: Path, metadata: Any) -> None:
    columns = (metadata[f"{_KEY}{name}"] for name in ("tokens", "scores", "token_type"))
    pieces = list(zip(*columns, strict=True))
    normalizer = _normalizer(metadata)
    write_atomic(path, b"".join([*_pieces(pieces), _trainer(metadata, len(pieces)), normalizer]))
    unigram.write(little, pieces, normalizer, int(metadata[f"{_KEY}unknown_token_id"]))


# as `sentencepiece_model.proto` of SentencePiece has them, whose types of tokens are GGUF's


def _pieces(pieces: Iterable[tuple[str, float, int]]) -> Iterator[bytes]:
    for text, score, kind in pieces:
        yield _bytes(1, _bytes(1, text.encode()) + b"\x15" + struct.pack("<f", score) + _number(3, kind))


def _trainer(metadata: Any, count: int) -> bytes:
    ids = ("unknown", "bos", "eos", "padding")  # fields 40 to 43
    numbers = (_number(40 + n, metadata[f"{_KEY}{name}_token_id"]) for n, name in enumerate(ids))
    return _bytes(2, _number(3, 1) + _number(4, count) + b"".join(numbers))


def _normalizer(metadata: Any) -> bytes:
    flags = (metadata.get(f"{_KEY}add_space_prefix", True), metadata[f"{_KEY}remove_extra_whitespaces"], True)
    numbers = (_number(3 + n, int(flag)) for n, flag in enumerate(flags))
    return _bytes(3, _bytes(2, bytes(metadata[_CHARSMAP])) + b"".join(numbers))


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
