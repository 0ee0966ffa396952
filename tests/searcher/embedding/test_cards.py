"""Where a model computes: cards are told, as this machine need not have one; what computes is real."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searcher.embedding import cards, local, open_embedder
from searcher.embedding.cards import Card, Device, chosen
from searcher.embedding.context import Context
from searcher.embedding.llama import Weights
from searcher.errors import EmbeddingFailed, ModelBroken
from searcher.home import Home
from searcher.settings import Settings

GB = 1 << 30
SMALL, LARGE = Card("small", 2 * GB, 1), Card("large", 8 * GB, 2)
TEXTS = [
    "the web",
    "a search of documents",
    *(f"query {n} " + "which passages answer " * n for n in range(18)),
]


@pytest.mark.parametrize(
    ("here", "setting", "layers", "computes", "note"),
    [
        ([], "auto", 0, "the processor", ""),
        ([], "12", 0, "the processor", "the installed llama.cpp has no GPU support"),
        ([], "0", 0, "the processor", ""),
        ([SMALL, LARGE], "auto", 999, "large", ""),
        ([SMALL, LARGE], "0", 0, "the processor", ""),
        ([SMALL, LARGE], "many", 999, "large", "is no number"),
        ([SMALL], "auto", 0, "the processor", "small has 2.1 GB free and the model needs 5.4"),
        ([SMALL], "5", 5, "small", ""),  # a quarter of its layers
        ([Card("full", 0, 3)], "auto", 0, "the processor", "full has 0.0 GB free"),
    ],
)
def test_the_card_with_most_room_computes_if_the_model_fits(
    here: list[Card], setting: str, layers: int, computes: str, note: str
) -> None:
    device = chosen(here, setting, size=4 * GB, layers=20)
    assert (device.layers, device.name) == (layers, computes)
    assert note in device.note and bool(device.note) is bool(note)


@pytest.mark.parametrize("model", ["decoder", "encoder"])
def test_a_card_without_memory_to_compute_leaves_it_to_the_processor(
    model: str,
    home: Home,
    small_model: Callable[..., Path],
    starter: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also in the middle of the work. The card is this processor, called so; its calls are a card's."""
    settings = Settings(model=str(small_model("F32")) if model == "decoder" else str(starter))
    with closing(open_embedder(home, settings, role="index")) as embedder:
        expected = embedder.embed_full(TEXTS)
    monkeypatch.setattr(cards, "are_usable", lambda: True)
    monkeypatch.setattr(cards, "cards", lambda: [Card("a card", 1 << 40, None)])
    with closing(open_embedder(home, settings, role="index")) as embedder:
        assert (embedder.device, embedder.note) == ("a card", "")
        assert (embedder.embed_full(TEXTS) * expected).sum(1).min() > 0.9999

        def without_room(weights: Weights, *given: Any, **named: Any) -> Context:
            if weights.on_card:
                raise EmbeddingFailed("no memory")
            return Context(weights, *given, **named)

        monkeypatch.setattr(local, "Context", without_room)
        embedder.rest()
        assert (embedder.embed_full(TEXTS) * expected).sum(1).min() > 0.9999
        assert embedder.device == "the processor" and "no room to compute" in embedder.note
        query = embedder.embed_full(["which web"], kind="query")
        assert np.isclose(np.linalg.norm(query), 1)


def test_a_card_that_does_not_take_the_model_leaves_it_to_the_processor(
    small_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = small_model("F32")

    def full(path: Path, **named: Any) -> Weights:
        if named.get("layers_on_gpu"):
            raise ModelBroken("cudaMalloc failed")
        return Weights(path, **named)

    monkeypatch.setattr(cards, "Weights", full)
    weights, device = cards.loaded(path, Device(999, Card("a card", 1 << 40, None)))
    weights.close()
    assert device.name == "the processor" and "cudaMalloc failed" in device.note
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ModelBroken, match=r"cannot load the model .*broken\.gguf"):
        cards.loaded(broken, Device(999, Card("a card", 1 << 40, None)))
