"""Fixtures every room shares. shared.py has what is made once a run, lanes.py how workers share the tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from searcher.home import Home
from tests.lanes import Lanes, turn
from tests.shared import Indexed, Once, build_starter, copy_sample, link_models, stays_loaded
from tests.skips import Skips
from ui.server import leave_components_of_others

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_THREAD_LIMIT"] = "1"  # the workers take the cores; more threads would wait for each other

# beside other workers nothing has a time of its own; a fixture that no example changes may serve all of them
_UNMINDED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("suite", deadline=None, suppress_health_check=_UNMINDED)
settings.load_profile("suite")


@pytest.fixture(scope="session", autouse=True)
def _offline() -> Iterator[None]:
    """No test waits for a hub; the one that tests downloading sets its own endpoint."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    for name in [name for name in os.environ if name.startswith("SEARCHER_")]:
        del os.environ[name]
    yield


@pytest.fixture(scope="session", autouse=True)
def _as_the_server_starts() -> None:
    """Streamlit's own way to run a page for a test starts as much of it as a server."""
    leave_components_of_others()


@pytest.fixture(scope="session", autouse=True)
def _interruptible() -> None:
    """A run that was started in the background ignores Ctrl-C, and so would every program it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, make)`: a folder made once a run, by the first worker that asks."""
    return Once.of(tmp_path_factory)


@pytest.fixture(scope="session")
def whole_starter(once: Once) -> Iterator[Path]:
    """The starter model's GGUF, built once a run from the weights package."""
    with stays_loaded(once("starter", build_starter)) as model:
        yield model


@pytest.fixture(scope="session")
def first_layers(once: Once) -> Iterator[Path]:
    """The starter's vocabulary and first layers under its name, for rooms where it hardly matters what an
    answer is: a fifth of the computing."""
    with stays_loaded(once("first-layers", partial(build_starter, layers=2))) as model:
        yield model


@pytest.fixture(scope="session")
def starter(whole_starter: Path) -> Path:
    """The model of this room's libraries."""
    return whole_starter


@pytest.fixture
def starter_axes(once: Once, starter: Path) -> Path:
    """What turns the starter's vectors before they are cut, made once a run: a file for a home's models."""

    def make(root: Path) -> None:
        from searcher.embedding import open_embedder
        from searcher.settings import Settings
        from searcher.vectors import axes

        home = make_home(root / "home", starter)
        with closing(open_embedder(home, Settings(), role="index")) as embedder:
            axes.build(home, embedder)

    made = once(f"axes-{starter.parents[1].name}", make)
    return next((made / "home" / "models").glob("axes-*.npy"))


def make_home(root: Path, starter: Path) -> Home:
    """A fresh home that already holds the starter model and what is computed once for it."""
    return link_models(Home(root).create(), starter.parent)


@pytest.fixture
def home(tmp_path: Path, starter: Path) -> Home:
    return make_home(tmp_path / "home", starter)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """A writable copy of the sample library."""
    return copy_sample(tmp_path / "sample")


@pytest.fixture
def sample_notes(tmp_path: Path) -> Path:
    """A library of the sample's notes alone, a fifth of its text, for what is embedded anew."""
    return copy_sample(tmp_path / "sample", "notes")


@pytest.fixture(scope="session")
def indexed_sample(once: Once, whole_starter: Path) -> Indexed:
    """The sample library, indexed once a run by the real pipeline. Not to be changed."""

    def make(root: Path) -> None:
        from indexer import index
        from searcher import folders
        from searcher.settings import Settings

        home = make_home(root / "home", whole_starter)
        folders.add(home, copy_sample(root / "sample"))
        index(home, Settings.load(home))

    place = once("indexed-sample", make)
    return Indexed(Home(place / "home"), place / "sample")


@pytest.fixture
def sample_home(indexed_sample: Indexed, tmp_path: Path) -> Home:
    """A copy of the home that holds the sample's index, to be changed at will."""
    return indexed_sample.copied(tmp_path / "indexed")


@pytest.fixture(scope="session")
def small_model(once: Once) -> Callable[..., Path]:
    """`small_model(format, **changes)`: a 1024-wide Qwen3 of two layers, made once a run."""
    from benchmarks.shapes import Qwen3Shape, write_qwen3

    small = Qwen3Shape(layers=2, heads=4, kv_heads=2, head=64, inner=512, vocabulary=1400, context=4096)

    def make(format: str = "F32", **changes: object) -> Path:
        def write(folder: Path) -> None:
            shape = replace(small, **changes)  # type: ignore[arg-type]
            write_qwen3(folder / "model.gguf", shape=shape, format=format, scale=0.05)

        name = "-".join([format, *(f"{key}={value}" for key, value in sorted(changes.items()))])
        return once(f"qwen3-{name}", write) / "model.gguf"

    return make


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid.partition("::")[0]))


def pytest_configure(config: pytest.Config) -> None:
    if "CI" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(Skips())


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: tests of whole programs wait about as much as they compute."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    return Lanes(config, log)
