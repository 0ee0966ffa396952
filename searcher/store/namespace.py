"""The index in a Lance REST namespace: a server that knows tables by name and says where each lies.

What is not a table, such as the pointer and the owner, lies in the folder of an empty table of our own: a
server may allow nothing beside tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from searcher.away import is_away, unreachable
from searcher.errors import PlaceUnfit
from searcher.home import Home
from searcher.store.bucket import OPTIONS, Bucket, ObjectVersion

_OWN = "chunks_"  # what tables of passages begin with; others are not ours
_ANCHOR = "searcher"  # the empty table
_BELOW = "_searcher"  # in its folder
_MISSING = re.compile("(?:Namespace|Table) not found")  # pylance's server has not made its own table yet
_STORES = ("s3://", "gs://", "az://")


class Namespace(Bucket):
    """See `searcher.store.place.IndexPlace`. The address is rest+https://HOST/NAME/..."""

    def __init__(self, home: Home, address: str) -> None:
        super().__init__(home, address)
        scheme, _, rest = address.removeprefix("rest+").partition("://")
        server, *self._path = rest.split("/")
        self._server = f"{scheme}://{server}"
        self._anchor = ""  # its address

    def connect(self, *, write: bool) -> Any:
        import lancedb

        connection = lancedb.connect(
            namespace_client_impl="rest",
            namespace_client_properties={"uri": self._server},
            read_consistency_interval=timedelta(seconds=0 if write else self.reading_seconds),
            storage_options=dict(OPTIONS),
        )
        return _Inside(connection, self._path)

    def table_address(self, table: str) -> str:
        with suppress(ValueError, RuntimeError, OSError):
            return str(self.connect(write=False).open_table(table).uri)
        parent, _, name = self._where().rpartition("/")
        return f"{parent}/{name.replace(_ANCHOR, table)}"  # one that is damaged: as its neighbour

    def _addresses(self) -> list[str]:
        tables = self.connect(write=False).list_tables().tables if self._where() else []
        return [*(self.table_address(table) for table in tables), *filter(None, [self._where()])]

    def claim(self) -> None:
        self._where(write=True)
        super().claim()

    def _below(self) -> str:
        return f"{self._where()}/{_BELOW}"

    def _where(self, *, write: bool = False) -> str:
        """The address of the anchor, empty where nobody has written yet. Raises PlaceUnfit,
        IndexUnreachable."""
        if not self._anchor:
            try:
                self._anchor = self.connect(write=write).anchored(write=write)
            except (ValueError, RuntimeError, OSError) as error:
                if not is_away(error):
                    raise
                raise unreachable(error, self.address) from error
            if self._anchor and not self._anchor.startswith(_STORES):
                raise PlaceUnfit(
                    f"{self.address} keeps its tables in {self._anchor.rpartition('/')[0]}, which is no "
                    "object store that other machines reach; use a namespace on one"
                )
        return self._anchor

    def _json(self, name: str) -> tuple[Any | None, ObjectVersion | None]:
        return super()._json(name) if self._where() else (None, None)

    def _listed(self, prefix: str, store: Any = None) -> Iterator[tuple[str, int]]:
        return super()._listed(prefix, store) if self._where() else iter(())


class _Inside:
    """A connection as if there were no names above the tables. Its errors are those of any connection."""

    def __init__(self, connection: Any, path: list[str]) -> None:
        self._connection, self._path = connection, path

    def open_table(self, name: str) -> Any:
        with _plain():
            return self._connection.open_table(name, namespace_path=self._path)

    def create_table(self, name: str, **how: Any) -> Any:
        with _plain():
            return self._connection.create_table(name, namespace_path=self._path, **how)

    def drop_table(self, name: str) -> None:
        with _plain():
            self._connection.drop_table(name, namespace_path=self._path)

    def list_tables(self) -> Any:
        with _plain():
            listed = self._connection.list_tables(namespace_path=self._path)
        names = [name.rpartition("$")[2] for name in listed.tables]  # some servers give the whole of it
        listed.tables = [name for name in names if name.startswith(_OWN)]
        return listed

    def anchored(self, *, write: bool) -> str:
        """Where the anchor is; it is made for who writes."""
        import pyarrow as pa
        from lance_namespace.errors import NamespaceNotFoundError, TableNotFoundError

        with _plain():
            try:
                return str(self._connection.open_table(_ANCHOR, namespace_path=self._path).uri)
            except (NamespaceNotFoundError, TableNotFoundError, RuntimeError) as error:
                if isinstance(error, RuntimeError) and not _MISSING.search(str(error)):
                    raise
                if not write:
                    return ""
            for count in range(1, len(self._path) + 1):
                self._connection.create_namespace(self._path[:count], mode="exist_ok")
        return str(self.create_table(_ANCHOR, schema=pa.schema([pa.field("about", pa.string())])).uri)


@contextmanager
def _plain() -> Iterator[None]:
    """The server's errors as the table's own."""
    from lance_namespace.errors import LanceNamespaceError

    try:
        yield
    except LanceNamespaceError as error:
        raise RuntimeError(f"Namespace error: {error}") from error
