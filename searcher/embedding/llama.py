"""The thin layer over llama.cpp's C interface: models, tokens, contexts and batches as numpy arrays."""

from __future__ import annotations

import ctypes
import os
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.errors import EmbeddingFailed, ModelBroken

Tokens = npt.NDArray[np.int32]
POOLING = {"none": 0, "mean": 1, "cls": 2, "last": 3, "rank": 4}

_complaints: deque[str] = deque(maxlen=8)
_kept: list[Any] = []


@cache
def library() -> Any:
    """llama.cpp's functions, its log kept for error messages in place of stderr."""
    import llama_cpp.llama_cpp as functions

    @functions.llama_log_callback
    def keep(level: int, text: bytes, _: Any) -> None:
        if level == 4:  # GGML_LOG_LEVEL_ERROR
            _complaints.append(text.decode("utf-8", "replace").strip())

    functions.llama_log_set(keep, ctypes.c_void_p(0))
    functions.llama_backend_init()
    _kept.append(keep)  # the callback must outlive this function
    return functions


def complaint() -> str:
    """What llama.cpp last complained of, in one line."""
    return _complaints[-1].splitlines()[0] if _complaints else "llama.cpp gave no reason"


def gpu_layers(setting: str) -> tuple[int, str]:
    """Layers to offload and a note when the setting asks for what this build cannot do."""
    able = bool(library().llama_supports_gpu_offload())
    if setting in ("", "auto"):
        return (999 if able else 0), ""
    try:
        wanted = int(setting)
    except ValueError:
        return (999 if able else 0), f"gpu_layers is {setting!r}, which is no number; taken as auto"
    if wanted and not able:
        return 0, f"gpu_layers is {wanted}, but the installed llama.cpp has no GPU support; using the CPU"
    return wanted, ""


