"""Many small parts of a file, by one call where the system has one.

Python gives up its lock at each call that reads, and takes it again after it: six hundred reads of a query
kept all others waiting for longer than they took. Linux reads a list of parts by one call, `io_submit`, into
the place where they are wanted; of a file in its cache that is copying, done when the call comes back. Other
systems, and sandboxes without that call, read part after part.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from searcher.system import LINUX

Octets = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
ReadParts = Callable[[Numbers, Numbers], Octets]  # so many bytes each, from places on: one after the other

_FEW = 8  # parts for which a list is not worth making
_AT_ONCE = 1024  # parts of a list
# numbers of io_setup, io_destroy, io_getevents and io_submit in <asm/unistd.h>, which the C library has no
# names for, in a program of 64 bits
_CALLS = {"x86_64": (206, 207, 208, 209), "aarch64": (0, 1, 4, 2)}
# struct iocb and struct io_event of <linux/aio_abi.h>, the lowest byte first; to read is command 0
_PART = np.dtype(
    {
        "names": ["descriptor", "into", "size", "at"],
        "formats": ["<u4", "<u8", "<u8", "<i8"],
        "offsets": [20, 24, 32, 40],
        "itemsize": 64,
    }
)
_DONE = np.dtype({"names": ["read"], "formats": ["<i8"], "offsets": [16], "itemsize": 32})


@contextmanager
def reading(path: Path) -> Iterator[ReadParts]:
    """A file, open meanwhile. A part that the file ends in raises ValueError. Raises OSError."""
    if not hasattr(os, "pread"):  # Windows
        with path.open("rb") as file:

            def read(size: int, at: int) -> bytes:
                file.seek(at)
                return file.read(size)

            yield partial(_one_by_one, read)
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield partial(_read, descriptor)
    finally:
        os.close(descriptor)


def _read(descriptor: int, sizes: Numbers, at: Numbers) -> Octets:
    if len(sizes) > _FEW and (lists := _lists()) is not None:
        try:
            return lists.read(descriptor, sizes, at)
        except OSError as error:
            # no more room for lists, or this process was forked off the one that made them
            if error.errno not in (errno.EAGAIN, errno.EINVAL, errno.ENOSYS, errno.EPERM):
                raise
    return _one_by_one(partial(os.pread, descriptor), sizes, at)


def _one_by_one(read: Callable[[int, int], bytes], sizes: Numbers, at: Numbers) -> Octets:
    parts = [read(size, place) for size, place in zip(sizes.tolist(), at.tolist(), strict=True)]
    octets = np.frombuffer(b"".join(parts), np.uint8)
    if len(octets) != sizes.sum():
        raise ValueError("the file has ended")
    return octets


class _Lists:
    """What the kernel needs to take lists of parts, one for each thread that reads at the same time."""

    def __init__(self, calls: tuple[int, int, int, int]) -> None:
        self._setup, self._destroy, self._events, self._submit = calls
        self._call = ctypes.CDLL(None, use_errno=True).syscall
        self._idle: list[ctypes.c_ulong] = []
        self._lock = threading.Lock()

    def read(self, descriptor: int, sizes: Numbers, at: Numbers) -> Octets:
        """Raises OSError, ValueError."""
        if (sizes < 0).any():  # of a damaged file: the others would be written past the end
            raise ValueError("a part of less than no bytes")
        octets = np.empty(int(sizes.sum()), np.uint8)
        parts = np.zeros(len(sizes), _PART)
        parts["descriptor"], parts["size"], parts["at"] = descriptor, sizes, at
        parts["into"] = octets.ctypes.data + np.cumsum(sizes) - sizes
        with self._lock:
            context = self._idle.pop() if self._idle else None
        if context is None:
            context = ctypes.c_ulong()
            self._asked(self._setup, ctypes.c_long(_AT_ONCE), ctypes.byref(context))
        try:
            for first in range(0, len(parts), _AT_ONCE):
                self._read_some(context, parts[first : first + _AT_ONCE])
        except BaseException:
            self._call(ctypes.c_long(self._destroy), context)  # waits for what is still being read
            raise
        with self._lock:
            self._idle.append(context)
        return octets

    def _read_some(self, context: ctypes.c_ulong, parts: npt.NDArray[np.void]) -> None:
        places = parts.ctypes.data + _PART.itemsize * np.arange(len(parts), dtype=np.uint64)
        done = np.zeros(len(parts), _DONE)
        begun = 0
        while begun < len(parts):
            left = ctypes.c_long(len(parts) - begun)
            begun += self._asked(self._submit, context, left, _address(places, begun))
        ended = 0
        while ended < len(parts):
            left = ctypes.c_long(len(parts) - ended)
            ended += self._asked(self._events, context, left, left, _address(done, ended), None)
        if (failed := done["read"][done["read"] < 0]).size:
            raise OSError(-int(failed[0]), os.strerror(-int(failed[0])))
        if done["read"].sum() != parts["size"].sum():
            raise ValueError("the file has ended")

    def _asked(self, number: int, *arguments: object) -> int:
        while True:
            answer = int(self._call(ctypes.c_long(number), *arguments))
            if answer >= 0:
                return answer
            if (error := ctypes.get_errno()) != errno.EINTR:
                raise OSError(error, os.strerror(error))


def _address(array: npt.NDArray[np.generic], at: int) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data + at * array.itemsize)


@cache
def _lists() -> _Lists | None:
    """None where the system has none."""
    calls = _CALLS.get(platform.machine()) if LINUX and sys.maxsize > 1 << 32 else None
    return None if calls is None else _Lists(calls)
