"""How well a hit matches, in words: its cosine beside those of unrelated pairs, or the words it holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from searcher.embedding.base import Vectors
from searcher.search.background import Background
from searcher.search.candidates import Candidate

_STRONG, _LIKELY, _WORTH = 3.0, 1.5, 0.5  # standard deviations above unrelated pairs
_LIKELY_WORDS, _STRONG_WORDS = 0.6, 0.95  # coverage that labels a hit found by its words


@dataclass(frozen=True, slots=True)
class Labels:
    """Cosines of unrelated pairs by query language: float32 (languages,) means and standard deviations."""

    means: Vectors
    deviations: Vectors

    def label(self, cosine: float, language: int) -> str:
        """strong | likely | weak, by how far above chance a cosine is."""
        z = self._above_chance(cosine, language)
        return "strong" if z >= _STRONG else "likely" if z >= _LIKELY else "weak"

    def is_worth_showing(self, cosine: float, language: int) -> bool:
        """Whether a cosine says that there is something, be it weak."""
        return self._above_chance(cosine, language) >= _WORTH

    def _above_chance(self, cosine: float, language: int) -> float:
        return float((cosine - self.means[language]) / self.deviations[language])


def calibrate(background: Background, passages: Vectors) -> Labels:
    """Labels for a corpus; `passages` is a sample of its vectors, float32 (n, native_dim), L2-normalised."""
    cosines = (background.queries @ passages.T).reshape(len(background.languages), -1)
    return Labels(cosines.mean(axis=1), np.maximum(cosines.std(axis=1), 1e-3))


@dataclass(frozen=True, slots=True)
class Labeller:
    """For one query: the label of a candidate, and whether it is worth being called a match."""

    labels: Labels | None
    language: int | None  # of the query, in the background; None for a query without a vector
    nonsense: bool

    @classmethod
    def of(cls, labels: Labels | None, background: Background | None, query: Vectors | None) -> Labeller:
        """`query` is float32 (native_dim,); None for one by words or filters alone."""
        if background is None or query is None:
            return cls(labels, None, False)
        return cls(labels, background.language(query), background.is_nonsense(query))

    def label(self, candidate: Candidate) -> str:
        if candidate.words >= _STRONG_WORDS:  # a made-up word that is there is what was meant
            return "strong"
        by_words = "likely" if candidate.words >= _LIKELY_WORDS else "weak"
        if candidate.cosine is None or self.labels is None or self.language is None or self.nonsense:
            return by_words
        by_meaning = self.labels.label(candidate.cosine, self.language)
        return by_meaning if by_meaning != "weak" else by_words

    def is_worth_showing(self, candidate: Candidate) -> bool:
        if self.label(candidate) != "weak":
            return True
        if candidate.cosine is None or self.labels is None or self.language is None or self.nonsense:
            return not self.nonsense
        return self.labels.is_worth_showing(candidate.cosine, self.language)
