"""The embedder that computes on this machine, over a GGUF file."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import psutil

from searcher.embedding.base import Kind, ModelInfo, Vectors
from searcher.embedding.llama import Context, Shape, Tokens, Weights, gpu_layers
from searcher.errors import EmbeddingFailed, ModelBroken
from searcher.home import Home
from searcher.models import ResolvedModel, fingerprints
from searcher.models.resolve import scan_dim
from searcher.settings import Settings

_REMEMBERED_TEXTS = 4096


class LocalEmbedder:
    """Embeds with llama.cpp. Tokenising is free of locks; computing takes one call at a time."""

    def __init__(self, home: Home, settings: Settings, resolved: ResolvedModel, *, role: str) -> None:
        profile = self._profile = resolved.profile
        layers, self.note = gpu_layers(settings.gpu_layers)
        self._weights = Weights(resolved.path, layers_on_gpu=layers)
        self._file = _Unchanged(self._weights)
        self._instructions: Mapping[str, str] = settings.instructions
        self._threads = settings.threads or psutil.cpu_count(logical=False) or os.cpu_count() or 1
        self._end = self._end_token()
        self._tokens = _Remembered(_REMEMBERED_TEXTS)
        self._context: Context | None = None
        self._lock = threading.Lock()
        self._info = ModelInfo(
            name=resolved.name,
            path=str(resolved.path),
            fingerprint=fingerprints.of(home, resolved.path, profile),
            dim=scan_dim(profile, settings.dim),
            native_dim=self._weights.width,
            max_tokens=profile.max_tokens,
            chunk_tokens=min(settings.chunk_tokens or profile.chunk_tokens, profile.max_tokens),
            mrl=profile.mrl,
        )

    @property
    def model(self) -> ModelInfo:
        return self._info

    def count_tokens(self, texts: Sequence[str], *, kind: Kind = "document") -> list[int]:
        """Tokens of each text, prefix and special tokens included."""
        return [len(self._tokenize(text, kind, "documents")) for text in texts]

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        """float32 (n, native_dim), L2-normalised. Raises EmbeddingFailed for a text over `max_tokens`."""
        rows = [self._tokenize(text, kind, task) for text in texts]
        limit = self._info.max_tokens
        longest = max(map(len, rows), default=0)
        if longest > limit:
            raise EmbeddingFailed(f"a text of {longest} tokens is over {self._info.name}'s limit of {limit}")
        out = np.empty((len(rows), self._info.native_dim), np.float32)
        with self._lock:
            self._file.check()
            order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
            context = self._ready(longest)
            for group in _packed([len(rows[i]) for i in order], context.shape):
                places = [order[i] for i in group]
                context.pooled([rows[i] for i in places], out, places)
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or not norms.all():
            raise EmbeddingFailed(
                f"{self._info.name} gave a vector that is not a number; the file is damaged"
            )
        out /= norms
        return out

    def close(self) -> None:
        with self._lock:
            if self._context:
                self._context.close()
                self._context = None
            self._weights.close()
            self._file.close()

    def _ready(self, longest: int) -> Context:
        if self._context is not None and longest <= self._context.shape.context:
            return self._context
        if self._context is not None:
            self._context.close()
        if self._weights.is_encoder:
            tokens = max(512, longest)
            shape = Shape(sequences=64, batch=tokens, micro=tokens, context=tokens)
        else:
            room = max(512, 1 << (longest - 1).bit_length())
            shape = Shape(sequences=8, batch=room, micro=512, context=room)
        self._context = Context(self._weights, shape, pooling=self._profile.pooling, threads=self._threads)
        return self._context

    def _end_token(self) -> int | None:
        named = self._profile.end_token
        if not named:
            return None
        if named == "eos":
            return self._weights.eos
        found = self._weights.tokenize(named, special=False, parse=True)
        if len(found) != 1:
            raise ModelBroken(
                f"{self._weights.path} has no token {named}; it is not the model it is named for"
            )
        return int(found[0])

    def _tokenize(self, text: str, kind: Kind, task: str) -> Tokens:
        key = self._profile.wrap(text, kind, task, self._instructions)
        known = self._tokens.get(key)
        if known is not None:
            return known
        tokens = self._weights.tokenize(key)
        if self._end is not None:
            if len(tokens) and self._weights.adds_eos and tokens[-1] == self._weights.eos:
                tokens = tokens[:-1]
            tokens = np.append(tokens, np.int32(self._end))
        self._tokens.put(key, tokens)
        return tokens


def _packed(lengths: Sequence[int], shape: Shape) -> Iterator[range]:
    """Runs of texts, already sorted by length, that fill one call each."""
    start = filled = 0
    for index, length in enumerate(lengths):
        if index > start and (filled + length > shape.batch or index - start == shape.sequences):
            yield range(start, index)
            start, filled = index, 0
        filled += length
    if start < len(lengths):
        yield range(start, len(lengths))


class _Remembered:
    """The tokens of the last texts, so that what the chunker counted is not tokenised again."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[str, Tokens] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Tokens | None:
        with self._lock:
            tokens = self._known.get(text)
            if tokens is not None:
                self._known.move_to_end(text)
            return tokens

    def put(self, text: str, tokens: Tokens) -> None:
        with self._lock:
            self._known[text] = tokens
            if len(self._known) > self._size:
                self._known.popitem(last=False)


class _Unchanged:
    """Watches a mapped file: one that is written to while mapped gives wrong vectors, or a bus error."""

    def __init__(self, weights: Weights) -> None:
        self._path = weights.path
        self._seen = self._state()

    def _state(self) -> tuple[int, int, int] | None:
        try:
            stat = os.stat(self._path)
        except OSError:
            return None
        return stat.st_ino, stat.st_size, stat.st_mtime_ns

    def check(self) -> None:
        if self._state() != self._seen:
            raise ModelBroken(f"the model {self._path} was changed while in use; restart searcher")

    def close(self) -> None:
        self._seen = None
