"""What every embedder gives, whatever computes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

Kind = Literal["document", "query"]
Vectors = npt.NDArray[np.float32]
PROCESSOR = "the processor"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The model an index belongs to."""

    name: str  # profile name, or the GGUF's file name
    path: str  # GGUF file, or the endpoint's address
    fingerprint: str  # hex; file hash, pooling, prompts and end token: what decides a full vector
    dim: int  # scan dimension
    native_dim: int  # dimension of the full vector
    max_tokens: int  # longest input, prefix and special tokens included
    chunk_tokens: int  # size a chunk aims at
    mrl: bool  # trained so that leading components stand alone


class Embedder(Protocol):
    """Embeds texts; one instance serves many threads, one call at a time."""

    width: int  # how many parts of a call it computes at once, on several machines say

    @property
    def device(self) -> str:
        """What computes: the processor, the name of a graphics card, the address of an endpoint."""
        ...

    @property
    def note(self) -> str:
        """Why it does not compute as the settings ask, or nothing."""
        ...

    @property
    def model(self) -> ModelInfo: ...

    def count_tokens(self, texts: Sequence[str], *, kind: Kind = "document") -> list[int]:
        """Tokens of each text as the model will see it, prefix and special tokens included."""
        ...

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        """float32 (n, native_dim), L2-normalised, in the order given. Raises EmbeddingFailed for a text
        longer than `max_tokens`; nothing is cut silently."""
        ...

    def rest(self, *, deep: bool = False) -> None:
        """Let go of the memory to compute in, and when `deep` of the model; the next call takes it again. For
        who knows that none is under way."""
        ...

    def wake(self) -> None:
        """Begin to load what a deep rest let go of: a call is about to come."""
        ...

    def close(self) -> None: ...


def cut(full: Vectors, dim: int, axes: Vectors | None = None) -> Vectors:
    """First `dim` components of each row, L2-normalised again (Matryoshka; Kusupati et al. 2022); of the row
    turned to `axes`, float32 (native_dim, native_dim), where given."""
    if dim == full.shape[1]:
        return full
    head = full[:, :dim] if axes is None else full @ axes[:dim].T
    norms = np.linalg.norm(head, axis=1, keepdims=True)
    return np.asarray(head / np.maximum(norms, 1e-12), dtype=np.float32)
