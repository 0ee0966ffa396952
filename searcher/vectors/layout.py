"""How a full vector is kept: float16 of the components that are searched, a byte for each of the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searcher.embedding.base import Vectors, cut

_SCALE = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class Layout:
    """Of vectors cut to `dim` of `native_dim` components, turned to `axes` before where given, float32
    (native_dim, native_dim). The rest says what the cut lost, so both together are nearly the full vector:
    its bytes need not cover the large components, which makes them finer."""

    dim: int
    native_dim: int
    axes: Vectors | None = None

    def reduced(self, full: Vectors) -> Vectors:
        """float32 (n, native_dim) as it is searched: (n, dim), L2-normalised."""
        return cut(full, self.dim, self.axes)

    def rest(self, full: Vectors) -> npt.NDArray[np.uint8]:
        """(n, `rest_bytes`): int8 of the components that were cut off, and their scale as float32."""
        lost = full[:, self.dim :] if self.axes is None else full @ self.axes[self.dim :].T
        scales = np.maximum(np.abs(lost).max(axis=1, keepdims=True), 1e-12) / 127.0
        codes = np.rint(lost / scales).astype(np.int8)
        return np.concatenate([codes.view(np.uint8), scales.astype(_SCALE).view(np.uint8)], axis=1)

    @property
    def rest_bytes(self) -> int:
        """0 where nothing is cut off."""
        return self.native_dim - self.dim + _SCALE.itemsize if self.dim < self.native_dim else 0

    def full(self, reduced: Vectors, rest: npt.NDArray[np.uint8]) -> Vectors:
        """float32 (n, native_dim) from what was kept; their length of one tells how long the cut part was."""
        codes, scales = rest[:, : -_SCALE.itemsize], rest[:, -_SCALE.itemsize :]
        turned = np.empty((len(rest), self.native_dim), np.float32)
        lost = turned[:, self.dim :]
        np.multiply(codes.view(np.int8), np.ascontiguousarray(scales).view(_SCALE), out=lost)
        lengths = np.sqrt(np.maximum(1.0 - np.einsum("ij,ij->i", lost, lost), 0.0))
        np.multiply(reduced, lengths[:, None], out=turned[:, : self.dim])
        return turned if self.axes is None else np.asarray(turned @ self.axes, np.float32)
