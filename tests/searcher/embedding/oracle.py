"""Qwen3's forward pass in plain numpy, float64, one text at a time (Qwen3 technical report, section 2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from gguf import GGUFReader
from gguf.quants import dequantize

Array = np.ndarray


class Oracle:
    """Reads the file with the reference reader; shares no code with what it judges."""

    def __init__(self, path: Path) -> None:
        reader = GGUFReader(path)
        self.weights: dict[str, Array] = {
            t.name: dequantize(t.data, t.tensor_type).astype(np.float64) for t in reader.tensors
        }

        def meta(key: str) -> Any:
            return reader.fields[f"qwen3.{key}"].contents()

        self.layers = meta("block_count")
        self.heads, self.kv_heads = meta("attention.head_count"), meta("attention.head_count_kv")
        self.head = meta("attention.key_length")
        self.base, self.epsilon = meta("rope.freq_base"), meta("attention.layer_norm_rms_epsilon")

    def hidden(self, tokens: Array) -> Array:
        """(tokens, width) after the last norm."""
        x = self.weights["token_embd.weight"][tokens]
        for layer in range(self.layers):
            w = {
                name.removeprefix(f"blk.{layer}.").removesuffix(".weight"): value
                for name, value in self.weights.items()
                if name.startswith(f"blk.{layer}.")
            }
            x = x + self._attention(self._norm(x, w["attn_norm"]), w)
            h = self._norm(x, w["ffn_norm"])
            gate = h @ w["ffn_gate"].T
            x = x + (gate / (1 + np.exp(-gate)) * (h @ w["ffn_up"].T)) @ w["ffn_down"].T
        return self._norm(x, self.weights["output_norm.weight"])

    def embed(self, tokens: Array, dim: int | None = None) -> Array:
        """(dim,), the last token's state, cut and L2-normalised."""
        vector = self.hidden(tokens)[-1][:dim]
        return vector / np.linalg.norm(vector)

    def logits(self, tokens: Array) -> Array:
        """(vocabulary,) of the last token."""
        head = self.weights.get("output.weight", self.weights["token_embd.weight"])
        return head @ self.hidden(tokens)[-1]

    def _norm(self, x: Array, weight: Array) -> Array:
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + self.epsilon) * weight

    def _attention(self, x: Array, w: dict[str, Array]) -> Array:
        count = len(x)
        q = (x @ w["attn_q"].T).reshape(count, self.heads, self.head)
        k = (x @ w["attn_k"].T).reshape(count, self.kv_heads, self.head)
        v = (x @ w["attn_v"].T).reshape(count, self.kv_heads, self.head)
        q = self._rotate(self._norm(q, w["attn_q_norm"]))
        k = self._rotate(self._norm(k, w["attn_k_norm"]))
        shared = self.heads // self.kv_heads
        k, v = np.repeat(k, shared, axis=1), np.repeat(v, shared, axis=1)
        scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(self.head)
        scores = np.where(np.tri(count, dtype=bool), scores, -np.inf)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return np.einsum("hqk,khd->qhd", scores, v).reshape(count, -1) @ w["attn_output"].T

    def _rotate(self, x: Array) -> Array:
        half = self.head // 2
        angle = np.arange(len(x))[:, None] * self.base ** (-np.arange(half) / half)
        cos, sin = np.cos(angle)[:, None, :], np.sin(angle)[:, None, :]
        a, b = x[..., :half], x[..., half:]
        return np.concatenate([a * cos - b * sin, b * cos + a * sin], axis=-1)
