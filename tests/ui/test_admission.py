"""Many who ask at once: few are answered at a time, each asker in turn, the same question once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import pytest

from ui.admission import Admission


class Crowd:
    """Asks from threads, each question in the queue before the next one is asked."""

    def __init__(self, admission: Admission[str], threads: ThreadPoolExecutor) -> None:
        self.admission, self.worked = admission, list[str]()
        self._threads = threads

    def ask(self, question: str, asker: str = "one", work: Callable[[], object] = str) -> Future[str]:
        """Returns when it is worked on, or waits."""
        begun, waiting = threading.Event(), self.admission.waiting

        def answered() -> str:
            begun.set()
            self.worked.append(question)
            work()
            return f"{question}!"

        future = self._threads.submit(self.admission.answer, question, answered, asker=asker)
        end = time.monotonic() + 30
        while not begun.is_set() and self.admission.waiting == waiting:
            assert time.monotonic() < end, f"{question} is neither worked on nor waiting"
            time.sleep(0.001)
        return future


@contextmanager
def _busy(at_once: int) -> Iterator[tuple[Crowd, threading.Event]]:
    """All turns are taken until the event is set."""
    with ThreadPoolExecutor(30) as threads:
        crowd, free = Crowd(Admission(at_once), threads), threading.Event()
        for number in range(at_once):
            crowd.ask(f"long {number}", work=partial(free.wait, 30))
        crowd.worked.clear()
        try:
            yield crowd, free
        finally:
            free.set()


def test_askers_take_turns_and_each_is_answered_in_its_order() -> None:
    with _busy(1) as (crowd, free):
        asked = [crowd.ask(f"program {n}", "program") for n in range(4)]
        asked += [crowd.ask("tab a", "a"), crowd.ask("tab b", "b"), crowd.ask("tab b again", "b")]
        assert crowd.worked == []
        free.set()
        assert [one.result(30) for one in asked][4:] == ["tab a!", "tab b!", "tab b again!"]
        in_turns = ["program 0", "tab a", "tab b", "program 1", "tab b again", "program 2", "program 3"]
        assert crowd.worked == in_turns


def test_a_question_that_waits_is_answered_once_for_all_and_one_under_way_again() -> None:
    with _busy(2) as (crowd, free):
        asked = [crowd.ask("same", asker) for asker in ("a", "b", "b", "c")]
        under_way = crowd.ask("long 0", "c")
        assert crowd.admission.waiting == 5
        free.set()
        assert [one.result(30) for one in asked] == ["same!"] * 4
        assert under_way.result(30) == "long 0!"
        assert sorted(crowd.worked) == ["long 0", "same"]
        assert crowd.admission.waiting == 0


def test_what_fails_fails_for_all_who_waited_and_takes_no_turn_away() -> None:
    with _busy(1) as (crowd, free):
        failing = crowd.ask("bad", work=lambda: 1 / 0)
        joined = crowd.ask("bad", "other")
        free.set()
        for one in (failing, joined):
            with pytest.raises(ZeroDivisionError):
                one.result(30)
        assert crowd.ask("good").result(30) == "good!"
        assert crowd.worked.count("bad") == 1
