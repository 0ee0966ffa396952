"""The index against the catalogue, and the catalogue against the files."""

from __future__ import annotations

from collections.abc import Iterator

from searcher import folders
from searcher.errors import SearcherError
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored
from searcher.settings import Settings
from ui.doctor.check import Check, Checking

_SHOWN = 3


def index(home: Home, settings: Settings, repair: bool) -> Iterator[Check]:
    """The table can be read, holds what the catalogue promises and nothing else."""
    import indexer
    from searcher.store.table import read_live

    if _has_nothing(home):
        if folders.everything(home):
            yield Check("index", False, "nothing is indexed yet", "searcher index")
        else:
            yield Check("index", True, "this home has no folders and searches what other machines index")
        return
    damage = indexer.damage(home)
    if read_live(home) is None and not damage:
        yield Check("index", False, "nothing is indexed yet", "searcher index FOLDER")
        return
    if repair:
        yield from _repaired(home, settings)
        damage = indexer.damage(home)
    problems = [Check("index", False, line, "searcher doctor --fix") for line in damage]
    yield from problems or _differences(home) or [Check("index", True, "table, catalogue and files agree")]


def _has_nothing(home: Home) -> bool:
    """Whether it has nothing of its own in an index of several machines."""
    from searcher.store import open_store, place
    from searcher.store.table import read_live

    if not place.of(home).is_shared or home.catalogue.exists():
        return False
    if read_live(home) is None:
        return True
    store = open_store(home, None)
    return store.read(lambda table: not table.count_rows(store.own))


def _differences(home: Home) -> list[Check]:
    """Between a table and a catalogue that can be read, and between the catalogue and the files."""
    from indexer.catalogue import Catalogue
    from searcher.store import open_store

    store = open_store(home, None)
    found = store.read(lambda table: table.search().where(store.own).select(["doc_id"]).to_arrow())
    present = found["doc_id"]
    in_table = set(present.unique().to_pylist())
    catalogue = Catalogue(home, write=False)
    try:
        rows = catalogue.with_status("indexed", "offline")
    finally:
        catalogue.close()
    promised = {store.doc_id(row.path): row for row in rows}
    lost = [row.path for key, row in promised.items() if row.chunks and key not in in_table]
    checks = []
    if lost:
        detail = f"{_some(lost)} have no passages in the table"
        checks.append(Check("index", False, detail, "searcher doctor --fix"))
    if strangers := in_table - promised.keys():
        detail = f"the table holds passages of {len(strangers)} documents that the catalogue does not know"
        checks.append(Check("index", False, detail, "searcher doctor --fix"))
    gone, changed = [], []
    for row in rows:
        if row.status == "offline" or is_address(row.path):
            continue
        try:
            stat = from_stored(row.path).stat()
        except OSError:
            gone.append(row.path)
            continue
        if (stat.st_size, stat.st_mtime_ns) != (row.size, row.mtime_ns):
            changed.append(row.path)
    if gone:
        checks.append(Check("files", False, f"{_some(gone)} are gone from the disk", "searcher index"))
    if changed:
        detail = f"{_some(changed)} changed since they were indexed"
        checks.append(Check("files", False, detail, "searcher index"))
    return checks


def _repaired(home: Home, settings: Settings) -> Iterator[Check]:
    import indexer

    try:
        done = indexer.repair(home, settings)
    except SearcherError as error:
        what, _, remedy = str(error).partition("; ")
        yield Check("repair", False, what, f"{remedy}, then searcher doctor --fix")
    else:
        yield Check("repair", True, str(done))


def _some(paths: list[str]) -> str:
    shown = ", ".join(sorted(paths)[:_SHOWN])
    return f"{shown} and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else shown


def reachable(home: Home, settings: Settings, repair: bool) -> Iterator[Check]:
    """An object store answers and has conditional writes; nothing is said of an index in the home."""
    from searcher.store import place

    at = place.of(home)
    if not at.is_shared:
        return
    at.pointer(fresh=True)
    machines = ", ".join(sorted(at.sources().values())) or "nobody yet"
    yield Check("place", True, f"{at.address} can be reached; written by {machines}")


CHECKS: tuple[Checking, ...] = (reachable, index)
