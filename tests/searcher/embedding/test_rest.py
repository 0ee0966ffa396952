"""What an embedder lets go of while nothing is to do, and takes again."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from searcher.embedding import headless, open_embedder
from searcher.home import Home
from searcher.settings import Settings
from searcher.system import give_memory_back

TEXTS = ["the mill by the river", "was kostet die Miete?", "泵的维护"]


def anonymous() -> int:
    """MB of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) >> 10


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_deep_rest_lets_go_of_the_model_and_the_next_call_has_it_again(home: Home, starter: Path) -> None:
    model = shutil.copy(starter, home.models / "alone.gguf")  # nobody else keeps its memory
    embedder = open_embedder(home, Settings(model=str(model)), role="index")
    first = embedder.embed_full(TEXTS)
    give_memory_back()
    awake = anonymous()
    embedder.rest(deep=True)
    give_memory_back()
    assert anonymous() < awake - 60
    with ThreadPoolExecutor(3) as threads:
        counts = list(threads.map(lambda text: embedder.count_tokens([text])[0], TEXTS))
    assert counts == embedder.count_tokens(TEXTS)
    assert np.array_equal(embedder.embed_full(TEXTS), first)
    embedder.rest(deep=True)
    embedder.close()


def test_an_encoder_without_its_vocabulary_gives_the_same_vectors(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    layers = open_embedder(home, Settings(), role="index")
    vectors = [layers.embed_full(TEXTS), layers.embed_full(TEXTS, kind="query")]
    layers.close()
    assert list(home.models.glob("*.layers.gguf"))
    monkeypatch.setattr(headless, "possible", lambda head: False)
    whole = open_embedder(home, Settings(), role="index")
    expected = [whole.embed_full(TEXTS), whole.embed_full(TEXTS, kind="query")]
    whole.close()
    assert np.array_equal(vectors, expected)
