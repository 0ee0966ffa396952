"""What people asked for, as the indexer is told of it."""

from __future__ import annotations

from searcher.home import Home
from searcher.search import asked


def test_the_latest_query_goes_first_and_those_before_it_take_turns(home: Home) -> None:
    assert asked.read(home) == [] and asked.written(home) == 0
    for query in ("abc", "de", "fgh"):
        asked.note(home, [f"{name}:0" for name in query])
    assert [name[0] for name in asked.read(home)] == ["f", "g", "h", "d", "a", "e", "b", "c"]
    asked.note(home, ["a:0", "b:0", "c:0"])  # asked again
    assert [name[0] for name in asked.read(home)] == ["a", "b", "c", "f", "d", "g", "e", "h"]


def test_what_is_kept_is_bounded(home: Home) -> None:
    for query in range(asked.QUERIES + 5):
        asked.note(home, [f"{query}:{number}" for number in range(asked.PASSAGES + 5)])
    read = asked.read(home)
    assert len(read) == asked.QUERIES * asked.PASSAGES
    assert read[0] == f"{asked.QUERIES + 4}:0" and "5:0" in read and "4:0" not in read


def test_a_file_that_holds_something_else_says_nothing(home: Home) -> None:
    for text in ("", "{", '["a:0"]', '{"a": 1}', '[[1, "a", "b:x", null]]'):
        home.asked.write_text(text)
        assert asked.read(home) == []
    asked.note(home, ["a:0"])
    assert asked.read(home) == ["a:0"]
