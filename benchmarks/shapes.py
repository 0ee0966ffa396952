"""GGUF files of real shapes with random weights: speed does not depend on what the weights say.

`python -m benchmarks.shapes FILE [FORMAT]` writes one of Qwen3-Embedding-0.6B's shape.
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from searcher.models import gguf_file
from searcher.models.gguf_file import BLOCKS, Blob, Typed

FORMATS = {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 8, "Q4_K": 12, "Q6_K": 14, "BF16": 30, "Q4_K_M": 12}
_CONTROL, _NORMAL = 3, 1
_WORDS = (
    "the of and to in is for on that with as it are by be this from or an at not have which can all search "
    "query document web passages answer retrieve relevant given yes no Instruct Query"
)


@dataclass(frozen=True, slots=True)
class Qwen3Shape:
    """Qwen3's dimensions; the defaults are those of Qwen3-Embedding-0.6B."""

    layers: int = 28
    width: int = 1024
    heads: int = 16
    kv_heads: int = 8
    head: int = 128
    inner: int = 3072
    vocabulary: int = 151936
    context: int = 32768
    name: str = "Qwen3-Embedding-0.6B"
    pooling: int | None = 3  # last; None leaves it out, as in a chat model
    add_eos: bool = True
    tied: bool = True  # no output matrix of its own
    rank_labels: tuple[str, ...] = ()


def write_qwen3(
    path: Path, *, shape: Qwen3Shape | None = None, format: str = "Q8_0", seed: int = 0, scale: float = 0.02
) -> Path:
    """A GGUF with tensors and metadata as llama.cpp's converter writes them, and a byte-level vocabulary."""
    shape = shape or Qwen3Shape()
    tensors = list(_tensors(shape, format, np.random.default_rng(seed), scale))
    gguf_file.write(path, _metadata(shape, format), tensors)
    return path


def _tensors(shape: Qwen3Shape, format: str, random: np.random.Generator, scale: float) -> Iterator[Blob]:
    kind = FORMATS[format]
    better = FORMATS["Q6_K"] if format == "Q4_K_M" else kind

    def matrix(name: str, columns: int, rows: int, type: int = kind) -> Blob:
        return Blob(name, (columns, rows), type, lambda: weights(columns * rows, type, random, scale))

    def norm(name: str, size: int) -> Blob:
        values = (1 + 0.1 * random.standard_normal(size)).astype(np.float32)
        return Blob(name, (size,), 0, values.tobytes)

    yield matrix("token_embd.weight", shape.width, shape.vocabulary, better)
    if not shape.tied:
        yield matrix("output.weight", shape.width, shape.vocabulary, better)
    yield norm("output_norm.weight", shape.width)
    for layer in range(shape.layers):
        at = f"blk.{layer}."
        # llama.cpp's Q4_K_M gives the value and down matrices of about half the layers Q6_K
        mixed = better if layer < shape.layers // 8 or layer % 3 == 2 else kind
        yield norm(at + "attn_norm.weight", shape.width)
        yield norm(at + "ffn_norm.weight", shape.width)
        yield norm(at + "attn_q_norm.weight", shape.head)
        yield norm(at + "attn_k_norm.weight", shape.head)
        yield matrix(at + "attn_q.weight", shape.width, shape.heads * shape.head)
        yield matrix(at + "attn_k.weight", shape.width, shape.kv_heads * shape.head)
        yield matrix(at + "attn_v.weight", shape.width, shape.kv_heads * shape.head, mixed)
        yield matrix(at + "attn_output.weight", shape.heads * shape.head, shape.width)
        yield matrix(at + "ffn_gate.weight", shape.width, shape.inner)
        yield matrix(at + "ffn_up.weight", shape.width, shape.inner)
        yield matrix(at + "ffn_down.weight", shape.inner, shape.width, mixed)
    if shape.rank_labels:
        yield matrix("cls.output.weight", shape.width, len(shape.rank_labels), 0)


