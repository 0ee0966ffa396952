"""Small models of Qwen3's shape, made once a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.shapes import Qwen3Shape, write_qwen3
from searcher.home import Home
from tests.shared import Once

SMALL = Qwen3Shape(layers=2, heads=4, kv_heads=2, head=64, inner=512, vocabulary=1400, context=4096)


@pytest.fixture(scope="session")
def small_model(once: Once) -> Callable[..., Path]:
    """`small_model(format, **changes)`: a 1024-wide Qwen3 of two layers, made once a run."""
    from dataclasses import replace

    def make(format: str = "F32", **changes: object) -> Path:
        def write(folder: Path) -> None:
            shape = replace(SMALL, **changes)
            write_qwen3(folder / "model.gguf", shape=shape, format=format, scale=0.05)

        name = "-".join([format, *(f"{key}={value}" for key, value in sorted(changes.items()))])
        return once(f"qwen3-{name}", write) / "model.gguf"

    return make


@pytest.fixture
def bare_home(tmp_path: Path) -> Home:
    """A home without any model."""
    return Home(tmp_path / "bare").create()
