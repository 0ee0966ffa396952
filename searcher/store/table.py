"""One table a model fingerprint, and the pointer that says which one is live."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from typing import Any, TypeVar, cast

from searcher import folders
from searcher.away import is_away, unreachable
from searcher.embedding.base import ModelInfo, Vectors
from searcher.errors import IndexDamaged, IndexMissing, IndexTaken, ModelMismatch
from searcher.home import Home
from searcher.paths import doc_id
from searcher.runtime import is_followed
from searcher.store import place
from searcher.store.lance import LanceTable
from searcher.trouble import damaged, is_about_files
from searcher.vectors import axes
from searcher.vectors.layout import Layout

os.environ.setdefault("LANCEDB_LOG", "error")  # its warnings reach stderr once a query; read at import
# Arrow's own pool keeps some 30 MB that the C library would give back
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")

T = TypeVar("T")
# seconds before a version that was pruned while it was read is given up for the newest; writers prune once in
# many seconds, so that a reader meets several prunes only when it is very slow
_WAITS = (0.0, 0.05, 0.2, 0.8, 2.0)


@dataclass(frozen=True, slots=True)
class Live:
    """The pointer: which table answers queries, and the model it belongs to."""

    table: str
    model: str
    fingerprint: str
    dim: int
    native_dim: int
    chunker: str  # what decided the chunks; another value means a rebuild
    source: str = ""  # the model's file or address, so that this table can be asked while another is built
    terms: str = ""  # what decided the words; another value means that they are made anew
    turned: bool = False  # whether vectors are turned to `searcher.vectors.axes` before they are cut
    measure: int = 0  # passages of each document of mass data that get a vector; 0 for all


def read_live(home: Home, *, fresh: bool = False) -> Live | None:
    """None when nothing is indexed yet, or the pointer is broken. For who is going to write, and who wonders
    why a table is gone, it has to be `fresh`: a reader of an object store may be some seconds behind. Raises
    IndexUnreachable."""
    return _live(place.of(home).pointer(fresh=fresh))


def write_live(home: Home, live: Live, *, instead_of: Live | None = None) -> None:
    """Switch the pointer. Raises IndexTaken where another machine has switched it meanwhile, and where it
    names another table than the one given."""
    at = place.of(home)
    held = at.pointer(fresh=True)
    if instead_of is not None and _live(held) not in (None, instead_of):
        raise IndexTaken(f"another machine has put another index in place in {at.address}; run this again")
    at.point(asdict(live), before=held)


def _live(value: Any) -> Live | None:
    try:
        return Live(**value) if isinstance(value, dict) else None
    except TypeError:
        return None


class Store:
    """The open table. A writer and any number of readers may hold one each."""

    def __init__(
        self,
        table: LanceTable,
        live: Live,
        turned_to: Vectors | None = None,
        *,
        behind: float = 0.0,
        at: place.IndexPlace | None = None,
    ) -> None:
        """What was counted may be so many seconds `behind` the table. `at` is given where other sources may
        write the same table."""
        self.table = table
        self.live = live
        self.at = at if at is not None and at.is_shared else None
        self.source = self.at.source if self.at is not None else ""
        self.embeds_all = not self.source
        self.layout = Layout(live.dim, live.native_dim, turned_to)
        self._facts: tuple[int, dict[Hashable, Any]] = (-1, {})  # of one version; counting scans a column
        self.behind = behind  # none for who writes
        self.kept: dict[str, object] = {}  # of more than one version
        self._asking = threading.RLock()
        self._looked = -math.inf  # time.monotonic() when the version was asked for

    @property
    def model_metadata(self) -> dict[str, Any]:
        """{"name", "fingerprint", "dim", "native_dim"} of the model the table belongs to."""
        live = self.live
        return {
            "name": live.model,
            "fingerprint": live.fingerprint,
            "dim": live.dim,
            "native_dim": live.native_dim,
        }

    def for_reading(self, seconds: float) -> Store:
        """The same table for who asks much of it and writes nothing; what is counted may be so old."""
        other = copy(self)
        other.behind, other._facts, other._asking = seconds, (-1, {}), threading.RLock()
        other.kept = {}
        other._looked = -math.inf
        return other

    @property
    def own(self) -> str:
        """The condition for rows of this home."""
        return f"source = '{self.source}'" if self.source else "true"

    def doc_id(self, stored: str) -> str:
        """That of a file of this home."""
        return doc_id(stored, self.source)

    def read(self, ask: Callable[[LanceTable], T]) -> T:
        """`ask(table)`, again on the newest version while the one that was read is pruned meanwhile.

        Raises IndexDamaged for what the table says of its own files; errors of the question pass through.
        """
        version = None
        for wait in _WAITS:
            try:
                return ask(self.table)
            except (RuntimeError, OSError, ValueError) as error:
                if not is_about_files(error):
                    raise
                failure = error
            time.sleep(wait)
            try:
                self.table.checkout_latest()
                self._looked = -math.inf
                before, version = version, self.table.version
            except (RuntimeError, OSError, ValueError) as error:
                raise damaged(error) from error
            if version == before:
                break  # what is missing belongs to the newest version
        raise damaged(failure) from failure

    def count(self) -> int:
        """Chunks."""
        return self.read(lambda table: self._counted(table, None))

    @property
    def waiting(self) -> str:
        """The condition for chunks that have no vector and are to get one."""
        return self._waiting("vector IS NULL")

    @property
    def waiting_here(self) -> str:
        """The same, of those that this home is to embed: its own, and all of them in an index that is being
        built to take the place of another."""
        return self.waiting if self.embeds_all else f"{self.waiting} AND {self.own}"

    def _waiting(self, unembedded: str) -> str:
        measure = self.live.measure
        return f"{unembedded} AND (spread IS NULL OR spread < {measure})" if measure else unembedded

    def pending(self) -> int:
        """Chunks that wait for a vector."""
        return self.read(lambda table: self._counted(table, self._waiting(self._unembedded(table))))

    def by_words(self) -> int:
        """Chunks of mass data beyond the measure, which are found by their words alone."""
        if not (measure := self.live.measure):
            return 0
        return self.read(
            lambda table: self._counted(table, f"{self._unembedded(table)} AND spread >= {measure}")
        )

    def documents(self) -> int:
        return self.read(lambda table: self._counted(table, "ordinal = 0"))

    def _counted(self, table: LanceTable, where: str | None) -> int:
        return self.once(table, ("rows", where), lambda: table.count_rows(where))

    def _unembedded(self, table: LanceTable) -> str:
        """The condition to count by: to read the vectors takes eight times as long. A table of an older
        version has no column for it until its writer opens it."""
        has_column = self.once(table, "embedded", lambda: "embedded" in table.schema.names)
        return "embedded = false" if has_column else "vector IS NULL"

    def has_vector_index(self, table: LanceTable) -> bool:
        """Whether the nearest vectors are looked up and not all compared."""
        return self.once(
            table, "index", lambda: any("vector" in index.columns for index in table.list_indices())
        )

    def look(self) -> None:
        """Ask for the version with the next question, so that counts are of the rows that are read."""
        self._looked = -math.inf

    def version(self, table: LanceTable) -> int:
        """Of the table, as old as what is counted: LanceDB takes a fifth of a millisecond to say it."""
        now = time.monotonic()
        if now - self._looked < self.behind:
            return self._facts[0]
        version = table.version
        if self._facts[0] != version:
            self._facts = (version, {})
        self._looked = now
        return version

    def once(self, table: LanceTable, what: Hashable, ask: Callable[[], T]) -> T:
        """`ask()` of the table's version, asked again when that is another; by one thread, for which others
        wait."""
        self.version(table)
        facts = self._facts[1]
        if what not in facts:
            with self._asking:
                if what not in facts:
                    facts[what] = ask()
        return cast(T, facts[what])

    def upsert(self, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows by `id`, in one commit; a row without "vector" waits for one."""
        if not rows:
            return
        import pyarrow as pa

        marked = [{**row, "embedded": row.get("vector") is not None} for row in rows]
        batch = pa.Table.from_pylist(marked, schema=self.table.schema)
        self.table.merge_insert("id").when_matched_update_all().when_not_matched_insert_all().execute(
            batch, on_bad_vectors="null"
        )

    def fill_vectors(self, ids: Sequence[str], full: Vectors) -> None:
        """Give waiting rows their vectors. `full` is float32 (n, native_dim), L2-normalised. A row that is
        gone meanwhile stays gone."""
        import numpy as np
        import pyarrow as pa

        columns: dict[str, Any] = {
            "id": pa.array(ids, pa.string()),
            "embedded": pa.array(np.isfinite(full).all(axis=1)),  # what is not is stored as none
            **vector_columns(full, self.layout),
        }
        names = [name for name in self.table.schema.names if name in columns]
        fields = [self.table.schema.field(name) for name in names]
        batch = pa.table([columns[name] for name in names], schema=pa.schema(fields))
        self.table.merge_insert("id").when_matched_update_all().execute(batch, on_bad_vectors="null")


