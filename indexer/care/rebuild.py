"""Another model, dimension, chunker or making of words: a new table is built beside the live one and takes
its place whole.

Search answers from the old table until then. The table being built keeps a catalogue of its own, so that an
interrupted build goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from indexer.care.restoring import fitting
from indexer.catalogue import Catalogue, number_of, remove_database
from indexer.chunking import VERSION
from indexer.running.lock import joined
from searcher import system
from searcher.embedding.base import ModelInfo
from searcher.errors import IndexDamaged, IndexMissing, ModelMismatch
from searcher.home import Home
from searcher.store import Store, place
from searcher.store.indexes import TERMS_INDEX, create_indexes
from searcher.store.older import add_embedded, add_spread
from searcher.store.reader import full_vectors
from searcher.store.rows import row_terms
from searcher.store.table import (
    Live,
    axes_of,
    create_table,
    drop_table,
    has_table,
    open_table,
    read_live,
    table_names,
    write_live,
)
from searcher.text.terms import VERSION as WORDS
from searcher.vectors import axes

_ROWS = 5000
_SPOKEN = ("title", "path", "kind", "language", "heading", "symbol", "text")  # what a row's words come from
BUILDING = "building a new index; the old one answers until it is complete"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the indexer writes; `building` while the table is to replace another. `notes` are for people."""

    store: Store
    catalogue: Catalogue
    building: bool
    notes: list[str]


@contextmanager
def target(home: Home, model: ModelInfo, *, measure: int = 0) -> Iterator[Target]:
    """The live table when it fits the model, else the one that is to replace it. `measure` is how many
    passages of each document of mass data get a vector, 0 for all."""
    at = joined(home)
    needed = _live_for(model, measure)
    live = read_live(home, fresh=True)
    if not at.tidies:
        needed = _of_its_owner(at, live, needed)
    if live is not None and live != needed and replace(live, measure=measure) == needed:
        add_spread(open_table(home, live.table, write=True))
        write_live(home, needed, instead_of=live)
        live = needed
    if live != needed and has_table(home, needed.table) and _is_right(home, live, needed):
        write_live(home, needed, instead_of=live)
        live = needed
    elif live is None:
        create_table(home, needed.table, model)
        write_live(home, needed)
        live = needed
    if needed.turned:
        at.keep(home.axes(needed.fingerprint))
    building = live != needed
    if building and not (has_table(home, needed.table) and home.building.exists()):
        _begin(home, live, needed, model)
    store = Store(open_table(home, needed.table, write=True), needed, axes_of(home, needed), at=at)
    store.embeds_all = building or not store.source
    store.read(add_embedded)
    if at.tidies and TERMS_INDEX not in {index.name for index in store.table.list_indices()}:
        create_indexes(store.table)  # a repair was cut short between the rows and their indexes
    if at.tidies:
        _tidy(home, {live.table, needed.table}, building=building)
    if store.source and not building and not store.table.count_rows(store.own):
        _bring_along(home, store)
    catalogue, note = fitting(home, home.building if building else home.catalogue, store)
    try:
        yield Target(store, catalogue, building, [BUILDING] if building else [note] if note else [])
    finally:
        catalogue.close()


def _tidy(home: Home, tables: set[str], *, building: bool) -> None:
    """Drop what a crash, or a change of mind about the settings, left of other tables."""
    for name in table_names(home):
        if name not in tables:
            drop_table(home, name)
    if not building:
        remove_database(home.building)


def _is_right(home: Home, live: Live | None, needed: Live) -> bool:
    """Whether the table is the right one though the pointer says otherwise: the pointer is lost, the model's
    file has moved, or a crash came between the two steps of `swap`."""
    if live is None or live.table == needed.table:
        return True
    if not home.catalogue.exists():
        return False
    try:
        catalogue = Catalogue(home)
    except IndexDamaged:
        return False
    try:
        return catalogue.table == number_of(place.of(home).full_name(needed.table))
    finally:
        catalogue.close()


def _begin(home: Home, live: Live, needed: Live, model: ModelInfo) -> None:
    """An empty table to build in; one that was left half re-cut is begun anew."""
    remove_database(home.building)
    create_table(home, needed.table, model)
    if (live.fingerprint, live.chunker) == (needed.fingerprint, needed.chunker):
        _recut(home, live, needed)
        Catalogue(home).copy_to(home.building)
        building = Catalogue(home, path=home.building)
        building.belong_to(
            place.of(home).full_name(needed.table)
        )  # last: a copy cut short belongs to no table and is made again
        building.close()
    else:
        _carry_over(home, live, needed)


