"""Texts to vectors: on this machine over a GGUF, or at an endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from searcher.embedding.base import Embedder
from searcher.home import Home
from searcher.settings import Settings

__all__ = ["Embedder", "open_embedder"]


def open_embedder(
    home: Home,
    settings: Settings,
    *,
    role: Literal["query", "index"] = "query",
    announce: Callable[[str], None] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Embedder:
    """The embedder the settings ask for. `role` says what it is tuned for: single short texts, or many.

    Raises ModelNotFound, ModelBroken, DownloadFailed, EmbeddingFailed, UsageError.
    """
    if settings.embed_url:
        from searcher.embedding.remote import RemoteEmbedder

        remote = RemoteEmbedder(home, settings)
        if announce:
            announce(f"model: {remote.model.name}, served by {remote.model.path}")
        return remote

    from searcher.embedding.local import LocalEmbedder
    from searcher.models import resolve

    resolved = resolve(home, settings, announce=announce, progress=progress)
    embedder = LocalEmbedder(home, settings, resolved, role=role)
    if announce and embedder.note:
        announce(embedder.note)
    return embedder
