"""What is opened once and used by many: who closes it, and when."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """An open thing with one owner and any number of borrowers.

    It is closed once: when its owner has let it go and the last borrower is done, by whichever comes last.
    """

    def __init__(self, value: T, close: Callable[[T], object]) -> None:
        self._value, self._close = value, close
        self._borrowers, self._owned = 0, True
        # a finaliser may let go in any thread, also in one that is inside here
        self._lock = threading.RLock()

    @property
    def value(self) -> T:
        """For the owner, and for who has borrowed it."""
        return self._value

    @property
    def borrowers(self) -> int:
        """How many have it at this moment."""
        return self._borrowers

    def borrow(self) -> T:
        """The open thing, until `give_back`. Raises LookupError once its owner has let it go."""
        with self._lock:
            if not self._owned:
                raise LookupError("it was let go")
            self._borrowers += 1
            return self._value

    def give_back(self) -> None:
        with self._lock:
            self._borrowers -= 1
            last = not self._owned and not self._borrowers
        if last:
            self._close(self._value)

    @contextmanager
    def borrowed(self) -> Iterator[T]:
        """As `borrow`, given back at the end."""
        value = self.borrow()
        try:
            yield value
        finally:
            self.give_back()

    def let_go(self) -> None:
        """The owner is done with it; further calls do nothing."""
        with self._lock:
            last = self._owned and not self._borrowers
            self._owned = False
        if last:
            self._close(self._value)

    def let_go_with(self, owner: object) -> None:
        """Let go when `owner` is no longer referred to. Not at the end of the process, where another thread
        may still compute with it and the system frees everything."""
        weakref.finalize(owner, self.let_go).atexit = False
