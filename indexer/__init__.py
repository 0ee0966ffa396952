"""How files become rows of the index."""

from indexer.forgetting import forget, recall
from indexer.passes import index, preview, watch
from indexer.summary import Summary

__all__ = ["Summary", "forget", "index", "preview", "recall", "watch"]
