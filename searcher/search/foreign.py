"""How near to its answer a question is when it is asked in another language, without such questions.

The background queries say the same in every language (`searcher.search.background`), so how far a model moves
a question from one language to another is known: by the difference of their means, and by the size of what is
left of each line after that. What is left is taken in directions in which the library's passages differ, for
there it does most harm.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from searcher.embedding.base import Vectors
from searcher.search.background import Background
from searcher.search.sample import Sample
from searcher.search.scale import spread

QUANTILE = 0.05  # of the answers may lie lower
_LOWER = (
    0.03  # ... in another language; with 0.04 more than 5 of 100 were in a language the model knows less well
)
_DRAWS = 2  # of each question in each language


def least_nearness(
    background: Background, sample: Sample, asked: Vectors, answers: Vectors, own: str
) -> Iterator[tuple[str, float]]:
    """For each language, what nearly all right answers exceed, in standard deviations above the library.

    `asked` are questions and `answers` the passages they were taken from, float32 (n, native_dim); `own`
    is the language of both and stands for itself in the result."""
    chance = np.random.default_rng(0)
    yield own, _lowest(asked, answers, sample, background, QUANTILE)
    if own not in background.spoken:
        return
    for spoken in background.spoken:
        if spoken != own:
            many = np.repeat(asked, _DRAWS, axis=0)
            moved = many + _difference(background, sample, own, spoken, len(many), chance)
            moved /= np.linalg.norm(moved, axis=1, keepdims=True)
            yield spoken, _lowest(moved, np.repeat(answers, _DRAWS, axis=0), sample, background, _LOWER)


def _difference(
    background: Background, sample: Sample, own: str, spoken: str, count: int, chance: np.random.Generator
) -> Vectors:
    """Of so many questions in `spoken` from the same in `own`, float32 (count, native_dim)."""
    here, there = background.of(own), background.of(spoken)
    mean = there.mean(axis=0) - here.mean(axis=0)
    left = there - here - mean
    size = float((left**2).sum() / (len(left) - 1)) ** 0.5
    assert sample.vectors is not None, "the answers are in the table"
    passages = sample.vectors - sample.vectors.mean(axis=0)
    rest = chance.standard_normal((count, len(passages)), np.float32) @ passages
    rest *= size / max(float((rest**2).sum(axis=1).mean()) ** 0.5, 1e-9)
    return np.asarray(mean + rest, np.float32)


def _lowest(
    asked: Vectors, answers: Vectors, sample: Sample, background: Background, quantile: float
) -> float:
    """Of the nearest passages, the answers among them."""
    assert sample.vectors is not None, "the answers are in the table"
    cosines = asked @ sample.vectors.T
    mean, deviation = spread(cosines, background)
    nearest = np.maximum(cosines.max(axis=1), (asked * answers).sum(axis=1))
    return float(np.quantile((nearest - mean) / deviation, quantile))
