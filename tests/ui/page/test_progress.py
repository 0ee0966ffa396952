"""What the page says of the indexer."""

from __future__ import annotations

import pytest

from searcher.runtime import IndexerState
from ui.page.library.progress import described
from ui.page.strings import Words


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("paused", [False, True])
def test_a_stopped_indexer_is_no_idle_one(language: str, paused: bool) -> None:
    said = described(IndexerState(pid=77, phase="stopped"), paused, Words(language))
    assert "kill -CONT 77" in said
