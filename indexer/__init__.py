"""How files become rows of the index. A name is imported when it is asked for: the process that reads files
needs none of them, and would take three times as long to start."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer.adding import add_folder, add_missing
    from indexer.bulk.cluster import on_ray
    from indexer.care.backup import restore
    from indexer.care.cost import of_embedding_again
    from indexer.care.forgetting import forget
    from indexer.care.ownership import take_over
    from indexer.care.repair import damage, repair
    from indexer.running.handover import backup_anyhow, forget_anyhow, index_anyhow
    from indexer.running.passes import index, preview, watch
    from indexer.summary import Summary
    from indexer.work.pace import noted_speed

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
    "noted_speed",
    "of_embedding_again",
    "on_ray",
    "preview",
    "repair",
    "restore",
    "take_over",
    "watch",
]

_ROOMS = {
    "adding": ("add_folder", "add_missing"),
    "bulk.cluster": ("on_ray",),
    "care.backup": ("restore",),
    "care.cost": ("of_embedding_again",),
    "care.forgetting": ("forget",),
    "care.ownership": ("take_over",),
    "care.repair": ("damage", "repair"),
    "running.handover": ("backup_anyhow", "forget_anyhow", "index_anyhow"),
    "running.passes": ("index", "preview", "watch"),
    "summary": ("Summary",),
    "work.pace": ("noted_speed",),
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(f"indexer.{room}"), name)
    raise AttributeError(f"module 'indexer' has no attribute {name!r}")
