"""GGUF files read and written, against the reference reader."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from searcher.errors import ModelBroken
from searcher.models import gguf_file
from searcher.models.gguf_file import F32, Blob, Typed


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    metadata = {
        "general.architecture": "qwen3",
        "qwen3.block_count": 2,
        "qwen3.rope.freq_base": 1e6,
        "some.flag": True,
        "tokenizer.ggml.tokens": ["a", "ö", b"\xf0\x9f"],
        "tokenizer.ggml.scores": Typed("f", struct.pack("<3f", 1, 2, 3)),
    }
    gguf_file.write(
        path,
        metadata,
        [Blob("one", (3,), F32, lambda: bytes(12)), Blob("two", (8, 5), F32, lambda: bytes(range(160)))],
    )
    return path


def test_agrees_with_the_reference_reader(small: Path) -> None:
    from gguf import GGUFReader

    reference = GGUFReader(small)
    ours = gguf_file.read(small)
    assert ours.metadata["qwen3.block_count"] == reference.fields["qwen3.block_count"].contents() == 2
    assert ours.metadata["some.flag"] is reference.fields["some.flag"].contents() is True
    assert reference.fields["tokenizer.ggml.scores"].contents() == [1, 2, 3]
    for tensor in reference.tensors:
        mine = ours.tensors[tensor.name]
        assert (list(mine.shape), mine.start, mine.size) == (
            tensor.shape.tolist(),
            tensor.data_offset,
            tensor.n_bytes,
        )


def test_arrays_only_when_asked(small: Path) -> None:
    assert "tokenizer.ggml.tokens" not in gguf_file.read(small).metadata
    assert gguf_file.read(small, arrays=True).metadata["tokenizer.ggml.tokens"][:2] == ["a", "ö"]


@pytest.mark.parametrize("keep", [5, 40, 200, 300, 500])
def test_a_truncated_file_has_a_name(small: Path, keep: int) -> None:
    whole = small.read_bytes()
    assert keep < len(whole)
    small.write_bytes(whole[:keep])
    with pytest.raises(ModelBroken, match="truncated or damaged"):
        gguf_file.read(small)


@pytest.mark.parametrize("content", [b"", b"GG", b"%PDF-1.7 and so on", bytes(100)])
def test_what_is_no_gguf_has_a_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelBroken, match="not a GGUF file"):
        gguf_file.read(path)


def test_a_refused_file_leaves_nothing(tmp_path: Path) -> None:
    def refuse(_: str) -> None:
        raise ModelBroken("no")

    with pytest.raises(ModelBroken):
        gguf_file.write(tmp_path / "x.gguf", {}, [], accept=refuse)
    assert not list(tmp_path.iterdir())
