"""How files become rows of the index."""

from indexer.adding import add_folder, add_missing
from indexer.care.backup import restore
from indexer.care.cost import of_embedding_again
from indexer.care.forgetting import forget
from indexer.care.repair import damage, repair
from indexer.running.handover import backup_anyhow, forget_anyhow, index_anyhow
from indexer.running.passes import index, preview, watch
from indexer.summary import Summary

__all__ = [
    "Summary",
    "add_folder",
    "add_missing",
    "backup_anyhow",
    "damage",
    "forget",
    "forget_anyhow",
    "index",
    "index_anyhow",
    "of_embedding_again",
    "preview",
    "repair",
    "restore",
    "watch",
]
