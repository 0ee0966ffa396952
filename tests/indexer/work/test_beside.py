"""Work beside the loop: each result comes once, whenever it is asked for."""

from __future__ import annotations

import time
from functools import partial

import pytest

from indexer.work.beside import Beside


def slowly(number: int) -> int:
    time.sleep(0.0005)
    return number


def test_a_result_that_comes_as_the_wait_ends_is_not_lost() -> None:
    work: Beside[int] = Beside("counting")
    for number in range(1, 400):
        work.start(partial(slowly, number))
        while (result := work.result(0.0005)) is None:
            assert work.busy
        assert result == number and not work.busy
    work.close()


def test_what_the_work_raises_is_raised_once() -> None:
    def fails() -> None:
        raise TimeoutError("of its own")

    work: Beside[None] = Beside("failing")
    work.start(fails)
    with pytest.raises(TimeoutError, match="of its own"):
        work.result(5)
    assert work.result(0) is None and not work.busy
    work.close()