class Weights:
    """A mapped model file and its vocabulary. Safe to share between threads."""

    def __init__(self, path: Path, *, layers_on_gpu: int = 0, vocab_only: bool = False) -> None:
        """Raises ModelBroken when llama.cpp cannot load the file."""
        self._lib = library()
        params = self._lib.llama_model_default_params()
        params.n_gpu_layers = layers_on_gpu
        params.vocab_only = vocab_only
        _complaints.clear()
        self.path = path
        self.model = self._lib.llama_model_load_from_file(os.fsencode(path), params)
        if not self.model:
            raise ModelBroken(f"cannot load the model {path}: {complaint()}; remove it and fetch it again")
        self._vocab = self._lib.llama_model_get_vocab(self.model)
        self.is_encoder = bool(self._lib.llama_model_has_encoder(self.model)) or _is_bert(self)
        self.width = int(self._lib.llama_model_n_embd_out(self.model))
        self.eos = int(self._lib.llama_vocab_eos(self._vocab))
        self.adds_eos = bool(self._lib.llama_vocab_get_add_eos(self._vocab))
        self.vocabulary = int(self._lib.llama_vocab_n_tokens(self._vocab))

    def meta(self, key: str) -> str | None:
        buffer = ctypes.create_string_buffer(256)
        size = self._lib.llama_model_meta_val_str(self.model, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace") if size >= 0 else None

    def tokenize(self, text: str, *, special: bool = True, parse: bool = False) -> Tokens:
        """Token ids; `special` adds what the vocabulary puts at both ends, `parse` reads control tokens."""
        raw = text.encode("utf-8", "replace")
        room = np.empty(len(raw) + 8, np.int32)
        count = self._call_tokenize(raw, room, special, parse)
        if count < 0:  # a normaliser may make text longer
            room = np.empty(-count, np.int32)
            count = self._call_tokenize(raw, room, special, parse)
        if count < 0:
            raise EmbeddingFailed(f"cannot split a text of {len(text)} characters into tokens")
        return room[:count].copy()

    def _call_tokenize(self, raw: bytes, room: Tokens, special: bool, parse: bool) -> int:
        pointer = room.ctypes.data_as(self._lib.llama_token_p)
        return int(self._lib.llama_tokenize(self._vocab, raw, len(raw), pointer, len(room), special, parse))

    def close(self) -> None:
        if self.model:
            self._lib.llama_model_free(self.model)
            self.model = None


def _is_bert(weights: Weights) -> bool:
    return (weights.meta("general.architecture") or "").endswith("bert")


@dataclass(frozen=True, slots=True)
class Shape:
    """How a context is laid out. Sizes in tokens."""

    sequences: int  # texts in one call
    batch: int  # tokens in one call
    micro: int  # tokens computed at once
    context: int  # tokens of one text
    unified: bool = True  # one KV cache for all texts, or one stream a text
    flash: bool = True


class Context:
    """Memory to compute in. One call at a time: a lock holds the others back."""

    def __init__(
        self, weights: Weights, shape: Shape, *, pooling: str, threads: int, embeddings: bool = True
    ) -> None:
        """Raises EmbeddingFailed when there is no memory for it."""
        lib = self._lib = library()
        params = lib.llama_context_default_params()
        params.n_ctx = shape.context if shape.unified else shape.context * shape.sequences
        params.n_batch = shape.batch
        params.n_ubatch = shape.micro
        params.n_seq_max = shape.sequences
        params.n_threads = params.n_threads_batch = threads
        params.pooling_type = POOLING[pooling]
        params.embeddings = embeddings
        params.flash_attn_type = 1 if shape.flash else 0
        params.kv_unified = shape.unified
        _complaints.clear()
        self._context = lib.llama_init_from_model(weights.model, params)
        if not self._context:
            raise EmbeddingFailed(
                f"no context for {weights.path.name}: {complaint()}; close other programs to free memory"
            )
        self.shape = shape
        self.lock = threading.Lock()
        self._weights = weights
        self._memory = None if weights.is_encoder else lib.llama_get_memory(self._context)
        self._ids = np.arange(shape.sequences, dtype=np.int32)
        self._one = np.ones(shape.batch, np.int32)
        self._every = np.ones(shape.batch, np.int8)

    def pooled(self, rows: Sequence[Tokens], out: npt.NDArray[np.float32], at: Sequence[int]) -> None:
        """Compute the pooled vectors of `rows` in one call and put them into `out` at the places `at`."""
        self._decode(rows)
        size = out.shape[1] * 4
        base, stride = out.ctypes.data, out.strides[0]
        for sequence, place in enumerate(at):
            vector = self._lib.llama_get_embeddings_seq(self._context, sequence)
            if not vector:
                raise EmbeddingFailed(f"{self._weights.path.name} gave no vector; it is no embedding model")
            ctypes.memmove(base + place * stride, vector, size)

    def _decode(self, rows: Sequence[Tokens]) -> None:
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        total = int(lengths.sum())
        starts = np.cumsum(lengths) - lengths
        tokens = np.concatenate(rows)
        positions = (np.arange(total) - np.repeat(starts, lengths)).astype(np.int32)
        sequence = np.repeat(np.arange(len(rows)), lengths)
        addresses = (self._ids.ctypes.data + 4 * sequence).astype(np.uintp)
        lib = self._lib
        batch = lib.llama_batch(
            n_tokens=total,
            token=tokens.ctypes.data_as(lib.llama_token_p),
            embd=None,
            pos=positions.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            n_seq_id=self._one.ctypes.data_as(ctypes.POINTER(ctypes.c_int32)),
            seq_id=addresses.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32))),
            logits=self._every.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )
        _complaints.clear()
        if self._memory is None:
            status = lib.llama_encode(self._context, batch)
        else:
            lib.llama_memory_clear(self._memory, False)
            status = lib.llama_decode(self._context, batch)
        if status != 0:
            raise EmbeddingFailed(f"{self._weights.path.name} failed on {total} tokens: {complaint()}")

    def close(self) -> None:
        if self._context:
            self._lib.llama_free(self._context)
            self._context = None
