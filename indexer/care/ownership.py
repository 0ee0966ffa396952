"""Whose index it is, of one that several machines write."""

from __future__ import annotations

from collections.abc import Callable

from indexer.running.lock import joined, writing
from searcher.errors import UsageError
from searcher.home import Home


def take_over(home: Home, agreed: Callable[[str], None]) -> str:
    """Make this home the owner of the index, which alone compacts, prunes and chooses the model; the address.
    `agreed` is given who the owner is and raises where that is to stay so.

    Raises UsageError where there is no other owner, IndexLocked, IndexTaken, IndexUnreachable.
    """
    with writing(home):
        at = joined(home)
        if not at.is_shared:
            raise UsageError(f"the index in {home.root} has no other owner")
        before = at.owner()
        if at.tidies:
            raise UsageError(f"the index in {at.address} is this home's own already")
        agreed(f"{before['machine']}:{before['home']}" if isinstance(before, dict) else "nobody known")
        at.take_over(before=before)
        return at.address