def vector_columns(full: Vectors, layout: Layout) -> dict[str, Any]:
    """Arrow columns of full vectors, float32 (n, native_dim)."""
    import numpy as np
    import pyarrow as pa

    flat = layout.reduced(full).astype(np.float16).reshape(-1)
    columns = {"vector": pa.FixedSizeListArray.from_arrays(pa.array(flat), layout.dim)}
    if layout.rest_bytes:
        rest = [row.tobytes() for row in layout.rest(full)]
        columns["rest"] = pa.array(rest, pa.binary(layout.rest_bytes))
    return columns


def open_store(home: Home, model: ModelInfo | None, *, write: bool = False) -> Store:
    """The live table. With `model`, only when it is the one the table belongs to.

    Raises IndexMissing, ModelMismatch or IndexDamaged.
    """
    live = read_live(home, fresh=write)
    if live is None:
        if home.catalogue.exists() and table_names(home):
            raise IndexDamaged(
                f"live.json of {place.of(home).address}, which names the table, is missing or broken; "
                "run `searcher doctor --fix`"
            )
        at = place.of(home)
        where = at.address if at.is_shared else home.root
        if is_followed(home) and folders.everything(home):
            raise IndexMissing(f"the first files of {where} are being read; ask again in a moment")
        raise IndexMissing(f"nothing is indexed in {where} yet; run `searcher up FOLDER`")
    if model is not None and (model.fingerprint, model.dim) != (live.fingerprint, live.dim):
        raise ModelMismatch(
            f"the index in {home.root} was built with {live.model} at {live.dim} dimensions, "
            f"not with {model.name} at {model.dim}; run `searcher index` to rebuild it, "
            f"or `searcher models use {live.model}`"
        )
    return Store(
        open_table(home, live.table, write=write),
        live,
        axes_of(home, live),
        at=place.of(home),
        behind=0.0 if write else place.of(home).reading_seconds,
    )


