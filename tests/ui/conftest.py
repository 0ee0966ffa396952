"""An indexed copy of the sample library, and a real `searcher up` that serves it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from searcher.home import Home
from tests.shared import Indexed

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Served:
    """A library that `searcher up` serves."""

    home: Home
    folder: Path
    url: str
    pid: int

    @property
    def token(self) -> str:
        return self.home.token.read_text()


def environment() -> dict[str, str]:
    # beside other workers on few cores, the lowest priority would make a test wait for its turn
    return {**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "SEARCHER_PRIORITY": "normal"}


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    return unused_port()


def start_up(home: Path, *arguments: str, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "ui.cli.main", "up", "--home", str(home), "--no-browser"]
    # a file, not a pipe: a pipe that nobody reads fills up and stops the server
    with (home.parent / f"up-{port}.log").open("w") as log:
        return subprocess.Popen(
            [*command, "--port", str(port), *arguments],
            env=environment(),
            text=True,
            cwd=home.parent,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def wait_for(url: str, seconds: float = 60) -> bytes:
    """The body of the first answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return bytes(answer.read())
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def indexed(tmp_path_factory: pytest.TempPathFactory, indexed_sample: Indexed) -> tuple[Home, Path]:
    """A home, this worker's own, and the folder it holds the index of, which is not to be changed."""
    return indexed_sample.copied(tmp_path_factory.mktemp("indexed") / "home"), indexed_sample.folder


@pytest.fixture(scope="session")
def served(indexed: tuple[Home, Path]) -> Iterator[Served]:
    home, folder = indexed
    port = unused_port()
    process = start_up(home.root, port=port)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{url}/api/health")
        wait_for(f"{url}/api/search?q=ferry", 60)
        yield Served(home, folder, url, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
