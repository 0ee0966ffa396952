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

    def of(self, passages: Vectors) -> Vectors:
        """float32 (n,) of passages, float32 (n, native_dim)."""
        return np.asarray(passages @ self.direction + self.offset, np.float32)


def scale(query: Vectors, sample: Sample, background: Background | None, language: str | None) -> Scale:
    """For one query, float32 (native_dim,), L2-normalised."""
    mean, deviation = _spread(query, sample, background)
    direction, offset = query / deviation, -mean / deviation
    usual = background.usual(language) if background is not None and language else None
    if usual is not None and language:
        away = _FOREIGN * (1.0 - sample.spoken(language))
        mean, deviation = _spread(usual, sample, background)
        direction, offset = direction - away * usual / deviation, offset + away * mean / deviation
    return Scale(np.asarray(direction, np.float32), float(offset))


def _spread(query: Vectors, sample: Sample, background: Background | None) -> tuple[float, float]:
    """Mean and standard deviation of cosines with the corpus; of a small one, partly those of the model."""
    usual = background.deviation if background is not None else 0.1
    if sample.vectors is None:
        return 0.0, usual
    cosines = sample.vectors @ query
    count = len(cosines)
    variance = (count * float(cosines.var()) + _FEW * usual * usual) / (count + _FEW)
    return float(cosines.mean()), max(variance**0.5, 1e-4)
