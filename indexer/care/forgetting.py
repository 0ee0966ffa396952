"""Forgetting a file for good: collected, removed wherever it may be, proven, at last out of the catalogue.

What is being forgotten is written down first. Each step may be done twice, so that a run that was cut short
anywhere is finished by the next one, or by the next pass of the indexer.
"""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from indexer.catalogue import Catalogue, FileRow, remove_database
from indexer.recognition.kept import Kept
from indexer.running.lock import joined, writing
from searcher.errors import SearcherError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.paths import doc_id, given, is_within
from searcher.runtime import drop_everywhere
from searcher.settings import Settings
from searcher.store import place
from searcher.store.indexes import create_indexes, index_vectors
from searcher.store.lance import LanceTable
from searcher.store.place import IndexPlace
from searcher.store.table import drop_table, open_table, read_live, table_names
from searcher.store.where import document, quoted

_TELLING = 24  # characters of a string that is searched for afterwards
_PASSAGES = 1000  # looked at for such strings
_STRINGS = 20
_READ_BYTES = 1 << 20  # of a file of the home that is looked through


@dataclass(slots=True)
class Work:
    """What is to go, and what has gone."""

    stored: str
    table: LanceTable | None  # the live one
    at: IndexPlace
    rows: list[FileRow] = field(default_factory=list)  # of the catalogue, without those left out anyway
    documents: set[str] = field(default_factory=set)  # ids of those in the table
    telling: list[str] = field(default_factory=list)  # strings that stand in these texts and in no other
    removed: int = 0
    searched: int = 0  # bytes

    @property
    def where(self) -> str:
        own = f" AND source = '{self.at.source}'" if self.at.source else ""
        return f"({document(self.stored)}{own})"


def forget(home: Home, settings: Settings, path: str | os.PathLike[str]) -> dict[str, Any]:
    """{"files", "chunks", "searched_bytes"}: remove every trace of a file or folder, which is not indexed
    again until it is added again. Raises IndexLocked, and SearcherError if a trace was found."""
    with writing(home):
        return forget_held(home, given(path))


def forget_held(home: Home, stored: str) -> dict[str, Any]:
    """`forget` of a stored path, by the holder of the writer's lock, which has table and catalogue closed."""
    at = joined(home)
    live = read_live(home, fresh=True)
    work = Work(stored, None if live is None else open_table(home, live.table, write=True), at)
    if at.is_shared and stored not in begun(home):
        _refuse_what_others_have(home, work)
    remember(home, stored)
    _write_begun(home, begun(home) | {stored})
    home.ledger.unlink(missing_ok=True)  # it may name the file
    for step in STEPS:
        step(home, work)
    files = work.documents | {doc_id(row.path, at.source) for row in work.rows}
    return {"files": len(files), "chunks": work.removed, "searched_bytes": work.searched}


def _refuse_what_others_have(home: Home, work: Work) -> None:
    """Raises SearcherError for what is in the index of other machines alone: each takes out its own."""
    if work.table is None or work.table.count_rows(work.where):
        return
    if home.catalogue.exists():
        with closing(Catalogue(home, write=False)) as catalogue:
            if catalogue.below(work.stored):
                return
    elsewhere = work.table.search().where(document(work.stored)).select(["source"]).to_arrow()["source"]
    if ids := elsewhere.unique().to_pylist():
        names = work.at.sources()
        machines = ", ".join(sorted(str(names.get(each, each)) for each in ids))
        raise SearcherError(f"{work.stored} is indexed by {machines}; forget it there")


def finish(home: Home) -> None:
    """What was begun and cut short, by the holder of the writer's lock. Raises SearcherError."""
    for stored in sorted(begun(home)):
        forget_held(home, stored)


def forgotten(home: Home) -> set[str]:
    """Stored paths that are not to be indexed."""
    return set(read_json(home.forgotten) or ())


def begun(home: Home) -> set[str]:
    """Stored paths of which a trace may be left."""
    return set(read_json(home.forgetting) or ())


def remember(home: Home, stored: str) -> None:
    write_json(home.forgotten, sorted(forgotten(home) | {stored}))


def recall(home: Home, path: str | os.PathLike[str]) -> None:
    """Index a forgotten path again; what adding a folder does for everything in it."""
    stored = given(path)
    remaining = {each for each in forgotten(home) if not is_within(each, stored)}
    if remaining != forgotten(home):
        write_json(home.forgotten, sorted(remaining))


def _write_begun(home: Home, paths: set[str]) -> None:
    if paths:
        write_json(home.forgetting, sorted(paths))
    else:
        home.forgetting.unlink(missing_ok=True)


def _collect(home: Home, work: Work) -> None:
    if home.catalogue.exists():
        catalogue = Catalogue(home, write=False)
        work.rows = [row for row in catalogue.below(work.stored) if row.status != "skipped"]
        catalogue.close()
    if work.table is not None:
        ids = work.table.search().where(work.where).select(["doc_id"]).to_arrow()["doc_id"]
        work.documents = set(ids.unique().to_pylist())
        texts = work.table.search().where(work.where).select(["text"]).limit(_PASSAGES).to_list()
        work.telling = _telling([row["text"] for row in texts], work)


def _remove_recognised(home: Home, work: Work) -> None:
    """What was read in its pictures."""
    if home.recognised.exists():
        with closing(Kept(home, write=True)) as kept:
            kept.forget([work.stored], {row.hash for row in work.rows})


