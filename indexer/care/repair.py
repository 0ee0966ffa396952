"""Damage to the index: what there is, and putting it right with as much kept as can be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from indexer.care.restoring import documents, made
from indexer.catalogue import Catalogue, number_of, remove_database, unread
from indexer.running.lock import owned, writing
from indexer.running.passes import index
from indexer.summary import Summary
from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.settings import Settings
from searcher.store import place, salvage
from searcher.store.lance import LanceTable
from searcher.store.table import Live, open_table, read_live, table_names


@dataclass(frozen=True, slots=True)
class Repaired:
    """`done` is empty when nothing was damaged. `kept` of `passages` stayed as they were; `summary` is of the
    pass that brought the rest back from the files."""

    done: list[str]
    kept: int
    passages: int
    summary: Summary = field(repr=False)

    def __str__(self) -> str:
        if not self.done:
            return "nothing was damaged; the index was brought up to date"
        read = self.summary.added + self.summary.changed
        embedded = self.summary.chunks_embedded
        kept = f"{self.kept} of {self.passages} passages were kept" if self.passages else "nothing was lost"
        return f"{'; '.join(self.done)}; {kept}, {read} files read again, {embedded} passages embedded again"


def damage(home: Home) -> list[str]:
    """What is damaged, a line each; changes nothing."""
    live = read_live(home)
    if live is None:
        names = table_names(home)
        missing = f"live.json of {place.of(home).address}, which names the table, is missing or broken"
        return [missing] if names else []
    reasons = _catalogue_trouble(home, live)
    try:
        table = open_table(home, live.table)
    except IndexDamaged as error:
        return [str(error).partition("; run")[0], *reasons]
    if lost := salvage.lost_rows(table):
        return [f"{lost} of {table.count_rows()} passages cannot be read from {live.table}", *reasons]
    if broken := salvage.broken_indexes(table):
        reasons.insert(0, f"the table's indexes of {', '.join(broken)} cannot be used")
    return reasons


def repair(home: Home, settings: Settings) -> Repaired:
    """Keep what can be read, take the rest from the files again. Raises IndexLocked, HomeError and what
    `index` raises."""
    done: list[str] = []
    kept = passages = 0
    with writing(home):
        owned(home)
        live = read_live(home, fresh=True)
        if live is not None:
            kept, passages = _repair_table(home, live, done)
        elif table_names(home):
            done.append("the name of the table was lost")
    return Repaired(done, kept, passages, index(home, settings))


def _repair_table(home: Home, live: Live, done: list[str]) -> tuple[int, int]:
    """Passages kept and passages there were, as far as is known; what was done is added to `done`.

    A catalogue that may promise more than the table holds goes first: killed anywhere, the next pass finds
    either the damage or a catalogue to be made again.
    """
    promised = _promised(home, live)
    table: LanceTable | None
    try:
        table, taken_back = open_table(home, live.table, write=True), 0
    except IndexDamaged:
        remove_database(home.catalogue)
        table, taken_back = salvage.open_newest(home, live.table)
    if table is None:
        salvage.remove(home, live.table)
        place.of(home).remove_pointer()
        done.append("the table could not be read at all and was built anew")
        return 0, promised or 0
    if taken_back:
        done.append(f"broken versions of the table were taken back: {taken_back}")
    if promised is None or taken_back:
        done.append("the catalogue of files was made again")
    passages = kept = table.count_rows()
    if lost := salvage.lost_rows(table):
        if promised is None or taken_back:
            doubtful = [unread(row) for row in documents(salvage.readable(table))]
            made(home, home.catalogue, live.table, doubtful).close()
        kept = salvage.keep_readable(home, live.table, table)
        table = open_table(home, live.table, write=True)
        done.append(f"passages whose file was broken were dropped: {lost}")
    elif promised is None or taken_back:
        remove_database(home.catalogue)  # the next pass makes it from the table
    if broken := salvage.broken_indexes(table):
        salvage.make_indexes(table, broken)
        if not lost:
            done.append(f"indexes were built again: {', '.join(broken)}")
    return kept, max(passages, promised or 0)


def _promised(home: Home, live: Live) -> int | None:
    """Passages that the catalogue names, None when it cannot be used."""
    if _catalogue_trouble(home, live):
        return None
    catalogue = Catalogue(home, write=False)
    try:
        return sum(row.chunks for row in catalogue.with_status("indexed", "offline"))
    finally:
        catalogue.close()


def _catalogue_trouble(home: Home, live: Live) -> list[str]:
    if not home.catalogue.exists():
        return [f"the catalogue {home.catalogue} is missing"]
    try:
        catalogue = Catalogue(home, write=False)
        try:
            catalogue.check()
            if catalogue.table != number_of(place.of(home).full_name(live.table)):
                return [f"the catalogue {home.catalogue} is not of the live table"]
        finally:
            catalogue.close()
    except IndexDamaged as error:
        return [str(error).partition("; run")[0]]
    return []
