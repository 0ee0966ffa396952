"""Compaction and pruning, on a cadence that keeps searches quick and the disk small."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import numpy as np

from searcher.home import Home
from searcher.store import place
from searcher.store.indexes import TERMS_INDEX, add_missing, index_vectors
from searcher.store.lance import LanceTable
from searcher.store.table import Store, open_table

# seconds without a write after which less disorder is worth a compaction
QUIET = (2.0, 60.0, 1800.0)
_REST = 2  # of QUIET, from which on nobody waits
# (fragments, rows that are new to the indexes or dead, the same as a part of all rows) worth one while
# writing, and after each of QUIET; indexed rows and new ones stay apart, so most leave two fragments
_WORTH = ((32, 2_000, 1 / 4), (12, 500, 1 / 10), (2, 1, 0.0), (2, 1, 0.0))
# A compaction writes a table of less than a million rows whole, 2 GB of a million: there it is made for this
# part of the rows alone. What few files leave is gathered, which writes their own rows.
_LARGE = 50_000  # rows
_ROWS_A_FRAGMENT = 5_000  # ... and while it is written, for one fragment of so many
_PART = (1 / 4, 1 / 20, 1 / 100, 1 / 500)
# fragments of so many rows are gathered once there are so many of them
_SIZES, _ALIKE = (64, 512), 8
# a few vectors given to rows of a large fragment write its whole column again: old versions may together
# weigh so many times the table, and so many bytes more, before they are pruned
_HEAVY, _SLACK = 4, 64 << 20
_EXACT_UP_TO = 50_000  # rows; below, an exact scan is quicker than an index is worth
# Readers look for a new version now and then, and again when what they read is gone (Store.read). One that
# takes long should not meet one prune after another: what was the newest within so many seconds stays,
# unless the old versions weigh too much.
_MARGIN = 10.0
_ALL = timedelta(milliseconds=1)
_LONGEST = timedelta(hours=1)  # what a writer that goes on may still read or be about to commit


def upkeep(store: Store, *, quiet: float = 0.0) -> bool:
    """Compact, prune and index what is new, when it pays, else `gather`; True when that was done. `quiet` is
    the seconds since the last write. Only for the writer, who writes nothing meanwhile."""
    if not is_due(store, quiet=quiet):
        return gather(store)
    return _compacted(store.table, _prunable(store, quiet), delete_unverified=True) is not None


def is_due(store: Store, *, quiet: float = 0.0) -> bool:
    """Whether the disorder is worth a compaction."""
    if store.at is not None and (not store.at.tidies or not (quiet or store.at.looks_again())):
        return False
    return is_heavy(store) or _pays(store.table, store.table.stats(), _level(quiet))


def is_heavy(store: Store) -> bool:
    """Whether old versions weigh so much that they cannot wait."""
    return bool(_weight(store.table) > _HEAVY * store.table.stats()["total_bytes"] + _SLACK)


def gather(store: Store) -> bool:
    """The rows of small fragments of a large table written again as one, when there are many; True when that
    was done. Only for the writer, who writes nothing meanwhile; not where others write as well."""
    table = store.table
    if store.at is not None or place.is_elsewhere(table.uri):
        return False
    stats = table.stats()
    sizes = stats["fragment_stats"]
    if (
        stats["num_rows"] <= _LARGE
        or sizes["num_fragments"] <= _ALIKE
        or sizes["lengths"]["p25"] > _SIZES[-1]
    ):
        return False
    ids = table.search().select(["_rowid"]).limit(1_000_000_000).to_arrow()["_rowid"].to_numpy()
    fragments, rows = np.unique(ids >> np.uint64(32), return_counts=True)
    lower, chosen = 0, list[int]()
    for upper in _SIZES:
        alike = fragments[(rows > lower) & (rows <= upper)]
        chosen += alike.tolist() if len(alike) >= _ALIKE else []
        lower = upper
    if not chosen:
        return False
    scattered = ids[np.isin(ids >> np.uint64(32), chosen)].tolist()
    whole = table.take_row_ids(scattered).to_arrow().select(table.schema.names)
    table.merge_insert("id").when_matched_update_all().execute(whole, on_bad_vectors="null")
    return True


def compact(home: Home, store: Store) -> int | None:
    """The first half of `upkeep`, beside a writer who goes on, by a connection of its own; and prunes nothing
    that could be in use. The version it made; None when the writer came first."""
    table = open_table(home, store.live.table, write=True)
    return _compacted(table, _LONGEST, delete_unverified=False)


def prune(store: Store, *, quiet: float = 0.0) -> None:
    """The second half, for the writer, soon: there is next to nothing to compact then."""
    _compacted(store.table, _prunable(store, quiet), delete_unverified=True)


def _compacted(table: LanceTable, older_than: timedelta, *, delete_unverified: bool) -> int | None:
    try:
        add_missing(table)
        # files of no version are those of a writer that was killed or had no space, where there is no other;
        # where other machines write, they may be those of one that has yet to commit
        delete_unverified = delete_unverified and not place.is_elsewhere(table.uri)
        table.optimize(cleanup_older_than=older_than, delete_unverified=delete_unverified)
    except RuntimeError as error:
        if "commit conflict" not in str(error):
            raise
        return None
    if table.count_rows("embedded" if "embedded" in table.schema.names else None) > _EXACT_UP_TO:
        index_vectors(table)
    return int(table.version)


def _level(quiet: float) -> int:
    return sum(quiet >= seconds for seconds in QUIET)


def _prunable(store: Store, quiet: float) -> timedelta:
    """The age from which versions go."""
    heavy = _weight(store.table) > _HEAVY * store.table.stats()["total_bytes"]
    if place.is_elsewhere(store.table.uri):
        return _LONGEST
    everything = _level(quiet) >= _REST or heavy
    return _ALL if everything else _margin(store.table)


def _margin(table: LanceTable) -> timedelta:
    """The age, with some time for the compaction, of the version that was the newest `_MARGIN` ago."""
    now = time.time()
    ages = [now - version["timestamp"].timestamp() for version in table.list_versions()]
    oldest = min((age for age in ages if age >= _MARGIN), default=max(ages))
    return timedelta(seconds=oldest + _MARGIN)


def _pays(table: LanceTable, stats: dict[str, Any], level: int) -> bool:
    fragments, rows, part = _WORTH[level]
    sizes, live_rows = stats["fragment_stats"], stats["num_rows"]
    dead = sizes["num_fragments"] * sizes["lengths"]["mean"] - live_rows
    unindexed = table.index_stats(TERMS_INDEX).num_unindexed_rows
    if live_rows > _LARGE:
        many = level == 0 and sizes["num_fragments"] >= live_rows // _ROWS_A_FRAGMENT
        return many or bool(max(dead, unindexed) >= live_rows * _PART[level])
    if sizes["num_fragments"] >= fragments:
        return True
    if level >= _REST and len(table.list_versions()) > 2:  # a compaction leaves two
        return True
    return bool(max(dead, unindexed) >= max(rows, live_rows * part))


def _weight(table: LanceTable) -> int:
    """Bytes of the table's data files, those of old versions included."""
    return sum(place.sizes(table.uri, "data").values())
