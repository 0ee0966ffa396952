"""How files become rows of the index."""

from indexer.forgetting import forget, recall
from indexer.handover import forget_anyhow, index_anyhow
from indexer.passes import index, preview, watch
from indexer.repair import damage, repair
from indexer.summary import Summary

__all__ = [
    "Summary",
    "damage",
    "forget",
    "forget_anyhow",
    "index",
    "index_anyhow",
    "preview",
    "recall",
    "repair",
    "watch",
]
