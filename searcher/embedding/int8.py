"""Full vectors as int8, for rescoring: a quarter of float32's bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from searcher.embedding.base import Vectors


def quantise(full: Vectors) -> npt.NDArray[np.int8]:
    """int8 (n, native); each row scaled so that its largest component is 127.

    The scale is not kept: the rows are unit vectors, so `dequantise` finds it again.
    """
    peak = np.abs(full).max(axis=1, keepdims=True)
    return np.rint(full * (127.0 / np.maximum(peak, 1e-12))).astype(np.int8)


def dequantise(codes: npt.NDArray[np.int8]) -> Vectors:
    """float32 (n, native), L2-normalised."""
    rows = codes.astype(np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(norms, 1.0)
