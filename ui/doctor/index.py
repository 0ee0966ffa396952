"""The index against the catalogue, and the catalogue against the files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from searcher.errors import IndexLocked
from searcher.home import Home
from searcher.paths import doc_id, from_stored
from searcher.settings import Settings
from ui.doctor.checks import Check, Checking

_SHOWN = 3


def index(home: Home, settings: Settings, repair: bool) -> Iterator[Check]:
    """The table can be read, holds what the catalogue promises and nothing else."""
    from searcher.store.table import read_live

    if read_live(home) is None:
        yield Check("index", False, "nothing is indexed yet", "searcher index FOLDER")
        return
    if repair:
        yield from _repaired(home, settings)
    problems = list(_differences(home))
    yield from problems or [Check("index", True, "table, catalogue and files agree")]


def _differences(home: Home) -> Iterator[Check]:
    from indexer.catalogue import Catalogue
    from searcher.store import open_store

    if reason := _unreadable(home):
        yield Check("index", False, f"the table cannot be read: {reason}", "searcher doctor --fix")
        return
    store = open_store(home, None)
    present = store.read(lambda table: table.search().select(["doc_id"]).to_arrow())["doc_id"]
    in_table = set(present.unique().to_pylist())
    catalogue = Catalogue(home, write=False)
    try:
        rows = catalogue.with_status("indexed", "offline")
    finally:
        catalogue.close()
    promised = {doc_id(row.path): row for row in rows}
    lost = [row.path for key, row in promised.items() if row.chunks and key not in in_table]
    if lost:
        yield Check("index", False, f"{_some(lost)} have no passages in the table", "searcher doctor --fix")
    if strangers := in_table - promised.keys():
        detail = f"the table holds passages of {len(strangers)} documents that the catalogue does not know"
        yield Check("index", False, detail, "searcher doctor --fix")
    gone, changed = [], []
    for row in rows:
        if row.status == "offline":
            continue
        try:
            stat = from_stored(row.path).stat()
        except OSError:
            gone.append(row.path)
            continue
        if (stat.st_size, stat.st_mtime_ns) != (row.size, row.mtime_ns):
            changed.append(row.path)
    if gone:
        yield Check("files", False, f"{_some(gone)} are gone from the disk", "searcher index")
    if changed:
        yield Check("files", False, f"{_some(changed)} changed since they were indexed", "searcher index")


def _unreadable(home: Home) -> str | None:
    """Why the table cannot be read, or None."""
    from searcher.store import open_store

    try:
        open_store(home, None).count()
    except Exception as error:  # whatever the database raises for its damaged files
        return str(error).splitlines()[0][:200]
    return None


def _repaired(home: Home, settings: Settings) -> Iterator[Check]:
    """One pass of the indexer puts table and catalogue right; a table that cannot be read is built anew."""
    import indexer
    from indexer.lock import writing
    from searcher.store.table import read_live

    try:
        if _unreadable(home):
            live = read_live(home)
            with writing(home):
                (home.index / "live.json").unlink(missing_ok=True)
                shutil.rmtree(home.index / f"{live.table if live else ''}.lance", ignore_errors=True)
        indexer.index(home, settings)
    except IndexLocked as error:
        yield Check("repair", False, str(error), "stop it with Ctrl-C, then searcher doctor --fix")
    else:
        yield Check("repair", True, "the index was brought up to date")


def _some(paths: list[str]) -> str:
    shown = ", ".join(sorted(paths)[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown


CHECKS: tuple[Checking, ...] = (index,)
