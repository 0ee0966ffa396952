"""Which texts go into one call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def packed(lengths: Sequence[int], *, room: int, sequences: int) -> Iterator[list[int]]:
    """Indices of the texts of each call: at most `sequences` of them and `room` tokens together.

    Longest first, each call filled up with the longest that still fit, so that few calls run half empty.
    A text longer than `room` gets a call of its own.
    """
    waiting = sorted(range(len(lengths)), key=lambda i: -lengths[i])
    while waiting:
        group: list[int] = []
        left: list[int] = []
        free = room
        for index in waiting:
            if not group or (lengths[index] <= free and len(group) < sequences):
                group.append(index)
                free -= lengths[index]
            else:
                left.append(index)
        yield group
        waiting = left
