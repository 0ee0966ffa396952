"""A llama.cpp context, and one call into it: token rows in, vectors out, all as numpy arrays."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.embedding.llama import Tokens, Weights, complain_from_here, complaint, library
from searcher.embedding.packing import starts
from searcher.errors import EmbeddingFailed
from searcher.lending import Shared

Floats = npt.NDArray[np.float32]
Lookup = Callable[[Tokens], Floats]  # tokens -> embedding rows

_POOLING = {None: 0, "mean": 1, "cls": 2, "last": 3, "rank": 4}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a context is laid out, in tokens. All texts of a call share one KV cache: it keeps the memory
    small, and attention skips what is masked."""

    sequences: int  # texts in one call, the filler counted as one; `micro` is a multiple of it
    batch: int  # tokens in one call
    micro: int  # tokens computed at once
    filler: bool = False  # between texts, where `starts` wants it


class Context:
    """Memory to compute in, and the weights held open as long. One call at a time: the others wait at its
    lock. Freed when it is closed, or no longer referred to."""

    def __init__(
        self,
        weights: Weights,
        shape: Shape,
        *,
        pooling: str | None,
        threads: int,
        lookup: Lookup | None = None,
    ) -> None:
        """`pooling` None gives the output row ("logits") of each text's last token; `lookup` turns tokens
        into the embedding rows of a file without vocabulary. Raises EmbeddingFailed without memory."""
        lib = self._lib = library()
        params = lib.llama_context_default_params()
        params.n_ctx = params.n_batch = shape.batch
        params.n_ubatch = shape.micro
        params.n_seq_max = shape.sequences
        params.n_threads = params.n_threads_batch = threads
        params.pooling_type = _POOLING[pooling]
        params.embeddings = pooling is not None
        # on a card only where it can: heads of 32, the starter's, would be computed on the processor between
        params.flash_attn_type = -1 if weights.on_card else 1
        params.kv_unified = True
        complain_from_here()
        loaded = weights.lent()
        self._context = lib.llama_init_from_model(weights.model, params)
        if not self._context:
            loaded.give_back()
            raise EmbeddingFailed(
                f"no memory to compute with {weights.path.name} ({complaint()}); close other programs"
            )
        self._open = Shared((lib, self._context, loaded), _free)
        self._open.let_go_with(self)
        self.shape = shape
        self.lock = threading.Lock()
        self._weights, self._pooling, self._lookup = weights, pooling, lookup
        self._memory = None if weights.is_encoder else lib.llama_get_memory(self._context)
        self._width = weights.labels if pooling == "rank" else weights.width
        if pooling is None:
            self._width = weights.vocabulary
        self._ids = np.arange(shape.sequences, dtype=np.int32)
        self._ones = np.ones(shape.batch, np.int32)
        self._held = np.empty(0, np.int32)

    def compute(self, rows: Sequence[Tokens], *, threads: int | None = None) -> Floats:
        """float32 (len(rows), width), not normalised. Raises EmbeddingFailed."""
        with self.lock:
            self._check_open()
            self._use(threads)
            if self._memory is not None:
                self._lib.llama_memory_clear(self._memory, False)
            self._held = self._held[:0]
            self._run(rows, 0)
            return self._read(len(rows))

    def continued(self, row: Tokens, *, threads: int | None = None) -> Floats:
        """As `compute` for one row, without recomputing the beginning it shares with the row before it.

        For causal models only: there the state of a token depends on nothing behind it.
        """
        with self.lock:
            self._check_open()
            self._use(threads)
            held, self._held = self._held, self._held[:0]
            size = min(len(held), len(row) - 1)
            differing = np.flatnonzero(held[:size] != row[:size])
            common = int(differing[0]) if len(differing) else size
            if not self._lib.llama_memory_seq_rm(self._memory, 0, common, -1):
                self._lib.llama_memory_clear(self._memory, False)
                common = 0
            self._run([row[common:]], common)
            self._held = row
            return self._read(1)

    def close(self) -> None:
        """Waits for the call that is under way; later ones raise EmbeddingFailed."""
        with self.lock:
            self._context = None
            self._open.let_go()

    def _check_open(self) -> None:
        if not self._context:
            raise EmbeddingFailed(f"{self._weights.path.name} was closed")

    def _use(self, threads: int | None) -> None:
        if threads:
            self._lib.llama_set_n_threads(self._context, threads, threads)

    def _run(self, rows: Sequence[Tokens], first_position: int) -> None:
        lengths = np.fromiter(map(len, rows), np.int64, len(rows))
        ends = np.cumsum(lengths)
        begin, total = starts(lengths.tolist()) if self.shape.filler else (ends - lengths, int(ends[-1]))
        if first_position + total > self.shape.batch or len(rows) + self.shape.filler > self.shape.sequences:
            raise EmbeddingFailed(f"{total} tokens in {len(rows)} texts do not fit {self.shape}")
        text = np.repeat(np.arange(len(rows)), lengths)
        within = np.concatenate([np.arange(length) for length in lengths])
        at = np.asarray(begin)[text] + within
        tokens = np.zeros(total, np.int32)
        tokens[at] = np.concatenate(rows)
        sequence = np.full(total, self.shape.sequences - 1)
        sequence[at] = text
        positions = np.full(total, -1, np.int32)
        positions[at] = within + first_position
        positions[positions < 0] = np.arange(total - len(text))
        addresses = (self._ids.ctypes.data + 4 * sequence).astype(np.uintp)
        outputs = np.ones(total, np.int8)
        if self._pooling is None:
            outputs[:] = 0
            outputs[np.asarray(begin) + lengths - 1] = 1
        inputs = self._lookup(tokens) if self._lookup else None
        lib = self._lib
        batch = lib.llama_batch(
            n_tokens=total,
            token=None if self._lookup else _pointer(tokens, ctypes.c_int32),
            embd=None if inputs is None else _pointer(inputs, ctypes.c_float),
            pos=_pointer(positions, ctypes.c_int32),
            n_seq_id=_pointer(self._ones, ctypes.c_int32),
            seq_id=_pointer(addresses, ctypes.POINTER(ctypes.c_int32)),
            logits=_pointer(outputs, ctypes.c_int8),
        )
        complain_from_here()
        call = lib.llama_encode if self._memory is None else lib.llama_decode
        if call(self._context, batch) != 0:
            raise EmbeddingFailed(f"{self._weights.path.name} failed on {total} tokens: {complaint()}")

    def _read(self, count: int) -> Floats:
        out = np.empty((count, self._width), np.float32)
        if self._pooling is None:
            ctypes.memmove(out.ctypes.data, self._lib.llama_get_logits(self._context), out.nbytes)
            return out
        for sequence in range(count):
            vector = self._lib.llama_get_embeddings_seq(self._context, sequence)
            if not vector:
                raise EmbeddingFailed(f"{self._weights.path.name} gave no vector; it is no embedding model")
            ctypes.memmove(out[sequence].ctypes.data, vector, out.strides[0])
        return out


def _free(held: tuple[Any, Any, Shared[Any]]) -> None:
    lib, context, loaded = held
    lib.llama_free(context)
    loaded.give_back()


def side_by_side(
    contexts: Sequence[Context], pool: Executor, groups: Sequence[Sequence[Tokens]], *, threads: int
) -> Iterator[Floats]:
    """The vectors of each group in turn: a call for each, as many at once as there are contexts and workers
    in the pool, `threads` for each call. Raises EmbeddingFailed."""
    idle: SimpleQueue[Context] = SimpleQueue()
    for context in contexts:
        idle.put(context)

    def compute(rows: Sequence[Tokens]) -> Floats:
        context = idle.get()
        try:
            return context.compute(rows, threads=threads)
        finally:
            idle.put(context)

    return pool.map(compute, groups)


def _pointer(array: npt.NDArray[Any], kind: Any) -> Any:
    return array.ctypes.data_as(ctypes.POINTER(kind))