def _telling(texts: list[str], work: Work) -> list[str]:
    """From the middle of passages, spread over all of them."""
    strings: list[str] = []
    for text in texts[:: max(len(texts) // _STRINGS, 1)][:_STRINGS]:
        middle = text[len(text) // 2 :].strip()[:_TELLING]
        if len(middle) == _TELLING and "\n" not in middle and work.table is not None:
            others = f"contains(text, {quoted(middle)}) AND NOT {work.where}"
            if not work.table.count_rows(others):
                strings.append(middle)
    return strings


def _remove_from_table(home: Home, work: Work) -> None:
    """Rows, then whatever holds words or vectors of theirs: indexes and old versions."""
    table = work.table
    if table is None:
        return
    work.removed = table.delete(work.where).num_deleted_rows
    for fragment in _with_deleted_rows(table):
        # written anew, unchanged: a file of which few rows are deleted is never rewritten by itself
        inside = f"_rowid >= {fragment << 32} AND _rowid < {(fragment + 1) << 32}"
        table.update(where=inside, values_sql={"ordinal": "ordinal"})
    if work.removed or len(table.list_versions()) > 1:
        create_indexes(table)
        if any(index.columns == ["vector"] for index in table.list_indices()):
            index_vectors(table, anew=True)
    # files of no version may be those of another machine that has yet to commit
    alone = not work.at.sources().keys() - {work.at.source}
    with warnings.catch_warnings():  # of readers that lose their version: they look for the new one
        warnings.simplefilter("ignore")
        for _ in range(3):  # indexing what is new comes after pruning, and leaves one more version
            table.optimize(cleanup_older_than=timedelta(0), delete_unverified=alone)
            if len(table.list_versions()) == 1:
                break


def _with_deleted_rows(table: LanceTable) -> list[int]:
    """Numbers of the table's fragments in whose files rows stand that are deleted: each has a file that lists
    them, named after it."""
    return sorted({int(name.partition("-")[0]) for name in place.sizes(table.uri, "_deletions")})


def _remove_building(home: Home, work: Work) -> None:
    """A table that is being built beside the live one is begun anew, without the forgotten file."""
    place.empty_the_home(home)
    if not work.at.tidies:
        return
    live = read_live(home, fresh=True)
    for name in table_names(home):
        if live is None or name != live.table:
            drop_table(home, name)
    remove_database(home.building)


def _remove_from_brief(home: Home, work: Work) -> None:
    """Passages that a person kept on the page."""
    page = read_json(home.page)
    left = _without(page, work.stored)
    if left != page:
        write_json(home.page, left)


def _without(value: Any, stored: str) -> Any:
    """A JSON value without the objects whose "path" is the stored one or below it."""
    if isinstance(value, dict):
        return {name: _without(each, stored) for name, each in value.items()}
    if not isinstance(value, list):
        return value
    return [
        _without(each, stored)
        for each in value
        if not (isinstance(each, dict) and is_within(str(each.get("path", "")), stored))
    ]


def _remove_copies(home: Home, work: Work) -> None:
    """Copies for viewing, as an earlier version made them."""
    for folder in home.old_views():
        shutil.rmtree(folder, ignore_errors=True)


def _remove_from_memory(home: Home, work: Work) -> None:
    """Last of the removing: what the server remembers it could write down again. Raises SearcherError."""
    drop_everywhere(home)


def _prove(home: Home, work: Work) -> None:
    """Table files are compressed, so what they hold is asked of the table: one version is left, and no row
    of it holds a telling string. Everything else in the home is read. Raises SearcherError."""
    table = work.table
    if table is not None:
        if len(table.list_versions()) > 1:
            raise SearcherError(
                "old versions of the index are still there; stop other searchers and run the command again"
            )
        if _with_deleted_rows(table):
            raise SearcherError("files of the index still hold deleted text; run the command again")
        for string in work.telling:
            if table.count_rows(f"contains(text, {quoted(string)})"):
                raise SearcherError("the index still holds text of the file; run the command again")
    strings = [string.encode() for string in work.telling]
    for folder, _, names in os.walk(home.root):
        if not Path(folder).is_relative_to(home.models):
            for name in names:
                work.searched += _searched(Path(folder, name), strings)
    for name, parts in work.at.files():
        work.searched += _looked_through(name, parts, strings)


def _searched(path: Path, strings: list[bytes]) -> int:
    """Bytes looked through, a part at a time. Raises SearcherError naming the file if it holds a string."""
    try:
        with path.open("rb") as file:
            return _looked_through(str(path), iter(partial(file.read, _READ_BYTES), b""), strings)
    except OSError:
        return 0


def _looked_through(name: str, parts: Iterator[bytes], strings: list[bytes]) -> int:
    size, before = 0, b""
    for part in parts:
        size += len(part)
        held = before + part
        if any(string in held for string in strings):
            raise SearcherError(f"{name} still holds text of the file; run the command again")
        before = held[-4 * _TELLING :]
    return size


def _remove_from_catalogue(home: Home, work: Work) -> None:
    """Last: as long as the rows are there, the next run knows what is to go."""
    if home.catalogue.exists():
        catalogue = Catalogue(home)
        catalogue.remove(row.path for row in work.rows)
        catalogue.vacuum()
        catalogue.close()
    _write_begun(home, begun(home) - {work.stored})


Step = Callable[[Home, Work], None]
STEPS: tuple[Step, ...] = (
    _collect,
    _remove_from_table,
    _remove_building,
    _remove_from_brief,
    _remove_recognised,
    _remove_copies,
    _remove_from_memory,
    _prove,
    _remove_from_catalogue,
)
