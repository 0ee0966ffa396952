"""What is indexed matters here, and hardly what an answer is."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def starter(first_layers: Path) -> Path:
    return first_layers
