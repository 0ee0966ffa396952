"""Model files: which there are, where they come from, and which one is in use."""

from searcher.models.hub import fetch
from searcher.models.resolve import ResolvedModel, resolve

__all__ = ["ResolvedModel", "fetch", "resolve"]
