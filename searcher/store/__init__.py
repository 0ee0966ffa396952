"""The LanceDB table of chunks."""

from searcher.store.table import Store, open_store

__all__ = ["Store", "open_store"]
