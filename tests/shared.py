"""What is made once a run and shared by its workers: the starter model, the sample library and its index."""

from __future__ import annotations

import mmap
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from searcher.home import Home
from searcher.models import gguf_file
from searcher.models.gguf_file import Blob, Encoded

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


def build_starter(root: Path, *, layers: int | None = None) -> None:
    """A home with the starter model, or its first `layers` alone, and what is computed once for it."""
    from searcher.embedding import open_embedder
    from searcher.models import starter
    from searcher.search import background
    from searcher.settings import Settings
    from searcher.text import identifier

    home = Home(root).create()
    model = starter.build(home)
    if layers is not None:
        _cut(model, layers)
    embedder = open_embedder(home, Settings(), role="index")
    background.build(home, embedder)
    embedder.close()
    identifier.opened(home)


@contextmanager
def stays_loaded(root: Path) -> Iterator[Path]:
    """The model of a home. Its vocabulary, which is most of the work of opening it, stays loaded meanwhile:
    who opens the model shares it."""
    from searcher.embedding import pieces
    from searcher.models import fingerprints

    home = Home(root)
    model = next(file for file in home.model_files() if ".layers" not in file.name)
    vocabulary = pieces.opened(home, gguf_file.read(model), fingerprints.file_hash(home, model))
    assert vocabulary is not None
    with closing(vocabulary):
        yield model


def _cut(model: Path, layers: int) -> None:
    """Leave a model its first layers alone."""
    head = gguf_file.read(model)
    with model.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        metadata: dict[str, Any] = {k: Encoded(data[start:end]) for k, (start, end) in head.spans.items()}
        count = f"{head.architecture}.block_count"
        left_out = tuple(f"blk.{number}." for number in range(layers, int(head.metadata[count])))
        tensors = [
            Blob(t.name, t.shape, t.type, partial(bytes, data[t.start : t.start + (t.size or 0)]))
            for t in head.tensors.values()
            if not t.name.startswith(left_out)
        ]
        gguf_file.write(model, metadata | {count: layers}, tensors)