def weights(count: int, type: int, random: np.random.Generator, scale: float) -> bytes:
    """Random weights of standard deviation near `scale` in ggml's layout, without a float detour."""
    values, size = BLOCKS[type]
    blocks = count // values
    if type == 0:
        return (scale * random.standard_normal(count, np.float32)).tobytes()
    if type == 1:
        return (scale * random.standard_normal(count, np.float32)).astype(np.float16).tobytes()
    if type == 30:
        floats = scale * random.standard_normal(count, np.float32)
        return (floats.view(np.uint32) >> 16).astype(np.uint16).tobytes()
    raw = random.integers(0, 256, (blocks, size), np.uint8)
    if type == 8:  # scale, 32 signed bytes
        raw[:, :2] = _half(scale / 74)
    elif type == 2:  # scale, 16 bytes of two 4-bit values about 8
        raw[:, :2] = _half(scale / 4.6)
    elif type == 12:  # scale, smallest, 12 bytes of 6-bit scales, 128 bytes of 4-bit values
        raw[:, :4] = np.concatenate([_half(scale / 150), _half(scale / 20)])
        raw[:, 4:16] = 0x20
    elif type == 14:  # 192 bytes of 6-bit values about 32, 16 signed scales, scale
        raw[:, 192:208] = 16
        raw[:, 208:] = _half(scale / 300)
    return raw.tobytes()


def _half(value: float) -> np.ndarray:
    return np.frombuffer(np.float16(value).tobytes(), np.uint8)


def _metadata(shape: Qwen3Shape, format: str) -> dict[str, Any]:
    tokens, kinds, merges = vocabulary(shape.vocabulary)
    metadata: dict[str, Any] = {
        "general.architecture": "qwen3",
        "general.type": "model",
        "general.name": shape.name,
        "general.file_type": {"F32": 0, "F16": 1, "Q4_0": 2, "Q8_0": 7, "Q4_K_M": 15, "BF16": 32}.get(
            format, 0
        ),
        "qwen3.block_count": shape.layers,
        "qwen3.context_length": shape.context,
        "qwen3.embedding_length": shape.width,
        "qwen3.feed_forward_length": shape.inner,
        "qwen3.attention.head_count": shape.heads,
        "qwen3.attention.head_count_kv": shape.kv_heads,
        "qwen3.attention.key_length": shape.head,
        "qwen3.attention.value_length": shape.head,
        "qwen3.attention.layer_norm_rms_epsilon": 1e-6,
        "qwen3.rope.freq_base": 1e6,
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "qwen2",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.token_type": Typed("i", struct.pack(f"<{len(kinds)}i", *kinds)),
        "tokenizer.ggml.merges": merges,
        "tokenizer.ggml.eos_token_id": tokens.index("<|endoftext|>"),
        "tokenizer.ggml.padding_token_id": tokens.index("<|endoftext|>"),
        "tokenizer.ggml.bos_token_id": tokens.index("<|endoftext|>"),
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_eos_token": shape.add_eos,
        "general.quantization_version": 2,
    }
    if shape.pooling is not None:
        metadata["qwen3.pooling_type"] = shape.pooling
    if shape.rank_labels:
        metadata["qwen3.classifier.output_labels"] = list(shape.rank_labels)
    return metadata


def vocabulary(size: int) -> tuple[list[str], list[int], list[str]]:
    """Tokens, their types and the merges of a byte-level BPE vocabulary: bytes, pairs of letters, words."""
    letters = [_printable(byte) for byte in range(256)]
    tokens = list(letters)
    merges: list[str] = []
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    words = _WORDS.split()

    def add(left: str, right: str) -> None:
        if left + right not in known and len(tokens) < size - len(special):
            known.add(left + right)
            tokens.append(left + right)
            merges.append(f"{left} {right}")

    known = set(letters)
    for word in words:
        for start in (word, "Ġ" + word):
            for end in range(1, len(start)):
                add(start[:end], start[end])
    small = "etaoinshrdlucmfwypvbgk"
    for left in small:
        for right in small:
            add(left, right)
    filler = size - len(special) - len(tokens)
    tokens += [f"[unused{number}]" for number in range(filler)] + special
    return tokens, [_NORMAL] * (size - len(special)) + [_CONTROL] * len(special), merges


def _printable(byte: int) -> str:
    """The character that stands for a byte in byte-level BPE (GPT-2's table)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    return chr(byte) if byte in plain else chr(256 + [b for b in range(256) if b not in plain].index(byte))


if __name__ == "__main__":
    write_qwen3(Path(sys.argv[1]), format=sys.argv[2] if len(sys.argv) > 2 else "Q8_0")