def axes_of(home: Home, live: Live) -> Vectors | None:
    """What a table's vectors are turned to, if anything. Raises IndexDamaged."""
    if not live.turned:
        return None
    place.of(home).fetch(home.axes(live.fingerprint))
    return axes.load(home, live.fingerprint)


def open_table(home: Home, name: str, *, write: bool = False) -> LanceTable:
    """A table by name. Readers look for a new version now and then. Raises IndexDamaged, IndexUnreachable."""
    at = place.of(home)
    try:
        return cast(LanceTable, at.connect(write=write).open_table(name))
    except (ValueError, RuntimeError, OSError) as error:
        raise damaged(error) from error


def create_table(home: Home, name: str, model: ModelInfo) -> LanceTable:
    """An empty table for a model; replaces a half-made one of the same name."""
    from searcher.store.indexes import create_indexes
    from searcher.store.schema import schema

    metadata = {"model": model.name, "fingerprint": model.fingerprint, "dim": str(model.dim)}
    rest_bytes = Layout(model.dim, model.native_dim).rest_bytes
    layout = schema(dim=model.dim, rest_bytes=rest_bytes, metadata=metadata)
    made = place.of(home).connect(write=True).create_table(name, schema=layout, mode="overwrite")
    table = cast(LanceTable, made)
    table.set_unenforced_primary_key("id")
    create_indexes(table)
    return table


def table_names(home: Home) -> list[str]:
    """Raises IndexUnreachable."""
    try:
        names: list[str] = place.of(home).connect(write=True).list_tables().tables
    except (ValueError, RuntimeError, OSError) as error:
        if not is_away(error):
            raise
        raise unreachable(error) from error
    return names


def has_table(home: Home, name: str) -> bool:
    return name in table_names(home)


def drop_table(home: Home, name: str) -> None:
    if has_table(home, name):
        place.of(home).connect(write=True).drop_table(name)
