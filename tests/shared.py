"""What is made once a run and shared by its workers: the starter model, the sample library and its index."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

import pytest
from filelock import FileLock

from searcher.home import Home

Make = Callable[[Path], None]


@dataclass(frozen=True)
class Once:
    """Folders of the whole run, whichever worker of pytest-xdist asks."""

    root: Path

    @classmethod
    def of(cls, factory: pytest.TempPathFactory) -> Once:
        base = factory.getbasetemp()
        return cls(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)

    def __call__(self, name: str, make: Make) -> Path:
        """The folder `name`, filled by `make` for whoever asks first; the others wait. Not to be changed."""
        place = self.root / name
        done = place.with_name(f"{name}.done")
        with FileLock(place.with_name(f"{name}.lock")):
            if not done.exists():
                shutil.rmtree(place, ignore_errors=True)
                place.mkdir()
                make(place)
                done.touch()
        return place


@dataclass(frozen=True)
class Indexed:
    """A home and the folder that it holds the index of. Neither is to be changed: `copied` is for that."""

    home: Home
    folder: Path

    def copied(self, root: Path) -> Home:
        """The home once more at `root`, to be changed at will. Its folder stays where it is, and as it is."""
        shutil.copytree(self.home.root, root, ignore=shutil.ignore_patterns("models", "run", "*.lock"))
        root.chmod(0o700)
        return link_models(Home(root).create(), self.home.models)


def link_models(home: Home, models: Path) -> Home:
    """Give a home the model files of another."""
    for file in filter(Path.is_file, models.iterdir()):
        os.link(file, home.models / file.name)
    return home


def spare_labels(home: Home, passages: int) -> None:
    """Nothing is fitted to an index of about so many passages, which would take some five seconds."""
    from searcher.search import labels

    for file in home.models.glob("background-*.npz"):
        fitted = replace(labels.shipped(passages), passages=passages)
        labels.save(home, file.stem.partition("-")[2], fitted)


def copy_sample(target: Path, *parts: str) -> Path:
    """A writable copy of the sample library, or of these of its folders."""
    with as_file(files("ui") / "sample") as source:
        for part in parts or ("",):
            shutil.copytree(source / part, target / part)
    return target


def build_starter(root: Path) -> None:
    """A home with the starter model and what is computed once for it."""
    from searcher.embedding import open_embedder
    from searcher.models import starter
    from searcher.search import background
    from searcher.settings import Settings
    from searcher.text import identifier

    home = Home(root).create()
    starter.build(home)
    embedder = open_embedder(home, Settings(), role="index")
    background.build(home, embedder)
    embedder.close()
    identifier.opened(home)
