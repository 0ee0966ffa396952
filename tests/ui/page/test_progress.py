"""What the page says of the indexer."""

from __future__ import annotations

import pytest

from searcher.runtime import IndexerState
from ui.page.library.page import _list
from ui.page.library.progress import described, rebuilding
from ui.page.strings import Words


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("paused", [False, True])
def test_a_stopped_indexer_is_no_idle_one(language: str, paused: bool) -> None:
    said = described(IndexerState(pid=77, phase="stopped"), paused, Words(language))
    assert "kill -CONT 77" in said


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_a_build_costs_is_told_with_the_commands_that_shorten_it(language: str) -> None:
    for phase, pending in (("embedding", 9), ("idle", 0)):  # at work, and not begun yet
        state = IndexerState(phase=phase, chunks_pending=pending, cost="it takes 3 h; `searcher <b>`")
        said = rebuilding(state, "", Words(language))
        assert "it takes 3 h" in said and "searcher &lt;b&gt;</code>" in said


def test_a_model_that_is_fetched_has_no_share_of_the_index_that_answers() -> None:
    state = IndexerState(phase="embedding", chunks_pending=514, notes=["fetching x (1 of 9 MB); its index"])
    said = rebuilding(state, "", Words("en"), begun=False)
    assert "fetching x (1 of 9 MB)" in said and "514" not in said


def test_what_helps_against_a_file_that_is_not_read_is_a_command_to_be_copied() -> None:
    entry = {"path": "/a.pdf", "reason": "no text layer: all is drawn"}
    said = _list("Not readable", [entry], Words("en"), opened=True)
    assert "<code>pip install &#39;.[ocr]&#39;</code>" in said and "`" not in said
