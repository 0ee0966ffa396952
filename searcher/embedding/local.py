"""The embedder that computes on this machine, over a GGUF file."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from searcher.embedding import cards, headless, machine, pieces
from searcher.embedding.base import Kind, ModelInfo, Vectors
from searcher.embedding.cards import Device
from searcher.embedding.context import Context, Lookup, Shape, side_by_side
from searcher.embedding.llama import Tokens, Weights
from searcher.embedding.packing import TILE, calls, idle_share
from searcher.embedding.recent import Recent
from searcher.embedding.tokenizer import Tokenizer, Vocabulary
from searcher.errors import EmbeddingFailed, HomeError, ModelBroken, ModelChanged
from searcher.home import Home
from searcher.models import ResolvedModel, fingerprints, gguf_file
from searcher.models.gguf_file import Gguf
from searcher.models.resolve import scan_dim
from searcher.settings import Settings

BATCH = Shape(sequences=64, batch=512, micro=512, filler=True)
ON_CARD = Shape(sequences=256, batch=2048, micro=2048, filler=True)  # 1.4 times as fast as of 512 on an H200
MICRO = 256  # tokens that a processor computes at once where a text may be computed in parts; measured
MOST_CONTEXTS = 4  # side by side, each with its share of the threads: they never wait for each other
_MOST_IDLE = 0.1  # of the threads; all of them in one call wait for each other for 5 to 15 %
_SHORT = 128  # tokens of a query, its instruction included
_REMEMBERED_QUERIES = 512
_ALONE_SECONDS = 0.1  # since the last query; nobody types as fast


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that can be loaded, and what is known of it before."""

    resolved: ResolvedModel
    head: Gguf
    hash: str  # of the file
    layers_alone: bool  # computed without its vocabulary, see `headless`
    bf16: bool
    info: ModelInfo


def looked_at(home: Home, settings: Settings, resolved: ResolvedModel) -> ModelFile:
    """Reads the file's head; nothing of it is loaded. Raises ModelBroken, UsageError."""
    profile = resolved.profile
    wants_bf16 = settings.weights == "bf16"
    head = gguf_file.read(resolved.path)
    source_hash = fingerprints.file_hash(home, resolved.path)
    layers_alone = headless.possible(head)
    bf16 = wants_bf16 and layers_alone and headless.is_decoder(head)
    info = ModelInfo(
        name=resolved.name,
        path=str(resolved.path),
        fingerprint=fingerprints.of(source_hash + ("+bf16" if bf16 else ""), profile),
        dim=scan_dim(profile, settings.dim),
        native_dim=gguf_file.width(head),
        max_tokens=profile.max_tokens,
        chunk_tokens=min(settings.chunk_tokens or profile.chunk_tokens, profile.max_tokens),
        mrl=profile.mrl,
    )
    return ModelFile(resolved, head, source_hash, layers_alone, bf16, info)


class _Loaded:
    """A model in memory, and the way to compute with it."""

    def __init__(
        self,
        home: Home,
        file: ModelFile,
        derived: Path | None,
        settings: Settings,
        *,
        device: Device | None = None,
    ) -> None:
        """`device` where it is not the one that the settings and the memory of cards make it."""
        resolved, head = file.resolved, file.head
        path = derived or resolved.path
        wanted = device or cards.device_for(head, path, settings.gpu_layers)
        self.weights, self.device = cards.loaded(path, wanted)
        self.on_card = self.device.card is not None
        # a call's filler counts on as one text, which a table of 512 positions has no room for
        self.batch = ON_CARD if self.on_card and self.weights.positions >= ON_CARD.batch else BATCH
        self.vocabulary: Vocabulary = self.weights
        if derived:
            own = pieces.opened(home, head, file.hash)
            self.vocabulary = own or Weights(resolved.path, vocab_only=True)
        self.lookup: Lookup | None = headless.EmbeddingRows(head) if derived else None
        # of a decoder without its head the state itself comes out
        whole = derived is None or self.weights.is_encoder
        self.pooling: str | None = resolved.profile.pooling if whole else None
        self.in_parts = self.lookup is not None and not self.weights.is_encoder
        self.tokenizer = Tokenizer(self.vocabulary, resolved.profile, settings.instructions)

    def close(self) -> None:
        self.weights.close()
        self.vocabulary.close()


