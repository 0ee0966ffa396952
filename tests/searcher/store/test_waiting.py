"""A thread waits for LanceDB itself: its answers, its errors, and Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import lancedb
import pytest

from searcher.store.lance import LanceTable, asking, first_of, of_one_version, together
from searcher.store.waiting import waited


@pytest.fixture
def table(tmp_path: Path) -> LanceTable:
    made: LanceTable = lancedb.connect(tmp_path).create_table("rows", [{"n": n} for n in range(5_000)])
    return made


def numbers(table: LanceTable, first: int) -> list[int]:
    query = asking(table).where(f"n >= {first}").select(["n"]).limit(3_000)
    [rows] = together(query)
    listed: list[int] = rows["n"].to_pylist()
    return listed


def test_all_rows_come_or_the_first_of_them_from_any_thread(table: LanceTable) -> None:
    assert sorted(numbers(table, 4_000)) == list(range(4_000, 5_000))
    everything = asking(table).select(["n"]).limit(5_000)
    [rows] = first_of((everything, 10))
    assert 10 <= len(rows) <= 5_000
    [none] = together(asking(table).where("n < 0").select(["n"]).limit(5))
    assert none.column_names == ["n"] and not len(none)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(numbers, table, first) for first in range(2_000, 5_000, 100)]
        assert [len(one.result()) for one in asked] == [5_000 - first for first in range(2_000, 5_000, 100)]
    version, [again] = of_one_version(table, everything) or (0, [[]])
    assert version == table.version and len(again) == 5_000


def test_a_question_that_is_none_raises_and_the_next_is_answered(table: LanceTable) -> None:
    with pytest.raises((RuntimeError, ValueError), match="nowhere"):
        numbers(table, "nowhere")  # type: ignore[arg-type]
    assert len(numbers(table, 4_999)) == 1


def test_it_waits_also_where_an_event_loop_runs(table: LanceTable) -> None:
    async def ask() -> tuple[list[int], bool]:
        loop = asyncio.get_running_loop()
        found = numbers(table, 4_998)
        return found, asyncio.get_running_loop() is loop

    with ThreadPoolExecutor() as other:  # where a browser is tested this one has a loop already
        assert other.submit(lambda: asyncio.run(ask())).result() == ([4_998, 4_999], True)


def test_ctrl_c_ends_the_search_and_leaves_the_next_one_be(table: LanceTable) -> None:
    ended = threading.Event()
    main = threading.get_ident()

    async def endless() -> None:
        threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        waited(endless())
    assert ended.is_set() and len(numbers(table, 4_999)) == 1
