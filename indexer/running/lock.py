"""One writer at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import getpid, umask

from filelock import FileLock, Timeout

from searcher.errors import IndexLocked, IndexTaken
from searcher.files import write_atomic
from searcher.home import Home
from searcher.store import place
from searcher.store.place import IndexPlace
from searcher.trouble import explained


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Hold the writer's lock; the system frees it when a process dies, however it dies.

    Raises IndexLocked naming the holder's pid; and HomeError or IndexDamaged for what goes wrong at the disk
    while it is held.
    """
    home.claim()
    with explained(home.root):
        yield from _held(home)


def joined(home: Home) -> IndexPlace:
    """The place of the index, for who holds the lock and is going to write there. Raises IndexUnreachable,
    PlaceUnfit."""
    at = place.of(home)
    at.claim()
    return at


def owned(home: Home) -> IndexPlace:
    """The same for what may be done by the home alone that made the index. Raises IndexTaken."""
    at = joined(home)
    if not at.tidies:
        raise IndexTaken(
            f"the index in {at.address} belongs to another searcher; run this there, or `searcher take-over` "
            "here if that is gone for good"
        )
    return at


def _held(home: Home) -> Iterator[None]:
    owner = home.lock_holder
    lock = FileLock(home.lock, timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        pid = owner.read_text("utf-8") if owner.exists() else "unknown"
        raise IndexLocked(
            f"another searcher (pid {pid}) is indexing into {home.root}; it does the work, or stop it first"
        ) from None
    try:
        write_atomic(owner, str(getpid()).encode())
        before = umask(0o077)  # what the database writes is for its owner alone
        try:
            yield
        finally:
            umask(before)
    finally:
        lock.release()
