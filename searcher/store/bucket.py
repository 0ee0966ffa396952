"""The index in an object store: S3 and what speaks like it, Google Cloud Storage, Azure."""

from __future__ import annotations

import json
import math
import socket
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from searcher.away import is_away, unreachable
from searcher.errors import IndexTaken, PlaceUnfit
from searcher.files import read_json, write_atomic, write_json
from searcher.home import Home
from searcher.objects import opened

_READ_SECONDS = 5.0  # after which a reader looks for a new version: looking costs a request or two
_SIZE_SECONDS = 60.0
_NOBODY = "?"  # the source of a home that has never written
_LIVE, _OWNER, _SOURCES = "live.json", "owner.json", "sources"
_PARTS = 4 << 20  # bytes
# a person waits for the answer; writers are started again
OPTIONS = {
    "connect_timeout": "4s",
    "timeout": "60s",
    "client_max_retries": "3",
    "client_retry_timeout": "15",
}
ObjectVersion = dict[str, str]  # {"e_tag", "version"} as far as there are; Google goes by the latter


class Bucket:
    """See `searcher.store.place.IndexPlace`."""

    is_shared = True
    reading_seconds = _READ_SECONDS

    def __init__(self, home: Home, address: str) -> None:
        self._home, self.address = home, address
        self._lock = threading.Lock()
        self._pointer: tuple[float, Any] = (-math.inf, None)  # time.monotonic() when it was read
        self._sources: tuple[float, dict[str, str]] = (-math.inf, {})
        self.tidies = False
        self._looked = -math.inf  # time.monotonic() when it was looked what is to be tidied
        self._size: tuple[float, int] = (-math.inf, 0)
        self._stamp: tuple[float, tuple[tuple[str, int, int], ...]] = (-math.inf, ())

    @cached_property
    def _store(self) -> Any:
        return opened(self._below())

    def _below(self) -> str:
        """The address of the objects."""
        return self.address

    def table_address(self, table: str) -> str:
        return f"{self.address}/{table}.lance"

    def _addresses(self) -> list[str]:
        """Of all there is."""
        return [self.address]

    @property
    def source(self) -> str:
        known = read_json(self._home.place)
        return str(known["source"]) if isinstance(known, dict) and "source" in known else _NOBODY

    def connect(self, *, write: bool) -> Any:
        import lancedb

        interval = timedelta(seconds=0 if write else _READ_SECONDS)
        return lancedb.connect(
            self.address, read_consistency_interval=interval, storage_options=dict(OPTIONS)
        )

    def full_name(self, table: str) -> str:
        return f"{self.address}/{table}"

    def pointer(self, *, fresh: bool) -> Any | None:
        with self._lock:
            since, held = self._pointer
            if fresh or held is None or time.monotonic() - since > _READ_SECONDS:
                self._pointer = time.monotonic(), self._json(_LIVE)[0]
            return self._pointer[1]

    def point(self, value: Any, *, before: Any | None) -> None:
        held, seen = self._json(_LIVE)
        if held != before or not self._put(_LIVE, value, seen):
            raise IndexTaken(
                f"another machine has put another index in place in {self.address} meanwhile; run this again"
            )
        with self._lock:
            self._pointer = time.monotonic(), value

    def remove_pointer(self) -> None:
        self._delete(_LIVE)
        with self._lock:
            self._pointer = -math.inf, None

    def looks_again(self) -> bool:
        now = time.monotonic()
        due = now - self._looked > _SIZE_SECONDS
        if due:
            self._looked = now
        return due

    def sources(self) -> dict[str, str]:
        if time.monotonic() - self._sources[0] > _SIZE_SECONDS:
            told = [self._json(name)[0] for name, _ in self._listed(f"{_SOURCES}/")]
            each = [value for value in told if isinstance(value, dict) and "source" in value]
            machines = Counter(value["machine"] for value in each)
            self._sources = (
                time.monotonic(),
                {
                    str(value["source"]): str(value["machine"])
                    if machines[value["machine"]] == 1
                    else f"{value['machine']}:{value['home']}"
                    for value in each
                },
            )
        return self._sources[1]

    def claim(self) -> None:
        known = read_json(self._home.place)
        known = known if isinstance(known, dict) else {"source": uuid.uuid4().hex[:16], "fit": []}
        me = self._me(known["source"])
        if self.address not in known["fit"]:
            self._probe()
            write_json(self._home.place, {**known, "fit": [*known["fit"], self.address]})
            name = f"{_SOURCES}/{known['source']}.json"
            self._put(name, me, self._json(name)[1])
            self._sources = (-math.inf, {})
        owner, seen = self._json(_OWNER)
        if owner is None:
            self._put(_OWNER, me, seen)  # whoever comes first
            owner = self._json(_OWNER)[0]
        self.tidies = bool(owner and owner.get("source") == known["source"])

    def owner(self) -> Any | None:
        return self._json(_OWNER)[0]

    def take_over(self, *, before: Any) -> None:
        held, seen = self._json(_OWNER)
        if held != before or not self._put(_OWNER, self._me(self.source), seen):
            raise IndexTaken(f"the index in {self.address} has another owner by now; run this again")
        self.tidies = True

    def _me(self, source: str) -> dict[str, str]:
        return {"source": source, "machine": socket.gethostname(), "home": str(self._home.root)}

    def remove_table(self, table: str) -> None:
        store = opened(self.table_address(table))
        for name, _ in self._listed("", store):
            self._delete(name, store)

    def remove_file(self, table: str, part: str, name: str) -> None:
        self._delete(f"{part}/{name}", opened(self.table_address(table)))

    def files(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        for address in self._addresses():
            for name, _ in self._listed("", opened(address)):
                yield f"{address}/{name}", self._content(name, opened(address))

    def fetch(self, file: Path) -> None:
        if not file.exists():
            parts = list(self._content(f"models/{file.name}"))
            if parts:
                write_atomic(file, b"".join(parts))

    def keep(self, file: Path) -> None:
        name = f"models/{file.name}"
        if file.is_file() and not any(True for _ in self._listed(name)):
            self._put_bytes(name, file.read_bytes(), None)

    def size(self) -> int:
        if time.monotonic() - self._size[0] > _SIZE_SECONDS:
            self._size = (
                time.monotonic(),
                sum(size for address in self._addresses() for _, size in self._listed("", opened(address))),
            )
        return self._size[1]

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        if time.monotonic() - self._stamp[0] > _READ_SECONDS:
            live = self.pointer(fresh=False)
            table = live.get("table", "") if isinstance(live, dict) else ""
            # the newest version has the first name
            at = opened(self.table_address(table)) if table else None
            newest = next(self._listed("_versions/", at), ("", 0)) if table else ("", 0)
            self._stamp = time.monotonic(), ((*newest, 0),)
        return self._stamp[1]

    def _json(self, name: str) -> tuple[Any | None, ObjectVersion | None]:
        """An object's value, None for one that is broken, and how the store knows it, None for one that is
        not there."""
        import obstore

        with self._explained():
            try:
                got = obstore.get(self._store, name)
            except FileNotFoundError as error:
                if is_away(error):
                    raise
                return None, None
            data = bytes(got.bytes())
            meta = {"e_tag": got.meta["e_tag"], "version": got.meta["version"]}
            seen = {key: value for key, value in meta.items() if value}
        try:
            return json.loads(data), seen
        except ValueError:
            return None, seen

    def _put(self, name: str, value: Any, seen: ObjectVersion | None) -> bool:
        """Whether the object was written: only where it is the one that was seen, with None where there is
        none."""
        return self._put_bytes(name, json.dumps(value, ensure_ascii=False, indent=1).encode(), seen)

    def _put_bytes(self, name: str, data: bytes, seen: ObjectVersion | None) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        mode: Any = seen or "create"
        with self._explained():
            try:
                obstore.put(self._store, name, data, mode=mode)
            except (AlreadyExistsError, PreconditionError):
                return False
        return True

    def _delete(self, name: str, store: Any = None) -> None:
        import obstore

        with self._explained():
            try:
                obstore.delete(store or self._store, name)
            except FileNotFoundError as error:
                if is_away(error):
                    raise

    def _listed(self, prefix: str, store: Any = None) -> Iterator[tuple[str, int]]:
        """Names and sizes of objects, in order of their names."""
        import obstore

        with self._explained():
            for part in obstore.list(store or self._store, prefix=prefix or None):
                for each in part:
                    yield each["path"], each["size"]

    def _content(self, name: str, store: Any = None) -> Iterator[bytes]:
        """Nothing for one that is not there."""
        import obstore

        with self._explained():
            try:
                for part in obstore.get(store or self._store, name).stream(min_chunk_size=_PARTS):
                    yield bytes(part)
            except FileNotFoundError as error:
                if is_away(error):
                    raise

    def _probe(self) -> None:
        """Raises PlaceUnfit for a store that writes though the condition is not met: two machines could each
        believe that theirs was the write that counts."""
        name = f"probe-{uuid.uuid4().hex}"
        try:
            try:
                first = self._put(name, 1, None)
                twice = self._put(name, 2, None)
                seen = self._json(name)[1]
                changed = self._put(name, 3, seen)
                stale = self._put(name, 4, seen)
            except NotImplementedError as error:
                raise PlaceUnfit(self._unfit(" ".join(str(error).split())[:120])) from error
            if not (first and changed) or twice or stale:
                raise PlaceUnfit(
                    self._unfit("it wrote an object though it was to write it only if unchanged")
                )
        finally:
            self._delete(name)

    def _unfit(self, reason: str) -> str:
        return (
            f"the store of {self.address} has no conditional writes ({reason}), so machines could overwrite "
            "what others wrote; use one that has, or take the setting index out"
        )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """What the store says of itself becomes IndexUnreachable, or NotImplementedError."""
        from obstore.exceptions import BaseError, NotSupportedError

        try:
            yield
        except NotSupportedError as error:
            raise NotImplementedError(str(error)) from error
        except (BaseError, FileNotFoundError) as error:
            if "NotImplemented" in str(error) or "501 Not" in str(error):
                raise NotImplementedError(str(error)) from error
            raise unreachable(error, self.address) from error


def sizes(table_address: str, part: str) -> dict[str, int]:
    """As `searcher.store.place.sizes`."""
    import obstore
    from obstore.exceptions import BaseError

    try:
        listed = obstore.list(opened(table_address), prefix=f"{part}/")
        return {each["path"].rpartition("/")[2]: each["size"] for some in listed for each in some}
    except BaseError as error:
        raise unreachable(error, table_address) from error
