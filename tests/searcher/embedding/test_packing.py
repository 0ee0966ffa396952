"""Which texts go into one call, and where they stand in it."""

from __future__ import annotations

import random

import pytest

from searcher.embedding.packing import TILE, calls, idle_share, starts


def _lengths(seed: int, longest: int = 512) -> list[int]:
    chance = random.Random(seed)
    return [chance.randint(1, chance.choice([8, 40, TILE, 100, longest])) for _ in range(200)]


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("room", [256, 512])
def test_every_text_is_in_one_call_that_holds_it(room: int, alone: bool) -> None:
    lengths = _lengths(room)
    groups = list(calls(lengths, room=room, alone=alone))
    assert sorted(i for group in groups for i in group) == list(range(len(lengths)))
    for group in groups:
        begin, total = starts([lengths[i] for i in group])
        assert total <= room or len(group) == 1
        assert total >= TILE
        for start, i, behind in zip(begin, group, [*begin[1:], total], strict=True):
            assert start + lengths[i] <= behind
            assert start % TILE + lengths[i] <= TILE or start % TILE == 0
            assert start % 16 == 0


def test_longer_texts_are_alone_where_that_is_asked() -> None:
    lengths = _lengths(3)
    for group in calls(lengths, room=256, alone=True):
        assert len(group) == 1 or max(lengths[i] for i in group) < TILE


def test_few_calls_run_half_empty() -> None:
    lengths = [length % 63 + 1 for length in _lengths(5)]
    groups = list(calls(lengths, room=256, alone=True))
    assert len(groups) <= 1.6 * sum(lengths) / 256


def test_a_text_alone_has_no_filler_beyond_a_tile() -> None:
    assert starts([5]) == ([0], TILE)
    assert starts([71]) == ([0], 71)
    assert starts([5, 50]) == ([0, TILE], 2 * TILE)


def test_what_idles_at_the_end() -> None:
    assert idle_share([300], 2) == 0.5
    assert idle_share([300, 100, 100, 100], 2) == 0
    assert idle_share([300, 100], 2) == pytest.approx(1 / 3)


def test_no_texts_are_no_calls() -> None:
    assert list(calls([], room=256, alone=True)) == []
