"""Parts of a file, by whatever call the system has for them."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import sys
from pathlib import Path

import numpy as np
import pytest

from searcher import scattered

_TAKEN = Path("/proc/sys/fs/aio-nr")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_bytes(np.random.default_rng(1).bytes(100_000))
    return tmp_path / "file"


def parts_of(path: Path, sizes: list[int], at: list[int]) -> bytes:
    with scattered.reading(path) as read:
        return read(np.array(sizes, np.int64), np.array(at, np.int64)).tobytes()


def test_parts_come_in_their_order(file: Path) -> None:
    content = file.read_bytes()
    for count in (1, 9, 600, 2_000):  # one by one, one list, several
        chance = np.random.default_rng(count)
        sizes, at = chance.integers(0, 900, count).tolist(), chance.integers(0, 99_000, count).tolist()
        expected = b"".join(content[begin : begin + size] for size, begin in zip(sizes, at, strict=True))
        assert parts_of(file, sizes, at) == expected
    assert parts_of(file, [], []) == b""


def test_the_tests_run_where_lists_are_read() -> None:
    assert sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64")
    assert scattered._lists() is not None


def test_a_file_that_ends_too_early_is_said(file: Path) -> None:
    for count in (1, 20):
        with pytest.raises(ValueError, match="ended"):
            parts_of(file, [50] * count, [99_990] * count)
    with pytest.raises(OSError):
        parts_of(file.with_name("gone"), [1], [1])
    with pytest.raises(ValueError, match="less than no bytes"):  # together they would have room for none
        parts_of(file, [1_000] * 10 + [-1_000] * 10, [0] * 20)
    assert parts_of(file, [5] * 20, [0] * 20) == 20 * file.read_bytes()[:5]  # and nothing stays behind of it


@pytest.mark.parametrize("reason", ["no such call", "no room", "Windows", "another processor"])
def test_without_lists_part_after_part_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    def refuses(*_: object) -> int:
        ctypes.set_errno(errno.ENOSYS if reason == "no such call" else errno.EAGAIN)
        return -1

    lists = scattered._Lists((0, 0, 0, 0))
    monkeypatch.setattr(lists, "_call", refuses)
    if reason == "Windows":
        monkeypatch.delattr(os, "pread")
    elif reason == "another processor":
        monkeypatch.setattr(platform, "machine", lambda: "riscv64")
        scattered._lists.cache_clear()
    else:
        monkeypatch.setattr(scattered, "_lists", lambda: lists)
    try:
        assert parts_of(file, [3] * 20, [7] * 20) == 20 * file.read_bytes()[7:10]
    finally:
        monkeypatch.undo()
        scattered._lists.cache_clear()


def test_what_broke_off_leaves_nothing_with_the_kernel(file: Path) -> None:
    """The kernel has room for some thousands of parts, for all programs together."""
    before = int(_TAKEN.read_text())
    for _ in range(40):
        with pytest.raises(ValueError, match="ended"):
            parts_of(file, [50] * 20, [99_990] * 20)
    assert int(_TAKEN.read_text()) <= before + 4096


def test_other_errors_of_the_system_are_raised(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = scattered._Lists((0, 0, 0, 0))
    monkeypatch.setattr(scattered, "_lists", lambda: lists)

    def breaks(*_: object) -> int:
        ctypes.set_errno(errno.EIO)
        return -1

    monkeypatch.setattr(lists, "_call", breaks)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        parts_of(file, [3] * 20, [7] * 20)


def test_a_forked_process_reads_part_after_part(file: Path) -> None:
    parts_of(file, [3] * 20, [7] * 20)  # this process has a list now, which a fork has not
    child = os.fork()
    if not child:
        os._exit(parts_of(file, [3] * 20, [7] * 20) != 20 * file.read_bytes()[7:10])
    assert os.waitpid(child, 0)[1] == 0
