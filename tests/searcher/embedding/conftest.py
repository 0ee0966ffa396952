"""What the embedding layer's tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from searcher.home import Home


@pytest.fixture
def bare_home(tmp_path: Path) -> Home:
    """A home without any model."""
    return Home(tmp_path / "bare").create()
