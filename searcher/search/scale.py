"""Cosines as standard deviations above the corpus, so that no model's own units reach the fusion.

A query in another language than the library's is near to the same few passages whatever it asks, so that a
part of how near they are to that language's mean query is taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.search.background import Background
from searcher.search.sample import Sample

_FOREIGN = 0.4  # part taken off for a language that the library does not hold
_FEW = 30  # passages of a corpus that weigh as much as what is known of the model alone


@dataclass(frozen=True, slots=True)
class Scale:
    """A cosine with the query, as a line: `direction @ passage + offset` standard deviations."""

    direction: Vectors  # float32 (native_dim,)
    offset: float
    mean: float  # of the cosines of the query with the corpus
    deviation: float

    def of(self, passages: Vectors) -> Vectors:
        """float32 (n,) of passages, float32 (n, native_dim)."""
        return np.asarray(passages @ self.direction + self.offset, np.float32)

    def nearness(self, cosines: Vectors) -> Vectors:
        """Standard deviations above the corpus, whatever the query's language; float32 (n,) of (n,)."""
        return np.asarray((cosines - self.mean) / self.deviation, np.float32)


def scale(query: Vectors, sample: Sample, background: Background | None, language: str | None) -> Scale:
    """For one query, float32 (native_dim,), L2-normalised."""
    own = mean, deviation = _spread(query, sample, background)
    direction, offset = query / deviation, -mean / deviation
    usual = background.usual(language) if background is not None and language else None
    if usual is not None and language:
        away = _FOREIGN * (1.0 - sample.spoken(language))
        mean, deviation = _spread(usual, sample, background)
        direction, offset = direction - away * usual / deviation, offset + away * mean / deviation
    return Scale(np.asarray(direction, np.float32), float(offset), *own)


def _spread(query: Vectors, sample: Sample, background: Background | None) -> tuple[float, float]:
    """Mean and standard deviation of cosines with the corpus."""
    if sample.vectors is None:
        return 0.0, _usual(background)
    # by one thread: to wake those of BLAS takes 7 ms on a busy machine, the product 0.4
    mean, deviation = spread(np.einsum("ij,j->i", sample.vectors, query), background)
    return float(mean), float(deviation)


def spread(cosines: Vectors, background: Background | None) -> tuple[Vectors, Vectors]:
    """Mean and standard deviation, float32 (...), of cosines with a corpus, float32 (..., passages); of a
    small one, partly those of the model."""
    count, usual = cosines.shape[-1], _usual(background)
    variance = (count * cosines.var(axis=-1) + _FEW * usual * usual) / (count + _FEW)
    return cosines.mean(axis=-1), np.maximum(np.sqrt(variance), 1e-4)


def _usual(background: Background | None) -> float:
    return background.deviation if background is not None else 0.1
