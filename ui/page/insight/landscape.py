"""The map of the library: documents as points, near each other when they mean the like."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

SAMPLE = 1500  # documents drawn: enough to see the shape of a library, quick to compute and to hover


def bound(documents: int, sample: int = SAMPLE) -> str | None:
    """A hex bound below which about `sample` document ids lie; ids are hashes, so this samples evenly.

    None when all of them fit.
    """
    if documents <= sample:
        return None
    return f"{int(sample / documents * 0xFFFFFFFF):08x}"


def means(
    ids: list[str], vectors: npt.NDArray[np.floating[Any]]
) -> tuple[list[str], npt.NDArray[np.float32]]:
    """One vector a document: the mean of its passages, (documents, dim), in the order first seen."""
    order: dict[str, int] = {}
    rows = np.array([order.setdefault(name, len(order)) for name in ids], dtype=np.int64)
    sums = np.zeros((len(order), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, rows, vectors.astype(np.float32))
    counts = np.bincount(rows, minlength=len(order))[:, None]
    return list(order), (sums / np.maximum(counts, 1)).astype(np.float32)


def project(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 2): the two directions in which the vectors differ most (PCA), each stretched over [-1, 1]."""
    if len(vectors) < 3:
        return np.array([[0.0, 0.0], [0.5, 0.0]][: len(vectors)], dtype=np.float32).reshape(-1, 2)
    centred = vectors - vectors.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred)
    del values
    points = centred @ directions[:, [-1, -2]]
    # the sign of an axis is arbitrary; fixed, the map does not flip when a document is added
    points = points * np.where(np.abs(points.min(axis=0)) > points.max(axis=0), -1, 1)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray(2 * (points - low) / np.maximum(high - low, 1e-9) - 1, dtype=np.float32)