class LocalEmbedder:
    """Embeds with llama.cpp. Queries are computed one by one, so that each vector is the same wherever it is
    asked; short ones have a context of their own and never wait for a batch."""

    width = 1

    def __init__(self, home: Home, settings: Settings, file: ModelFile, *, role: str) -> None:
        """For queries the weights load in the background: the caller's next steps need not wait.

        Raises ModelBroken, SearcherError without room for the second file of `weights = bf16`.
        """
        resolved = file.resolved
        self._note = ""
        if settings.weights == "bf16" and not file.bf16:
            self._note = f"weights = bf16 does not apply to {resolved.name}; using the file's own"
        self._watched = _Watched(resolved.path)
        derived = None
        if file.layers_alone:
            try:
                derived = headless.build(home, file.head, file.hash, bf16=file.bf16)
            except HomeError:  # a home that cannot be written: the whole file gives the same vectors
                if file.bf16:
                    raise
        if derived:
            self._watched.add(derived)
        elif file.bf16:
            raise HomeError(
                f"the disk of {home.root} has no room for the bfloat16 weights of {resolved.name}; free some "
                f"space, or run `searcher models use {resolved.name} --weights file`"
            )
        self._threads = settings.threads or machine.threads()
        self._batch: list[Context] = []
        self._side_by_side = min(self._threads, MOST_CONTEXTS)
        self._pool = ThreadPoolExecutor(self._side_by_side, "embed")
        self._short: Context | None = None
        self._opening, self._waking = threading.Lock(), threading.Lock()
        self._long = (
            threading.Lock()
        )  # while a context made for one call computes: the weights stay until then
        self._last_query = 0.0  # time.monotonic()
        self._queries: Recent[str, Vectors] = Recent(_REMEMBERED_QUERIES)
        self._info = file.info
        self._device: Device | None = None
        self._make = partial(_Loaded, home, file, derived, settings)
        self._loader = ThreadPoolExecutor(1, "load")
        self._loading: Future[_Loaded] | None = self._loader.submit(self._load)
        if role == "query":
            self._loader.submit(self._warm)
        else:
            self._loaded()

    @property
    def tokenizer(self) -> Tokenizer:
        return self._loaded().tokenizer

    @property
    def model(self) -> ModelInfo:
        return self._info

    @property
    def device(self) -> str:
        return self._chosen.name

    @property
    def note(self) -> str:
        return self._note or self._chosen.note

    @property
    def _chosen(self) -> Device:
        """As of the last time that the model was loaded."""
        return self._device or self._loaded().device

    def count_tokens(self, texts: Sequence[str], *, kind: Kind = "document") -> list[int]:
        """Tokens of each text, prefix and special tokens included."""
        return [len(row) for row in self.tokenizer.rows(texts, kind, "documents")]

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        """float32 (n, native_dim), L2-normalised. Raises EmbeddingFailed for a text over `max_tokens`."""
        if kind == "query" and texts:
            return np.concatenate([self._query(self.tokenizer.wrapped(text, kind, task)) for text in texts])
        return self._embed(self.tokenizer.rows(texts, kind, task))

    def rest(self, *, deep: bool = False) -> None:
        with self._opening:
            contexts = [*self._batch, *filter(None, [self._short])]
            self._batch, self._short = [], None
            loading = self._loading if deep else None
            if deep:
                self._loading = None
        for context in contexts:
            context.close()
        if loading is not None:
            loading.result().close()

    def wake(self) -> None:
        self._begun()

    def close(self) -> None:
        with self._opening, self._long:
            self._pool.shutdown()
            for context in [*self._batch, *filter(None, [self._short])]:
                context.close()
            self._batch, self._short = [], None
            self._loader.shutdown(wait=False)
            if self._loading is not None and not self._loading.exception():
                self._loading.result().close()

    def _begun(self) -> Future[_Loaded]:
        """The model as it is being loaded, again after a deep rest."""
        with self._waking:
            if self._loading is None:
                self._loading = self._loader.submit(self._load)
            return self._loading

    def _load(self, device: Device | None = None) -> _Loaded:
        loaded = self._make(device=device)
        self._device = loaded.device
        return loaded

    def _loaded(self) -> _Loaded:
        return self._begun().result()

    def _query(self, wrapped: str) -> Vectors:
        vector = self._queries.get(wrapped)
        if vector is None:
            row = self.tokenizer.row(wrapped)
            short = len(row) <= min(_SHORT, self._info.max_tokens)
            vector = self._normalised(self._one(row)) if short else self._embed([row])
            self._queries.put(wrapped, vector)
        return vector.copy()

    def _embed(self, rows: Sequence[Tokens]) -> Vectors:
        limit = self._info.max_tokens
        longest = max(map(len, rows), default=0)
        if longest > limit:
            raise EmbeddingFailed(f"a text of {longest} tokens is over {self._info.name}'s limit of {limit}")
        self._watched.check()
        out = np.empty((len(rows), self._info.native_dim), np.float32)
        loaded = self._loaded()
        most = loaded.batch.batch
        long = [i for i, row in enumerate(rows) if len(row) > most]
        fitting = [i for i, row in enumerate(rows) if len(row) <= most]
        room = most if loaded.on_card else MICRO
        groups = calls([len(rows[i]) for i in fitting], room=room, alone=not loaded.on_card)
        self._embed_groups(rows, [[fitting[i] for i in group] for group in groups], out)
        if long:
            self._embed_long(rows, long, longest, out)
        return self._normalised(out)

    def _embed_groups(self, rows: Sequence[Tokens], groups: Sequence[list[int]], out: Vectors) -> None:
        """One call for each group, side by side, or one after the other with all threads."""
        if not groups:
            return
        tokens = [[rows[i] for i in group] for group in groups]
        count = 1 if self._loaded().on_card else min(len(groups), self._side_by_side)
        if idle_share([sum(map(len, call)) for call in tokens], count) > _MOST_IDLE:
            count = 1
        contexts = self._batch_contexts(count)
        results = side_by_side(contexts, self._pool, tokens, threads=self._threads // len(contexts))
        for group, vectors in zip(groups, results, strict=True):
            out[group] = vectors

    def _embed_long(self, rows: Sequence[Tokens], long: Sequence[int], longest: int, out: Vectors) -> None:
        """Texts that the usual context cannot hold; theirs is large, so it lives for this call only."""
        room = -(-longest // 256) * 256
        micro = room if self._loaded().weights.is_encoder else min(room, BATCH.micro)
        with self._long:
            context = self._context(Shape(sequences=1, batch=room, micro=micro))
            try:
                for i in long:
                    out[i] = context.compute([rows[i]])[0]
            finally:
                context.close()

    def _one(self, row: Tokens) -> Vectors:
        self._watched.check()
        context = self._short_context()
        # while others ask as well, one thread for each is best: two lose half of their time to each other
        last, self._last_query = self._last_query, time.monotonic()
        is_alone = not context.lock.locked() and self._last_query - last > _ALONE_SECONDS
        threads = self._threads if is_alone else 1
        if self._loaded().in_parts:
            return context.continued(row, threads=threads)
        return context.compute([row], threads=threads)

    def _normalised(self, out: Vectors) -> Vectors:
        norms = np.linalg.norm(out, axis=1, keepdims=True)
        if not (np.isfinite(norms).all() and norms.all()):
            raise EmbeddingFailed(f"{self._info.name} gave a vector that is no number; fetch the model again")
        return np.asarray(out / norms)

    def _batch_contexts(self, count: int) -> list[Context]:
        """So many; a saved file needs one of them, and each has 30 MB."""
        with self._opening:
            while len(self._batch) < count:
                self._batch.append(self._context(self._loaded().batch))
            return self._batch[:count]

    def _short_context(self) -> Context:
        with self._opening:
            if self._short is None:
                # what continues an earlier query is less than a tile; all are computed and rounded like that
                micro = TILE - 1 if self._loaded().in_parts else _SHORT
                self._short = self._context(Shape(sequences=1, batch=_SHORT, micro=micro))
            return self._short

    def _context(self, shape: Shape) -> Context:
        """Of a card without memory for it the model goes to the processor. Raises EmbeddingFailed."""
        loaded = self._loaded()
        if loaded.in_parts and not loaded.on_card:  # pooling wants a text whole, the last token's state not
            shape = replace(shape, micro=min(shape.micro, MICRO))
        try:
            return Context(
                loaded.weights, shape, pooling=loaded.pooling, threads=self._threads, lookup=loaded.lookup
            )
        except EmbeddingFailed as error:
            if loaded.device.card is None:
                raise
            processor = Device(note=f"{loaded.device.name} has no room to compute; using the CPU ({error})")
        moved: Future[_Loaded] = Future()
        moved.set_result(self._load(processor))
        with self._waking:  # calls under way hold what they compute with
            self._loading = moved
        return self._context(shape)

    def _warm(self) -> None:
        try:
            self._one(self.tokenizer.row(self.tokenizer.wrapped("warm", "query", "auto")))
        except (EmbeddingFailed, ModelBroken):
            return  # the first query meets the same error and reports it; or all is closed already


class _Watched:
    """Files that are mapped: one that is written to while mapped gives wrong vectors, or a bus error."""

    def __init__(self, path: Path) -> None:
        self._seen = {path: _state(path)}

    def add(self, path: Path) -> None:
        self._seen[path] = _state(path)

    def check(self) -> None:
        for path, seen in self._seen.items():
            if _state(path) != seen:
                raise ModelChanged(f"the model {path} was changed while in use; restart searcher")


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
