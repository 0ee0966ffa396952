"""What each model costs on this machine: what is measured of one tells of the others."""

from __future__ import annotations

from ui.service import get_service

# seconds a token beside the starter's: measured for 0.6B (2,815 and 188 tokens/s), else by the weights
_BESIDE_STARTER = {"starter": 1.0, "qwen3-0.6b": 15.0, "qwen3-4b": 120.0, "qwen3-8b": 240.0}
_USUAL = 1500.0  # tokens a second of the starter on two cores
_ROOM = 1.5  # times its file that the machine's memory should have


def beside(model: str, other: str) -> float:
    """How many times as long `model` takes as `other`; one that is not known is taken for as slow."""
    return _BESIDE_STARTER.get(model, 1.0) / _BESIDE_STARTER.get(other, _BESIDE_STARTER.get(model, 1.0))


def speed(model: str) -> tuple[float, bool]:
    """Tokens a second here, and whether that was measured with this very model."""
    measured = get_service().speed_here()
    if measured is None or measured[0] not in _BESIDE_STARTER:
        return _USUAL / _BESIDE_STARTER.get(model, 1.0), False
    return measured[1] / beside(model, measured[0]), measured[0] == model


def fits(size_mb: int) -> bool:
    """Whether a model file of that size can be held in memory beside everything else."""
    import psutil

    return bool(size_mb * 1e6 * _ROOM < psutil.virtual_memory().total)
