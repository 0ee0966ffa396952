"""Files to text. One small module a format behind one registry."""

from indexer.formats.registry import extract, kind_of

__all__ = ["extract", "kind_of"]
