"""The faster weight format is offered where it is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from searcher.embedding import llama
from searcher.embedding.offer import faster_weights
from searcher.home import Home
from searcher.models import resolve
from searcher.settings import Settings
from ui.cli.models import models

CASES = [
    ("Q8_0", True, True),
    ("F16", True, True),
    ("Q4_0", True, False),
    ("BF16", True, False),
    ("Q8_0", False, False),
]


@pytest.mark.parametrize(("format", "able", "offered"), CASES)
def test_offered_where_it_is_faster(
    bare_home: Home,
    small_model: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    format: str,
    able: bool,
    offered: bool,
) -> None:
    monkeypatch.setattr(llama, "has_bf16", lambda: able)
    settings = Settings(model=str(small_model(format)))
    line = faster_weights(resolve(bare_home, settings), settings)
    assert (line is not None) is offered
    assert line is None or "bf16" in line
    chosen = Settings(model=settings.model, weights="bf16")
    assert faster_weights(resolve(bare_home, chosen), chosen) is None


def test_the_starter_is_as_fast_as_it_gets(home: Home) -> None:
    assert faster_weights(resolve(home, Settings()), Settings()) is None


def test_choosing_a_model_offers_its_faster_weights(
    bare_home: Home, small_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama, "has_bf16", lambda: True)
    path = str(small_model("Q8_0"))

    def use(*more: str) -> str:
        done = CliRunner().invoke(models, ["--home", str(bare_home.root), "use", path, *more])
        assert done.exit_code == 0, done.output
        return done.output

    assert f"searcher models use {path} --weights bf16" in use()
    assert "--weights" not in use("--weights", "bf16")
    assert Settings.load(bare_home).weights == "bf16"
    assert "--weights bf16" in use("--weights", "file")
    assert Settings.load(bare_home).weights == "file"
