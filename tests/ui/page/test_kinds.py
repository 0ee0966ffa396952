"""Every kind that is read has a tile, a name, and words that filter by it."""

from __future__ import annotations

import pytest

from indexer.formats import FORMATS
from searcher.query import parse
from searcher.store.where import GROUPS, condition
from ui.page import kinds


def test_every_kind_but_archives_has_a_colour() -> None:
    plain = {format.kind for format in FORMATS if kinds.family(format.kind) == "other"}
    assert plain == {"zip", "7z", "gz", "bz2", "xz", "tar"}


def test_groups_are_made_of_kinds_that_are_read() -> None:
    read = {format.kind for format in FORMATS}
    assert {kind for group in GROUPS.values() for kind in group} - read == {"tsv"}


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("foto", "picture"), ("Photo", "picture"), ("musik", "audio"), ("film", "video"), ("tabelle", "xlsx")],
)
def test_a_type_is_called_what_people_call_it(typed: str, kind: str) -> None:
    assert f"'{kind}'" in (condition(parse(f"type:{typed} lake")) or "")
