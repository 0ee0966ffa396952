"""Documents to passages sized by the embedding model's own tokens."""

from indexer.chunking.chunker import VERSION, chunk

__all__ = ["VERSION", "chunk"]
