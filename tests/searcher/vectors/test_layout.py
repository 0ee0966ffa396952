"""Vectors cut to fewer components, and what is kept of the rest."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from benchmarks.mrl import doc_strings
from indexer import index
from searcher import folders
from searcher.embedding import open_embedder
from searcher.embedding.base import Vectors
from searcher.errors import IndexDamaged
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from searcher.store.table import read_live
from searcher.vectors import axes
from searcher.vectors.layout import Layout
from tests.conftest import make_home


def unit(rows: Vectors) -> Vectors:
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def rotation() -> Vectors:
    return np.asarray(np.linalg.qr(np.random.default_rng(3).standard_normal((384, 384)))[0], np.float32)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("dim", [32, 96, 383])
def test_what_is_kept_gives_the_full_vector_back(dim: int, turned: bool, rotation: Vectors) -> None:
    layout = Layout(dim, 384, rotation if turned else None)
    full = unit(np.random.default_rng(1).standard_normal((50, 384)))
    full[0] = np.eye(384)[0]  # nothing in the rest
    full[1] = np.eye(384)[383]  # everything in the rest
    rest = layout.rest(full)
    assert rest.shape == (50, layout.rest_bytes)
    again = layout.full(layout.reduced(full).astype(np.float16).astype(np.float32), rest)
    np.testing.assert_allclose((again * full).sum(axis=1), 1.0, atol=2e-4)


def test_a_whole_vector_has_no_rest() -> None:
    layout = Layout(384, 384)
    full = unit(np.random.default_rng(1).standard_normal((3, 384)))
    assert layout.rest_bytes == 0
    assert np.array_equal(layout.reduced(full), full)


def test_turned_to_its_words_a_model_keeps_more_in_fewer_components(home: Home, starter_axes: Path) -> None:
    shutil.copy(starter_axes, home.models)
    with closing(open_embedder(home, Settings(dim=96), role="index")) as embedder:
        assert axes.are_needed(embedder.model)
        turned_to = axes.build(home, embedder)
        texts = [text[:90] for _, text in zip(range(120), doc_strings(), strict=False)]
        full = embedder.embed_full(texts)
    np.testing.assert_allclose(turned_to @ turned_to.T, np.eye(384), atol=1e-4)

    def found(layout: Layout) -> float:
        """Share of the ten nearest of each text that are among its ten nearest as it is searched."""
        reduced = layout.reduced(full)
        pairs = zip(nearest_ten(full), nearest_ten(reduced), strict=True)
        return float(np.mean([len(set(exact) & set(scanned)) / 10 for exact, scanned in pairs]))

    assert found(Layout(96, 384, turned_to)) > found(Layout(96, 384)) + 0.02


def nearest_ten(rows: Vectors) -> list[list[int]]:
    ten: list[list[int]] = np.argsort(-(rows @ rows.T), axis=1)[:, :10].tolist()
    return ten


def test_an_index_whose_axes_are_lost_says_so_and_gets_them_again(first_layers: Path, tmp_path: Path) -> None:
    home = make_home(tmp_path / "home", first_layers)
    library = tmp_path / "library"
    library.mkdir()
    (library / "boat.md").write_text("A boat of paper is folded from one sheet.\n")
    folders.add(home, str(library))
    settings = Settings(dim=96)
    index(home, settings)
    live = read_live(home)
    assert live is not None
    assert live.turned
    (kept,) = home.models.glob("axes-*.npy")
    kept.write_bytes(b"not what it was")
    with Library(home, settings) as opened, pytest.raises(IndexDamaged, match="searcher index"):
        opened.search("how to fold a boat of paper")
    index(home, settings)
    with Library(home, settings) as opened:
        assert opened.search("how to fold a boat of paper")[0].cosine is not None
