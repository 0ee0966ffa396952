"""What the index holds, read without the writer's lock."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from indexer.catalogue import Catalogue, FileRow
from indexer.changes.offline import places
from searcher import folders
from searcher.errors import IndexMissing, SearcherError
from searcher.home import Home
from searcher.runtime import is_paused, read_indexer_state
from searcher.store import open_store


def read(home: Home) -> dict[str, Any]:
    """Files by status; what failed, was skipped or read in part, with the reasons; chunks, folders. Where the
    index is not `readable`, which `problem` explains, its numbers are not known."""
    status: dict[str, Any] = {
        "files": {"indexed": 0, "failed": 0, "skipped": 0, "offline": 0},
        "failed": [],
        "skipped": [],
        "in_part": [],
    }
    indexed: dict[str, tuple[int, int, float]] = {}
    problems: list[SearcherError] = []
    if home.catalogue.exists():
        try:
            indexed = _catalogue(home, status)
        except SearcherError as error:
            problems.append(error)
    table, problem = _table(home)
    problems += problem
    state = read_indexer_state(home)
    offline = status.pop("offline", {})
    return {
        **status,
        **table,
        "readable": all(isinstance(problem, IndexMissing) for problem in problems),
        **({"problem": str(problems[0])} if problems else {}),
        "folders": [
            {
                **_folder(folder, *indexed.get(folder.path, (0, 0, None))),
                "offline": sum(offline.get(folder.path, {}).values()),
                "offline_at": offline.get(folder.path, {}),
            }
            for folder in folders.everything(home)
        ],
        "last_change": max((changed for _, _, changed in indexed.values()), default=None),
        "indexer": asdict(state) if state else None,
        "paused": is_paused(home),
        "home": str(home.root),
    }


def _catalogue(home: Home, result: dict[str, Any]) -> dict[str, tuple[int, int, float]]:
    """The indexed files of each folder; counts and reasons are put into `result`. Raises IndexDamaged."""
    catalogue = Catalogue(home, write=False)
    try:
        result["files"] |= catalogue.counts()
        away: dict[str, list[FileRow]] = {}
        for row in catalogue.with_status("offline"):
            away.setdefault(row.folder, []).append(row)
        result["offline"] = {folder: dict(places(rows, folder)) for folder, rows in away.items()}
        for name, rows in (
            ("failed", catalogue.with_status("failed")),
            ("skipped", catalogue.with_status("skipped")),
            ("in_part", catalogue.read_in_part()),
        ):
            result[name] = [{"path": row.path, "reason": row.reason, "rule": row.rule} for row in rows]
        return catalogue.indexed_by_folder()
    finally:
        catalogue.close()


def _table(home: Home) -> tuple[dict[str, Any], list[SearcherError]]:
    """What the table holds, and what keeps it from telling."""
    status: dict[str, Any] = {"chunks": 0, "pending": 0, "by_words": 0, "mass_passages": 0, "model": None}
    try:
        store = open_store(home, None)
        status["model"] = store.model_metadata
        status["chunks"] = store.count()
        status["pending"] = store.pending()
        status["by_words"] = store.by_words()
        status["mass_passages"] = store.live.measure
    except SearcherError as error:
        return status, [error]
    return status, []


def _folder(folder: folders.Folder, files: int, size: int, changed: float | None) -> dict[str, Any]:
    return {
        "path": folder.path,
        "include": list(folder.include),
        "exclude": list(folder.exclude),
        "files": files,
        "bytes": size,
        "changed": changed,
    }
