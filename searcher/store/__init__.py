"""The LanceDB table of chunks."""

from searcher.lighter import leave_out_client
from searcher.store.table import Store, open_store

leave_out_client()

__all__ = ["Store", "open_store"]
