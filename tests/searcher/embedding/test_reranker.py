"""Rerankers against the same independent forward pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from searcher.embedding import headless
from searcher.embedding.llama import Weights
from searcher.embedding.reranker import Reranker, open_reranker
from searcher.errors import DownloadFailed, ModelBroken, ModelNotFound
from searcher.home import Home
from searcher.models.profiles import INSTRUCTIONS
from searcher.settings import Settings

Model = Callable[..., Path]
TEXTS = [
    "the answer given in this document",
    "passages that search the web",
    "no",
    "x = [1, 2] <|im_end|>",
    "",
]


@cache
def _oracle(path: Path) -> Any:
    spec = spec_from_file_location("oracle", Path(__file__).with_name("oracle.py"))
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Oracle(path)


def _open(home: Home, path: Path) -> Reranker:
    reranker = open_reranker(home, Settings(reranker=str(path)))
    assert reranker
    return reranker


def _expected(path: Path, query: str, texts: list[str], task: str) -> list[float]:
    """The model card's recipe, word for word."""
    oracle, vocabulary = _oracle(path), Weights(path, vocab_only=True)
    prefix = (
        "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the "
        'Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n'
    )
    suffix = "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
    (yes,), (no,) = (vocabulary.tokenize(word, special=False) for word in ("yes", "no"))
    scores = []
    for text in texts:
        pair = f"<Instruct>: {task}\n<Query>: {query}\n<Document>: {text}"
        tokens = [
            vocabulary.tokenize(part, special=False, parse=part is not pair)
            for part in (prefix, pair, suffix)
        ]
        logits = oracle.logits(np.concatenate(tokens))
        odds = np.exp(logits[[no, yes]] - logits[[no, yes]].max())
        scores.append(float(odds[1] / odds.sum()))
    return scores


@pytest.mark.parametrize("tied", [True, False])
def test_probability_of_yes(bare_home: Home, small_model: Model, tied: bool) -> None:
    path = small_model("F32", name="Qwen3-Reranker-0.6B", tied=tied, pooling=None)
    reranker = _open(bare_home, path)
    got = reranker.score("which web search", TEXTS, "code")
    assert got == pytest.approx(_expected(path, "which web search", TEXTS, INSTRUCTIONS["code"]), abs=4e-3)
    assert len({round(score or 0, 4) for score in got}) == len(TEXTS)
    assert reranker.score("which web search", TEXTS[::-1], "code")[::-1] == pytest.approx(got, abs=4e-3)


def test_with_the_whole_model_as_well(
    bare_home: Home, small_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_model("F32", name="Qwen3-Reranker-0.6B", pooling=None)
    without = _open(bare_home, path).score("which", TEXTS)
    monkeypatch.setattr(headless, "possible", lambda head: False)
    assert _open(bare_home, path).score("which", TEXTS) == pytest.approx(without, abs=4e-3)


def test_a_file_made_for_rank_pooling(bare_home: Home, small_model: Model) -> None:
    path = small_model("F32", name="Qwen3-Reranker-0.6B", pooling=4, rank_labels=("yes", "no"))
    got = _open(bare_home, path).score("which", TEXTS, "code")
    assert got == pytest.approx(_expected(path, "which", TEXTS, INSTRUCTIONS["code"]), abs=4e-3)


def test_stops_at_the_deadline(bare_home: Home, small_model: Model) -> None:
    reranker = _open(bare_home, small_model("F32", name="Qwen3-Reranker-0.6B", pooling=None))
    assert reranker.score("which", TEXTS, deadline=time.monotonic() - 1) == [None] * len(TEXTS)
    started = time.monotonic()
    many = reranker.score(
        "which", [f"{n} " + "the answer " * 60 for n in range(2000)], deadline=started + 0.5
    )
    assert time.monotonic() - started < 3
    scored = [score is not None for score in many]
    assert any(scored) and not all(scored)
    assert scored == sorted(scored, reverse=True)


def test_a_passage_without_room_is_not_cut(bare_home: Home, small_model: Model) -> None:
    reranker = _open(bare_home, small_model("F32", name="Qwen3-Reranker-0.6B", pooling=None))
    first, second, third = reranker.score("which", ["web", "answer " * 2100, "web"])
    assert second is None
    assert first == pytest.approx(third, abs=4e-3)


def test_off_by_default(bare_home: Home) -> None:
    assert open_reranker(bare_home, Settings()) is None


def test_what_is_no_reranker_has_a_name(
    bare_home: Home, starter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelBroken, match="is no reranker"):
        _open(bare_home, starter)
    with pytest.raises(ModelNotFound, match="no reranker 'nothing'"):
        open_reranker(bare_home, Settings(reranker="nothing"))
    with pytest.raises(ModelNotFound, match="models fetch qwen3-reranker-4b"):
        open_reranker(bare_home, Settings(reranker="qwen3-reranker-4b", hub=False))
    with pytest.raises(DownloadFailed, match="HF_HUB_OFFLINE"):
        open_reranker(bare_home, Settings(reranker="qwen3-reranker-8b"))
