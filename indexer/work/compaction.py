"""Compaction of the table while it is written: at once where nobody notices, else beside the steps."""

from __future__ import annotations

from functools import partial

from indexer.work.beside import Beside
from searcher.home import Home
from searcher.store import Store
from searcher.store.upkeep import compact, gather, is_due, is_heavy, prune, upkeep

_AT_ONCE = 500  # rows that are compacted in less time than anybody notices


class Compaction:
    """One at a time."""

    def __init__(self, home: Home, store: Store) -> None:
        self._home, self._store = home, store
        self._beside: Beside[int | None] = Beside("compacting")
        self._quiet = 0.0  # seconds without a write before it

    @property
    def busy(self) -> bool:
        return self._beside.busy

    def begin(self, *, quiet: float = 0.0) -> None:
        """When it pays. `quiet` is the seconds since the last write."""
        if self.busy:
            return
        if self._store.count() < _AT_ONCE:
            upkeep(self._store, quiet=quiet)
        elif is_due(self._store, quiet=quiet):
            self._quiet = quiet
            self._beside.start(partial(compact, self._home, self._store))
        else:
            gather(self._store)

    def end(self, seconds: float) -> bool:
        """Prune after one that is done after so long; whether one was under way and is not any more."""
        was_busy = self.busy
        version = self._beside.result(seconds)
        if version is not None and (version == self._store.table.version or is_heavy(self._store)):
            prune(self._store, quiet=self._quiet)
        return was_busy and not self.busy

    def settle_down(self) -> None:
        """Wait for one that is under way."""
        while self.busy:
            self.end(1.0)

    def close(self) -> None:
        self._beside.close()
