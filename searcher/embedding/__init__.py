"""Texts to vectors: on this machine over a GGUF, or at an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from searcher.embedding.base import Embedder, ModelInfo
from searcher.home import Home
from searcher.settings import Settings

__all__ = ["Embedder", "Prepared", "open_embedder", "prepare"]

Role = Literal["query", "index"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model that is at hand: what an index of it would belong to is known, and nothing of it is loaded."""

    model: ModelInfo
    opened: Callable[[Role], Embedder]  # raises ModelBroken, EmbeddingFailed, HomeError


def prepare(
    home: Home,
    settings: Settings,
    *,
    announce: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """The model the settings ask for, its file fetched where it is missing and the settings allow it.

    Raises ModelNotFound, ModelBroken, DownloadFailed, EmbeddingFailed, UsageError.
    """
    if settings.embed_url:
        from searcher.embedding.remote import RemoteEmbedder

        remote = RemoteEmbedder(home, settings)
        if announce:
            announce(f"model: {remote.model.name}, served by {remote.model.path}")
        return Prepared(remote.model, lambda role: remote)

    from searcher.embedding.local import LocalEmbedder, looked_at
    from searcher.models import resolve

    file = looked_at(home, settings, resolve(home, settings, announce=announce, progress=progress))

    def opened(role: Role) -> Embedder:
        embedder = LocalEmbedder(home, settings, file, role=role)
        if announce and embedder.note:
            announce(embedder.note)
        return embedder

    return Prepared(file.info, opened)


def open_embedder(
    home: Home,
    settings: Settings,
    *,
    role: Role = "query",
    announce: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Embedder:
    """The embedder the settings ask for. `role` says what it is tuned for: single short texts, or many.

    Raises as `prepare` and `Prepared.opened`.
    """
    return prepare(home, settings, announce=announce, progress=progress).opened(role)
