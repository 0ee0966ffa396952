"""Axes to cut along, for models that were not trained for Matryoshka.

Their leading components say no more than any others. Turned so that the directions in which the words of
the model's own vocabulary differ most come first (singular value decomposition; Eckart and Young 1936), the
first components keep far more of what tells passages apart. Made once a model, in the home.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from searcher.embedding.base import Embedder, ModelInfo, Vectors
from searcher.errors import IndexDamaged
from searcher.files import write_atomic
from searcher.home import Home
from searcher.models import gguf_file

_WORDS_A_COMPONENT, _MOST_WORDS = 2, 3000
_SHORTEST = 4  # characters; shorter pieces of the vocabulary are seldom words


def are_needed(model: ModelInfo) -> bool:
    """Whether vectors are turned before they are cut. An endpoint does not give its vocabulary away."""
    return not model.mrl and model.dim < model.native_dim and Path(model.path).is_file()


def build(home: Home, embedder: Embedder) -> Vectors:
    """float32 (native_dim, native_dim), orthonormal rows, most telling first."""
    try:
        return load(home, embedder.model.fingerprint)
    except IndexDamaged:
        native = embedder.model.native_dim
        words = _words(Path(embedder.model.path), min(_WORDS_A_COMPONENT * native, _MOST_WORDS))
        vectors = embedder.embed_full(words).astype(np.float64)
        _, directions = np.linalg.eigh(vectors.T @ vectors)  # those of the decomposition, least telling first
        out = io.BytesIO()
        np.save(out, directions.T[::-1].astype(np.float32))
        write_atomic(home.axes(embedder.model.fingerprint), out.getvalue())
    return load(home, embedder.model.fingerprint)


def load(home: Home, fingerprint: str) -> Vectors:
    """What `build` made. Raises IndexDamaged when it is gone: the index cannot be asked without it."""
    place = home.axes(fingerprint)
    try:
        axes: Vectors = np.load(place, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:
        raise IndexDamaged(
            f"{place}, which the index needs, is missing or broken; run `searcher index`"
        ) from error
    return axes


def _words(model: Path, count: int) -> list[str]:
    """Evenly spaced over the vocabulary, which is sorted by how common its pieces are."""
    pieces = gguf_file.read(model, arrays=True).metadata["tokenizer.ggml.tokens"]
    words = [word for piece in pieces if len(word := piece.strip("\u2581\u0120 #")) >= _SHORTEST]
    return words[:: max(len(words) // count, 1)][:count]
