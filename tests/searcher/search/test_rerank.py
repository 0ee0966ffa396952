"""What the second stage says beside the first."""

from __future__ import annotations

import pytest

from searcher.search.candidates import Candidate
from searcher.search.rerank import blended


def order(first: list[float], second: list[float | None]) -> str:
    head = [
        Candidate({"id": name, "terms": ""}, score=score)
        for name, score in zip("abcdef", first, strict=False)
    ]
    return "".join(candidate.row["id"] for candidate in blended(head, second))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([4.0, 3.9, 3.8], [0.1, 0.2, 9.0], "cab"),  # the first stage saw no difference, the second did
        ([9.0, 2.0, 1.9], [0.5, 0.6, 0.4], "abc"),  # a slight preference does not overturn a clear one
        ([4.0, 3.9, 3.8], [None, 0.1, 0.9], "acb"),
        ([4.0, 3.9, 3.8, 3.7], [0.0, 5.0, None, 0.1], "bacd"),  # what was not read stays in its place
        ([4.0, 3.0], [None, 7.0], "ab"),
        ([4.0, 4.0], [1.0, 1.0], "ab"),
    ],
)
def test_both_stages_have_a_say(first: list[float], second: list[float | None], expected: str) -> None:
    assert order(first, second) == expected
