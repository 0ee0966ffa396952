"""The order of embedding, on ids alone."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from indexer.work.turns import ASKED_RUN, SAVED_FIRST, Turns


def taken(turns: Turns, count: int = 1000) -> list[str]:
    order: list[str] = []
    while len(order) < count and (part := turns.take(count - len(order))):
        order += part
    return order


def test_every_document_has_its_leading_passage_first_and_the_newest_goes_ahead() -> None:
    turns = Turns()
    turns.put("old", range(3), newest=1)
    turns.put("new", range(2), newest=3)
    turns.put("middle", range(1), newest=2)
    assert taken(turns) == ["new:0", "middle:0", "old:0", "new:1", "old:1", "old:2"]
    assert len(turns) == 0 and taken(turns) == []


def test_mass_data_comes_last_behind_its_leading_passage() -> None:
    turns = Turns()
    turns.put("table", range(4), newest=9, is_mass=True)
    turns.put("note", range(3), newest=1)
    assert taken(turns) == ["table:0", "note:0", "note:1", "note:2", "table:1", "table:2", "table:3"]


def test_what_is_chosen_goes_before_the_leading_passages_of_the_others_its_mass_data_last() -> None:
    turns = Turns()
    turns.put("new", range(2), newest=9)
    turns.put("table", range(3), newest=1, is_mass=True, is_chosen=True)
    turns.put("note", range(2), newest=2, is_chosen=True)
    turns.put("saved", range(1), newest=0, saved=True)
    assert taken(turns) == [
        "saved:0", "note:0", "table:0", "note:1", "table:1", "table:2", "new:0", "new:1"
    ]  # fmt: skip


def test_what_was_saved_goes_before_everything_but_not_with_all_it_has() -> None:
    turns = Turns()
    turns.put("asked", range(2), newest=5)
    turns.put("saved", range(SAVED_FIRST + 3), newest=1, saved=True)
    turns.ask(["asked:1"])
    order = turns.take(1000)  # without others, so that it takes no longer than it must
    assert order == [f"saved:{n}" for n in range(SAVED_FIRST)]
    order += taken(turns)
    assert order[SAVED_FIRST : SAVED_FIRST + 2] == ["asked:1", "asked:0"]
    assert len(order) == SAVED_FIRST + 5 == len(set(order))


def test_what_people_asked_for_goes_first_only_once_and_in_turn_with_leading_passages() -> None:
    turns = Turns()
    for document in "abc":
        turns.put(document, range(3), newest=ord(document))
    asked = ["a:2", "gone:1", "b:0", "a:2", "b:2", "c:2"]
    turns.ask(asked)
    assert taken(turns, 5) == ["a:2", "b:0", "b:2", "c:0", "c:2"]
    turns.ask(asked)
    assert taken(turns) == ["a:0", "c:1", "b:1", "a:1"]


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_who_asks_without_pause_holds_up_the_leading_passages_of_others_by_a_bounded_part(
    sizes: list[int], dice: Random
) -> None:
    turns = Turns()
    for number, size in enumerate(sizes):
        turns.put(str(number), range(size), newest=dice.randrange(9), is_mass=dice.random() < 0.2)
    every = [f"{number}:{ordinal}" for number, size in enumerate(sizes) for ordinal in range(size)]
    order: list[str] = []
    while len(turns):
        turns.ask(dice.sample(every, len(every)))
        order += turns.take(dice.randint(1, 5))
        leading = sum(passage.endswith(":0") for passage in order)
        assert leading >= min(len(order) // (ASKED_RUN + 1), len(sizes))
    assert sorted(order) == sorted(every)


def test_a_document_that_was_written_again_waits_with_its_new_passages_only() -> None:
    turns = Turns()
    turns.put("note", range(5), newest=1)
    turns.take(1)
    turns.put("note", [0, 4], newest=2)
    turns.put("gone", range(2), newest=2)
    turns.drop(["gone", "never"])
    assert len(turns) == 2
    assert taken(turns) == ["note:0", "note:4"]


def test_passages_that_got_a_vector_in_another_way_wait_no_longer() -> None:
    turns = Turns()
    turns.put("one", range(2), newest=1)
    turns.put("two", range(1), newest=2)
    assert turns.discard(["two:0", "one:1", "one:7", "none:0"]) == {"two:0", "one:1"}
    assert len(turns) == 1 and taken(turns) == ["one:0"]
