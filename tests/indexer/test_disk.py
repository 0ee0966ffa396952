"""A disk without space, a home that cannot be written, a file that cannot: said in one line, nothing lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

import indexer
from searcher import folders
from searcher.errors import HomeError
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.store import open_store
from tests.commands import called
from tests.indexer.mounts import can_mount, small_disk, unmount
from tests.indexer.processes import like_anybody, wait_until

ROOT = Path(__file__).parents[2]
MOUNTED = ["mounted"] if can_mount() else []

Squeeze = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    root.mkdir()
    (root / "ferry.md").write_text("# Ferry\n\nThe ferry to the island leaves at seven.\n")
    (root / "onion.md").write_text("# Soup\n\nOnions want an hour on a low flame.\n")
    return root


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """Writes beyond so many bytes of a file fail (EFBIG), as on a disk that fills up just then."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


@contextmanager
def only_free(disk: Path, size: int) -> Iterator[None]:
    """A disk filled up but for so many bytes (ENOSPC)."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, max(shutil.disk_usage(disk).free - size, 1))
    try:
        yield
    finally:
        filler.unlink()


@pytest.fixture(params=["limit", *MOUNTED])
def squeezed(request: pytest.FixtureRequest, home: Home, tmp_path: Path) -> Iterator[tuple[Home, Squeeze]]:
    """A home, and what takes all space but so many bytes from it for a while."""
    if request.param == "limit":
        yield home, no_file_beyond
        return
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, 16):
        small = Home(disk / "home").create()
        small.models.rmdir()
        small.models.symlink_to(home.models)
        yield small, lambda size: only_free(disk, size)


def whole(home: Home) -> tuple[int, int, int]:
    store = open_store(home, None)
    return store.documents(), store.count(), store.pending()


def test_a_full_disk_loses_nothing(squeezed: tuple[Home, Squeeze], library: Path) -> None:
    home, squeeze = squeezed
    folders.add(home, library)
    indexer.index(home, Settings())
    refused = 0
    for round, space in enumerate((0, 5_000, 40_000, 100_000)):
        for number in range(8):
            (library / f"{round}-{number}.md").write_text(f"# Day {round}\n\nNote {number} of {round}.\n")
        with squeeze(space):
            try:
                indexer.index(home, Settings())
            except HomeError as error:
                refused += 1
                # SQLite says "I/O error" of a file that may not grow
                known = ("is full", "larger than the system allows", "Input/output error")
                assert any(
                    words in str(error) for words in known[: 1 if squeeze is not no_file_beyond else 3]
                )
                assert "\n" not in str(error) and str(home.root) in str(error)
            with Library(home, Settings()) as opened:
                assert opened.search("when does the ferry leave")[0].path.endswith("ferry.md")
    assert refused >= 2
    done = indexer.index(home, Settings())
    assert done.failed == 0
    assert whole(home) == (34, 34, 0)
    assert indexer.index(home, Settings()).chunks_written == 0


@pytest.fixture(params=["permissions", *MOUNTED])
def sealed(request: pytest.FixtureRequest, home: Home, library: Path) -> Iterator[Home]:
    """An indexed home that cannot be written, by its permissions or on a read-only disk, and that lacks what
    is made on first use."""
    folders.add(home, library)
    indexer.index(home, Settings())
    for made in (*home.models.glob("*.layers.*"), *home.models.glob("languages*")):
        made.unlink()
    if request.param == "permissions":
        subprocess.run(["chmod", "-R", "a-w", str(home.root)], check=True)
        yield home
        subprocess.run(["chmod", "-R", "u+w", str(home.root)], check=True)
        return
    subprocess.run(["mount", "--bind", str(home.root), str(home.root)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(home.root)], check=True)
    yield home
    unmount(home.root)


def test_a_home_that_cannot_be_written_still_answers(sealed: Home, library: Path) -> None:
    (library / "new.md").write_text("# New\n\nSomething new.\n")
    own = ["--home", str(sealed.root)]
    refused, found, told, looked = called(
        ["index", *own],
        ["search", "when does the ferry leave", "--paths", *own],
        ["status", *own],
        ["doctor", "--fix", *own],
        preexec_fn=like_anybody,  # without root's rights over permissions
    )
    line = refused[2].splitlines()[-1]
    assert refused[0] == 1 and "cannot write" in line and "--home" in line and str(sealed.root) in line
    assert found[0] == 0 and found[1].startswith(str(library / "ferry.md"))
    assert told[0] == 0 and "2 indexed" in told[1], told
    assert looked[0] == 1 and "cannot write" in looked[1]
    assert "Traceback" not in looked[2]
    lines: list[str] = []
    with up(sealed, free_port(), lines) as process:
        assert process.wait(60) == 1
    assert (
        len(lines) == 1
        and "cannot write" in lines[0]
        and "--home" in lines[0]
        and str(sealed.root) in lines[0]
    )
    assert "http" not in lines[0]  # no address that nobody serves


def test_it_goes_on_when_the_home_can_be_written_again(home: Home, library: Path) -> None:
    folders.add(home, library)
    indexer.index(home, Settings())
    (library / "new.md").write_text("# New\n\nSomething new.\n")
    home.catalogue.rename(home.root / "kept")
    home.catalogue.mkdir()  # neither full nor forbidden: it is no file
    with pytest.raises(HomeError, match=r"cannot use .*doctor"):
        indexer.index(home, Settings())
    home.catalogue.rmdir()
    (home.root / "kept").rename(home.catalogue)
    assert indexer.index(home, Settings()).added == 1


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def up(home: Home, port: int, told: list[str]) -> Iterator[subprocess.Popen[str]]:
    """`searcher up` without root's rights; the lines it writes are in `told`."""
    command = [sys.executable, "-m", "ui.cli.main", "up", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--home", str(home.root)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "SEARCHER_PRIORITY": "normal"},
        preexec_fn=like_anybody,
    )
    assert process.stderr
    lines = process.stderr
    reader = threading.Thread(target=lambda: told.extend(lines))
    reader.start()
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            reader.join()
            lines.close()


@pytest.mark.skipif(not MOUNTED, reason="this system lets nobody mount a small disk")
def test_up_goes_on_when_the_disk_fills_and_has_space_again(
    home: Home, library: Path, tmp_path: Path
) -> None:
    disk, port, told = tmp_path / "disk", free_port(), list[str]()
    disk.mkdir()
    with small_disk(disk, 16):
        small = Home(disk / "home").create()
        small.models.rmdir()
        small.models.symlink_to(home.models)
        folders.add(small, library)
        with up(small, port, told) as process:

            def found(words: str) -> bool:
                query = urlencode({"q": words, "mode": "words"})
                address = f"http://127.0.0.1:{port}/api/search?{query}"
                with suppress(URLError, ConnectionError), urlopen(address, timeout=30) as reply:
                    return bool(json.load(reply)["results"])
                return False

            wait_until(lambda: found("ferry"), seconds=90)
            with only_free(disk, 0):
                (library / "new.md").write_text("# New\n\nSomething unheard of.\n")
                wait_until(lambda: any("is full" in line for line in told), seconds=60)
                assert found("ferry") and process.poll() is None
            wait_until(lambda: found("unheard"), seconds=90)
        assert not any("Traceback" in line for line in told)
