"""Forgetting a file for good: rows, vectors, old versions, catalogue; proven by a search through the home."""

from __future__ import annotations

import os
import warnings
from datetime import timedelta
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue
from indexer.running.lock import writing
from searcher.errors import SearcherError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.paths import doc_id, is_within, to_stored
from searcher.settings import Settings
from searcher.store.table import open_table, read_live

_TELLING = 24  # characters of a string that is searched for afterwards


def forget(home: Home, settings: Settings, path: Path) -> dict[str, Any]:
    """{"files", "chunks", "searched_bytes"}: remove every trace of a file or folder, which is not indexed
    again until it is added again. Raises IndexLocked, and SearcherError if a trace was found."""
    with writing(home):
        return forget_held(home, to_stored(path.expanduser().absolute()))


def forget_held(home: Home, stored: str) -> dict[str, Any]:
    """`forget` of a stored path, by the holder of the writer's lock, which has table and catalogue closed."""
    remember(home, stored)  # first: after a crash the next pass takes out what is left
    catalogue = Catalogue(home)
    rows = catalogue.below(stored)
    removed, telling = 0, []
    live = read_live(home)
    if live is not None and rows:
        table = open_table(home, live.table, write=True)
        listed = ", ".join(f"'{doc_id(row.path)}'" for row in rows)
        texts = table.search().where(f"doc_id IN ({listed})").select(["text"]).limit(1000).to_list()
        telling = _telling([row["text"] for row in texts], table, listed)
        removed = table.delete(f"doc_id IN ({listed})").num_deleted_rows
        with warnings.catch_warnings():  # of readers that lose their version: they look for the new one
            warnings.simplefilter("ignore")
            for _ in range(3):  # indexing what is new comes after pruning, and leaves one more version
                table.optimize(cleanup_older_than=timedelta(0), delete_unverified=True)
                if len(table.list_versions()) == 1:
                    break
        _prove_gone(table, telling)
    _forget_building(home)
    catalogue.remove(row.path for row in rows)
    catalogue.vacuum()
    catalogue.close()
    searched = _search(home, telling)
    return {"files": len(rows), "chunks": removed, "searched_bytes": searched}


def forgotten(home: Home) -> set[str]:
    """Stored paths that are not to be indexed."""
    return set(read_json(home.forgotten) or ())


def remember(home: Home, stored: str) -> None:
    write_json(home.forgotten, sorted(forgotten(home) | {stored}))


def recall(home: Home, path: Path) -> None:
    """Index a forgotten path again; what adding a folder does for everything in it."""
    stored = to_stored(path.expanduser().absolute())
    kept = {known for known in forgotten(home) if not is_within(known, stored)}
    if kept != forgotten(home):
        write_json(home.forgotten, sorted(kept))


def _forget_building(home: Home) -> None:
    """A table that is being built beside the live one is begun anew, without the forgotten file."""
    from searcher.store.table import drop_table, table_names

    live = read_live(home)
    for name in table_names(home):
        if live is None or name != live.table:
            drop_table(home, name)
    home.building.unlink(missing_ok=True)


def _telling(texts: list[str], table: Any, listed: str) -> list[str]:
    """Strings that stand in these texts and in no other passage."""
    found = []
    for text in texts[:20]:
        middle = text[len(text) // 2 :].strip()[:_TELLING]
        if len(middle) == _TELLING and "\n" not in middle:
            quoted = middle.replace("'", "''")
            if not table.count_rows(f"contains(text, '{quoted}') AND doc_id NOT IN ({listed})"):
                found.append(middle)
    return found


def _prove_gone(table: Any, telling: list[str]) -> None:
    """Table files are compressed, so what they hold is asked of the table: one version is left, and no row
    of it holds a telling string. Raises SearcherError."""
    if len(table.list_versions()) > 1:
        raise SearcherError(
            "old versions of the index are still there; stop other searchers and run the command again"
        )
    for string in telling:
        quoted = string.replace("'", "''")
        if table.count_rows(f"contains(text, '{quoted}')"):
            raise SearcherError("the index still holds text of the file; run the command again")


def _search(home: Home, telling: list[str]) -> int:
    """Bytes of the home looked through. Raises SearcherError naming the file that still holds a string."""
    searched = 0
    strings = [string.encode() for string in telling]
    for folder, _, names in os.walk(home.root):
        if Path(folder) == home.models:
            continue
        for name in names:
            try:
                data = Path(folder, name).read_bytes()
            except OSError:
                continue
            searched += len(data)
            if any(string in data for string in strings):
                raise SearcherError(f"{folder}/{name} still holds text of the file; run the command again")
    return searched