def swap(home: Home, built: Target) -> None:
    """Make the table that was built the live one, and drop the old. The catalogue changes place first and
    says which table it tells of, so that the next start can finish what a crash cut in two."""
    old = read_live(home, fresh=True)
    built.catalogue.checkpoint()
    remove_database(home.catalogue, spared=("",))
    system.replace(home.building, home.catalogue)
    write_live(home, built.store.live, instead_of=old)
    if old is not None and old.table != built.store.live.table:
        drop_table(home, old.table)


def _live_for(model: ModelInfo, measure: int) -> Live:
    chunker, turned = f"{VERSION}:{model.chunk_tokens}", axes.are_needed(model)
    return Live(
        table=f"chunks_{model.fingerprint[:12]}_{model.dim}_{chunker.replace(':', '_')}_{WORDS}"
        f"{'_turned' * turned}",
        model=model.name,
        fingerprint=model.fingerprint,
        dim=model.dim,
        native_dim=model.native_dim,
        chunker=chunker,
        source=model.path,
        terms=WORDS,
        turned=turned,
        measure=measure,
    )


def _of_its_owner(at: place.IndexPlace, live: Live | None, needed: Live) -> Live:
    """What the home that made an index chose for all that write there. Raises IndexMissing, ModelMismatch."""
    if live is None:
        raise IndexMissing(
            f"there is no index in {at.address} yet, and another searcher is to make it; run it there first"
        )
    if live.table != needed.table:
        raise ModelMismatch(
            f"the index in {at.address} is of {live.model} at {live.dim} dimensions with chunks of "
            f"{live.chunker.rpartition(':')[2]} tokens, not of {needed.model} at {needed.dim} with "
            f"{needed.chunker.rpartition(':')[2]}; set model, dim and chunk_tokens like that"
        )
    return live


def _bring_along(home: Home, store: Store) -> None:
    """What this home has indexed for itself with the same model, into an index that it begins to write with
    others: nothing of it is embedded again."""
    rows = place.in_the_home(home, store.live.table)
    for batch in rows.search().to_batches(_ROWS) if rows is not None else ():
        store.upsert([_of_source(row, store) for row in batch.to_pylist()])


def _of_source(row: dict[str, Any], store: Store) -> dict[str, Any]:
    owner = store.doc_id(row["path"])
    return {**row, "source": store.source, "doc_id": owner, "id": f"{owner}:{row['ordinal']}"}


def _carry_over(home: Home, live: Live, needed: Live) -> None:
    """The passages of other machines, whose files are not here, into an index of another model: they are
    embedded from their text."""
    new = Store(open_table(home, needed.table, write=True), needed, at=place.of(home))
    if not new.source:
        return
    old, anew = open_table(home, live.table, write=True), live.terms != needed.terms
    for batch in old.search().where(f"NOT ({new.own})").to_batches(_ROWS):
        new.upsert([_without_vector(row, anew=anew) for row in batch.to_pylist()])


def _without_vector(row: dict[str, Any], *, anew: bool) -> dict[str, Any]:
    """A row that waits for a vector, with its words made `anew` where they are made otherwise now."""
    kept = {name: value for name, value in row.items() if name not in ("vector", "rest")} | {"vector": None}
    return kept | ({"terms": row_terms(**{name: row[name] for name in _SPOKEN})} if anew else {})


def _recut(home: Home, live: Live, needed: Live) -> None:
    """Another scan dimension of the same model, or other words: the full vectors are cut anew, the words made
    anew, nothing is embedded."""
    if live.terms != needed.terms:
        home.references.unlink(missing_ok=True)  # names that no column holds come from there: read again
    old = Store(open_table(home, live.table, write=True), live, axes_of(home, live))
    new = Store(open_table(home, needed.table, write=True), needed, axes_of(home, needed))
    for batch in old.table.search().to_batches(_ROWS):
        full = full_vectors(pa.Table.from_batches([batch]), old.layout)
        rows = batch.to_pylist()
        embedded = [row["id"] for row in rows if row["vector"] is not None]
        anew = live.terms != needed.terms
        new.upsert([_without_vector(row, anew=anew) for row in rows])
        if embedded:
            new.fill_vectors(embedded, full)
