"""Fixtures every room shares: a home with the real starter model, and a copy of the sample library."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from searcher.home import Home


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """No test waits for a hub; the one that tests downloading sets its own endpoint."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    for name in [name for name in os.environ if name.startswith("SEARCHER_")]:
        del os.environ[name]
    yield


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A run that was started in the background ignores Ctrl-C, and so would every program it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter model's GGUF, built once a run from the weights package."""
    from searcher.embedding import open_embedder
    from searcher.models import starter
    from searcher.search import background
    from searcher.settings import Settings

    home = Home(tmp_path_factory.mktemp("starter")).create()
    path = starter.build(home)
    embedder = open_embedder(home, Settings(), role="index")
    background.build(home, embedder)
    embedder.close()
    return path


def make_home(root: Path, starter: Path) -> Home:
    """A fresh home that already holds the starter model and what is computed once for it."""
    home = Home(root).create()
    for file in starter.parent.iterdir():
        if file.is_file():
            os.link(file, home.models / file.name)
    return home


@pytest.fixture
def home(tmp_path: Path, starter: Path) -> Home:
    return make_home(tmp_path / "home", starter)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A writable copy of the sample library."""
    with as_file(files("ui") / "sample") as source:
        return Path(shutil.copytree(source, tmp_path / "sample"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole programs and browsers last: their memory counts among our children, and Playwright keeps
    an event loop in the main thread."""
    items.sort(key=lambda item: ("browser" in item.path.parts) * 2 + ("e2e" in item.path.parts))
