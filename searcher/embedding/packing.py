"""Which texts go into one call, and where each one stands in it.

A vector must not depend on the other texts of its call. llama.cpp's attention walks over its input a tile
at a time, so the order in which a text is summed depends on where in a tile it begins; and a call of less
than a tile takes another way, which rounds differently. With 8-bit weights the last bit of a sum can change
the third decimal of a vector. So every call has a tile at least, and every text begins where its sums are
the same as anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

TILE = 64  # tokens; GGML_FA_TILE_Q and GGML_FA_TILE_KV
_STEP = 16  # tokens of a tile that are summed together


def starts(lengths: Sequence[int]) -> tuple[list[int], int]:
    """Where each text of a call begins, and the tokens of the whole call; what lies between is filler."""
    starts: list[int] = []
    end = 0
    for length in lengths:
        start = _up(end, _STEP)
        if start % TILE + length > TILE:
            start = _up(start, TILE)
        starts.append(start)
        end = start + length
    return starts, max(TILE, end if len(lengths) == 1 else _up(end, _STEP))


def calls(lengths: Sequence[int], *, room: int, alone: bool) -> Iterator[list[int]]:
    """Indices of the texts of each call, longest first: `room` tokens together, filler included.

    `alone`: a text that fills a tile gets a call of its own, which spares the filler. For processors, where
    larger calls are no faster. A text longer than `room` is always alone.
    """
    short = [i for i, length in enumerate(lengths) if length < TILE]
    blocks = [[short[i] for i in tile] for tile in _packed([_up(lengths[i], _STEP) for i in short], TILE)]
    long = sorted((i for i, length in enumerate(lengths) if length >= TILE), key=lambda i: -lengths[i])
    if alone:
        yield from ([i] for i in long)
    else:
        blocks = [[i] for i in long] + blocks
    sizes = [_up(lengths[block[0]], TILE) for block in blocks]
    for call in _packed(sizes, room):
        yield [i for block in call for i in blocks[block]]


def idle_share(sizes: Sequence[int], workers: int) -> float:
    """What part of the workers' time passes without work when each takes the next call as it gets free."""
    busy = [0] * workers
    for size in sizes:
        busy[busy.index(min(busy))] += size
    return 1 - sum(busy) / (workers * max(busy))


def _packed(sizes: Sequence[int], room: int) -> Iterator[list[int]]:
    """Indices of what goes together: the largest first, filled up with the largest that still fit."""
    waiting = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    while waiting:
        group: list[int] = []
        left: list[int] = []
        free = room
        for index in waiting:
            if not group or sizes[index] <= free:
                group.append(index)
                free -= sizes[index]
            else:
                left.append(index)
        yield group
        waiting = left


def _up(number: int, step: int) -> int:
    return -(-number // step) * step
