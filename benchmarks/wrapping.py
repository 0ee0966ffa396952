"""An embedder over another one, for who changes a part of what it does."""

from __future__ import annotations

from collections.abc import Sequence

from searcher.embedding import Embedder
from searcher.embedding.base import Kind, ModelInfo, Vectors


class Wrapping:
    """Passes everything on to `embedder`."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    @property
    def model(self) -> ModelInfo:
        return self.embedder.model

    @property
    def width(self) -> int:
        return self.embedder.width

    @property
    def device(self) -> str:
        return self.embedder.device

    @property
    def note(self) -> str:
        return self.embedder.note

    def count_tokens(self, texts: Sequence[str], *, kind: Kind = "document") -> list[int]:
        return self.embedder.count_tokens(texts, kind=kind)

    def embed_full(
        self, texts: Sequence[str], *, kind: Kind = "document", task: str = "documents"
    ) -> Vectors:
        return self.embedder.embed_full(texts, kind=kind, task=task)

    def rest(self, *, deep: bool = False) -> None:
        self.embedder.rest(deep=deep)

    def wake(self) -> None:
        self.embedder.wake()

    def close(self) -> None:
        self.embedder.close()
