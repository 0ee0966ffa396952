"""A model's layers without its vocabulary, so that no language-model head is computed and no room is kept for
what it would say.

For a decoder llama.cpp multiplies every token by the whole output matrix even when only the hidden state is
wanted: for Qwen3-0.6B a third of the work. The derived file holds the same layers and, in place of the
vocabulary, the identity matrix: its "logits" are the hidden state, computed for the last token of each text
alone. An encoder has no head, yet each context keeps a number for each token and word of the vocabulary: with
250,000 words a megabyte a token. Its derived file computes the same vectors, bit for bit, without.

Token embeddings are looked up here and given to llama.cpp as numbers.
"""

from __future__ import annotations

import mmap
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.embedding.llama import Tokens
from searcher.files import one_builder, read_json, write_json
from searcher.home import Home
from searcher.models import gguf_file
from searcher.models.gguf_file import BF16, F16, F32, Blob, Encoded, Gguf

# their graphs take embedding rows as they are and multiply by nothing after the last norm
_DECODERS = ("qwen3", "qwen2", "llama")
_ENCODERS = ("bert",)
_KEPT = ("general.architecture", "general.quantization", "tokenizer.ggml.token_type_count")
_VOCABULARY = ("token_embd.weight", "output.weight")
_LEAST_SHARE = 0.05  # of the work; below it a second file is not worth its disk


def possible(head: Gguf) -> bool:
    """Whether a headless file of this model computes the same and saves enough."""
    embedding = head.tensors.get("token_embd.weight")
    if embedding is None or not (is_decoder(head) or head.architecture in _ENCODERS):
        return False
    layers = sum(_values(t.shape) for name, t in head.tensors.items() if name.startswith("blk."))
    return _values(embedding.shape) >= _LEAST_SHARE * layers and embedding.size is not None


def is_decoder(head: Gguf) -> bool:
    """Whether a headless file of this model computes less."""
    return head.architecture in _DECODERS and head.of_architecture("attention.causal") is not False


def _values(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape, dtype=np.int64))


def build(home: Home, head: Gguf, source_hash: str, *, bf16: bool = False) -> Path | None:
    """The derived file in the home, made on first use; None when the disk has no room for it.

    `bf16` writes the matrices as bfloat16. The file's hash is recorded beside it: one that another hand
    changed is built again.
    """
    ending = ".bf16.gguf" if bf16 else ".layers.gguf"
    path = home.model(f"{head.path.stem}-{source_hash[:12]}{ending}")
    if _is_built(path, source_hash):
        return path
    with one_builder(home, path):
        if _is_built(path, source_hash):  # by the process that was waited for
            return path
        needed = bf16_bytes(head) if bf16 else sum(t.size or 0 for t in _layers(head))
        if shutil.disk_usage(home.models).free < 2 * needed + (1 << 30):
            return None
        with open(head.path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            view = memoryview(data)
            try:
                digest = gguf_file.write(path, _metadata(head, data), _tensors(head, view, bf16))
            finally:
                view.release()
        stat = path.stat()
        write_json(
            _record(path),
            {"source": source_hash, "sha256": digest, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns},
        )
        return path


def bf16_bytes(head: Gguf) -> int:
    """Size of the derived file with bfloat16 weights."""
    return sum(2 * _values(tensor.shape) for tensor in _layers(head))


def _record(path: Path) -> Path:
    return path.with_suffix(".json")


def _is_built(path: Path, source_hash: str) -> bool:
    """Whether the file is there as it was written, from that source."""
    record = read_json(_record(path))
    if not isinstance(record, dict) or not path.is_file():
        return False
    stat = path.stat()
    recorded = record.get("source"), record.get("size"), record.get("mtime_ns")
    return recorded == (source_hash, stat.st_size, stat.st_mtime_ns)


def _layers(head: Gguf) -> Iterator[gguf_file.Tensor]:
    return (t for name, t in head.tensors.items() if name not in _VOCABULARY and not name.startswith("cls."))


def _metadata(head: Gguf, data: mmap.mmap) -> dict[str, Any]:
    arch, width = head.architecture, int(head.of_architecture("embedding_length") or 0)
    left_out = (f"{arch}.pooling_type", f"{arch}.vocab_size")
    metadata = {
        key: Encoded(data[start:end])
        for key, (start, end) in head.spans.items()
        if key.startswith((f"{arch}.", *_KEPT)) and key not in left_out
    }
    return {**metadata, f"{arch}.vocab_size": width, "tokenizer.ggml.model": "no_vocab"}


def _tensors(head: Gguf, view: memoryview, bf16: bool) -> Iterator[Blob]:
    width = int(head.of_architecture("embedding_length") or 0)
    yield Blob("token_embd.weight", (width, width), F32, np.eye(width, dtype=np.float32).tobytes)
    for tensor in _layers(head):
        raw = view[tensor.start : tensor.start + (tensor.size or 0)]
        if bf16 and len(tensor.shape) == 2:
            yield Blob(tensor.name, tensor.shape, BF16, partial(_as_bf16, raw, tensor))
        else:
            yield Blob(tensor.name, tensor.shape, tensor.type, partial(bytes, raw))


def _as_bf16(raw: memoryview, tensor: gguf_file.Tensor) -> bytes:
    rows = dequantised(np.frombuffer(raw, np.uint8).reshape(tensor.shape[1], -1), tensor.type)
    bits = rows.view(np.uint32)
    # to nearest, ties to even; rounding here keeps the file the same on every machine
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    return rounded.astype(np.uint16).tobytes()


def dequantised(raw: npt.NDArray[np.uint8], type: int) -> npt.NDArray[np.float32]:
    """float32 of rows in any of ggml's weight formats."""
    if type == F32:
        return raw.view(np.float32)
    if type == F16:
        return raw.view(np.float16).astype(np.float32)
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize

    return np.ascontiguousarray(dequantize(raw, GGMLQuantizationType(type)), np.float32)


class EmbeddingRows:
    """The token embedding of a GGUF (or its output matrix), read row by row from the mapped file."""

    def __init__(self, head: Gguf, name: str = "token_embd.weight") -> None:
        tensor = head.tensors[name]
        self.width, self.count = tensor.shape
        values, size = gguf_file.BLOCKS[tensor.type]
        self._type = tensor.type
        self._raw = np.memmap(
            head.path, np.uint8, "r", tensor.start, (self.count, self.width // values * size)
        )

    def __call__(self, tokens: Tokens) -> npt.NDArray[np.float32]:
        """float32 (len(tokens), width)."""
        return dequantised(self._raw[tokens], self._type)
