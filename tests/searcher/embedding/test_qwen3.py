"""The Qwen3 path against an independent forward pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from functools import cache, partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searcher.embedding import headless, open_embedder
from searcher.embedding.base import cut
from searcher.embedding.llama import Weights
from searcher.embedding.tokenizer import Tokenizer
from searcher.errors import EmbeddingFailed, UsageError
from searcher.home import Home
from searcher.models.profiles import BEST, INSTRUCTIONS
from searcher.settings import Settings

Model = Callable[..., Path]
WORDS = "the answer given in this document can not be retrieved from passages that search the web"


@cache
def _oracle(path: Path) -> Any:
    spec = spec_from_file_location("oracle", Path(__file__).with_name("oracle.py"))
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Oracle(path)


def _texts() -> list[str]:
    chance = random.Random(7)
    words = WORDS.split()
    lengths = [1, 2, 3, 5, 8, 13, 21, 34, 89]
    return [" ".join(chance.choices(words, k=k)) for k in lengths] + [
        "东京の天気 и ещё немного",
        "x = {y: [1, 2]}",
    ]


def _embed(home: Home, path: Path, texts: list[str], **how: Any) -> np.ndarray:
    embedder = open_embedder(home, Settings(model=str(path)), role="index")
    try:
        return embedder.embed_full(texts, **how)
    finally:
        embedder.close()


def _rows(path: Path, texts: list[str], kind: str = "document", task: str = "documents") -> list[np.ndarray]:
    return Tokenizer(Weights(path, vocab_only=True), BEST, {}).rows(texts, kind, task)


@pytest.mark.parametrize(
    ("format", "least"), [("F32", 0.9999), ("BF16", 0.999), ("F16", 0.999), ("Q8_0", 0.999)]
)
def test_agrees_with_numpy(bare_home: Home, small_model: Model, format: str, least: float) -> None:
    path = small_model(format)
    oracle = _oracle(path)
    texts = _texts()
    expected = np.array([oracle.embed(row) for row in _rows(path, texts)])
    together = _embed(bare_home, path, texts)
    alone = np.vstack([_embed(bare_home, path, [text]) for text in texts[::4]])
    assert (together * expected).sum(1).min() > least
    assert (alone * expected[::4]).sum(1).min() > least


def test_queries_agree_with_numpy(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32")
    oracle = _oracle(path)
    embedder = open_embedder(bare_home, Settings(model=str(path)))
    for query in [
        "which web search",
        "which web query",
        "which",
        "given the answer in this document",
        "which web query",
    ]:
        (row,) = _rows(path, [query], "query", "code")
        got = embedder.embed_full([query], kind="query", task="code")[0]
        assert got @ oracle.embed(row) > 0.9999
    embedder.close()


def test_a_repeated_query_is_not_computed_again(bare_home: Home, small_model: Model) -> None:
    embedder = open_embedder(bare_home, Settings(model=str(small_model("F32"))))
    first = embedder.embed_full(["which web"], kind="query")
    embedder.close()  # what is computed from here fails
    assert (embedder.embed_full(["which web"], kind="query") == first).all()
    with pytest.raises(EmbeddingFailed, match="closed"):
        embedder.embed_full(["which"], kind="query")


@pytest.mark.parametrize("format", ["F32", "Q8_0", "Q4_0", "starter"])
@pytest.mark.parametrize("kind", ["document", "query"])
def test_does_not_depend_on_the_batch(
    bare_home: Home, small_model: Model, starter: Path, kind: str, format: str
) -> None:
    texts = _texts()
    path = starter if format == "starter" else small_model(format)
    with closing(open_embedder(bare_home, Settings(model=str(path)), role="index")) as embedder:
        embed = partial(embedder.embed_full, kind=kind)
        straight = embed(texts)
        order = list(range(len(texts)))
        random.Random(1).shuffle(order)
        shuffled = np.empty_like(straight)
        shuffled[order] = embed([texts[i] for i in order])
        padded = embed(texts + ["filler of the batch"] * 40)[: len(texts)]
        alone = np.vstack([embed([text]) for text in texts])
    for other in (shuffled, padded, alone):
        assert np.abs(other - straight).max() < 1e-4


@pytest.mark.parametrize("format", ["F32", "BF16", "Q8_0", "Q4_0"])
def test_without_the_head_as_with_it(
    bare_home: Home, small_model: Model, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    path, texts = small_model(format), _texts()
    without = _embed(bare_home, path, texts)
    assert list(bare_home.models.glob("*.layers.gguf"))
    monkeypatch.setattr(headless, "possible", lambda head: False)
    whole = _embed(bare_home, path, texts)
    assert (without * whole).sum(1).min() > 0.9999


def test_a_model_with_a_head_of_its_own(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32", tied=False)
    oracle = _oracle(path)
    (row,) = _rows(path, ["the web"])
    assert _embed(bare_home, path, ["the web", "x"])[0] @ oracle.embed(row) > 0.9999


def test_long_texts_get_room(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32")
    text = " ".join(random.Random(3).choices(WORDS.split(), k=300))
    (row,) = _rows(path, [text])
    assert len(row) > 512
    got = _embed(bare_home, path, ["the", text, "web"])
    assert got[1] @ _oracle(path).embed(row) > 0.9999


def test_too_long_is_an_error_that_counts(bare_home: Home, small_model: Model) -> None:
    with pytest.raises(EmbeddingFailed, match=r"5\d\d\d tokens .* limit of 4096"):
        _embed(bare_home, small_model("F32"), ["x " * 2600])


@pytest.mark.parametrize("add_eos", [True, False])
def test_the_end_token_is_last_once(small_model: Model, add_eos: bool) -> None:
    path = small_model("F32", add_eos=add_eos)
    weights = Weights(path, vocab_only=True)
    end = int(weights.tokenize("<|endoftext|>", special=False, parse=True)[0])
    for row in _rows(path, [*_texts(), "", "a text that says <|endoftext|>"]):
        assert row[-1] == end
        assert (row == end).sum() == 1


def test_the_prompt_is_byte_exact() -> None:
    assert BEST.wrap("wo?", "query", "code") == f"Instruct: {INSTRUCTIONS['code']}\nQuery:wo?"
    assert BEST.wrap("wo?", "query", "documents") == (
        "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:wo?"
    )
    assert (
        BEST.wrap("{task} {text}", "query", "x", {"x": "Find {text}"})
        == "Instruct: Find {text}\nQuery:{task} {text}"
    )
    assert BEST.wrap("as it is", "document") == "as it is"


def test_an_instruction_of_ones_own_changes_the_query(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32")
    settings = Settings(model=str(path), instructions={"documents": "given the web"})
    own = open_embedder(bare_home, settings).embed_full(["which"], kind="query")[0]
    expected = Weights(path, vocab_only=True).tokenize("Instruct: given the web\nQuery:which")
    assert own @ _oracle(path).embed(expected) > 0.9999


@pytest.mark.parametrize("dim", [32, 64, 128, 256, 512, 1024])
def test_every_dimension(bare_home: Home, small_model: Model, dim: int) -> None:
    path = small_model("F32")
    embedder = open_embedder(bare_home, Settings(model=str(path), dim=dim))
    assert (embedder.model.dim, embedder.model.native_dim) == (dim, 1024)
    (row,) = _rows(path, ["the web"])
    got = cut(embedder.embed_full(["the web"]), dim)[0]
    assert got @ _oracle(path).embed(row, dim) > 0.9999


@pytest.mark.parametrize("dim", [1, 31, 1025])
def test_an_impossible_dimension_is_refused(bare_home: Home, small_model: Model, dim: int) -> None:
    with pytest.raises(UsageError, match="gives 32 to 1024"):
        open_embedder(bare_home, Settings(model=str(small_model("F32")), dim=dim))


@pytest.mark.parametrize("format", ["F32", "Q8_0"])
def test_bf16_weights_agree_with_numpy(bare_home: Home, small_model: Model, format: str) -> None:
    path, texts = small_model(format), _texts()
    oracle = _oracle(path)
    settings = Settings(model=str(path), weights="bf16")
    fast = open_embedder(bare_home, settings, role="index")
    expected = np.array([oracle.embed(row) for row in _rows(path, texts)])
    assert (fast.embed_full(texts) * expected).sum(1).min() > 0.999
    as_it_is = open_embedder(bare_home, Settings(model=str(path)), role="index")
    assert fast.model.fingerprint != as_it_is.model.fingerprint
