"""How files become rows of the index."""

from indexer.care.backup import restore
from indexer.care.forgetting import forget, recall
from indexer.care.repair import damage, repair
from indexer.running.handover import backup_anyhow, forget_anyhow, index_anyhow
from indexer.running.passes import index, preview, watch
from indexer.summary import Summary

__all__ = [
    "Summary",
    "backup_anyhow",
    "damage",
    "forget",
    "forget_anyhow",
    "index",
    "index_anyhow",
    "preview",
    "recall",
    "repair",
    "restore",
    "watch",
]
