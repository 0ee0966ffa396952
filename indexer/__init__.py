"""How files become rows of the index."""

from indexer.passes import forget, index, preview, watch
from indexer.summary import Summary

__all__ = ["Summary", "forget", "index", "preview", "watch"]
