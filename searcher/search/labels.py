"""How well a hit matches, in words: strong is right in nine of ten cases, likely in six.

How probable it is that a hit is right is a logistic function of how far it stands above the library and above
the next document. `searcher.search.calibration` fits it to each index; until then the shipped one holds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from searcher.embedding.base import Vectors
from searcher.files import read_json, write_atomic
from searcher.home import Home
from searcher.search.background import Background
from searcher.search.candidates import Candidate
from searcher.search.documents import RankedDocument

STRONG, LIKELY = 0.9, 0.6  # probability that a hit is right
NOTHING = 0.1  # below which nothing matches well
_NOTHING_FOREIGN = 0.04  # ... of a query in another language, whose right answers stand out less
_ALL, _MOST = 0.95, 0.6  # of the weight of a query's words, where those decide
_RELATED, _STRONGLY, _LIKELY_RELATED = 2.0, 3.6, 2.75  # standard deviations of documents like a document


@dataclass(frozen=True, slots=True)
class Standing:
    """A document among the others, in standard deviations of meaning above the library."""

    score: float
    apart: float  # above the best of the other documents; negative when that is better


@dataclass(frozen=True, slots=True)
class Logistic:
    """Probability that a document is right, from its standing."""

    constant: float
    score: float
    apart: float

    def probability(self, standing: Standing) -> float:
        exponent = self.constant + self.score * standing.score + self.apart * standing.apart
        return 1.0 / (1.0 + math.exp(-max(min(exponent, 50.0), -50.0)))


@dataclass(frozen=True, slots=True)
class Labels:
    """Of one index."""

    together: Logistic  # by meaning and words
    meaning: Logistic
    passages: int = 0  # in the table when it was fitted; 0: shipped

    def is_current(self, passages: int) -> bool:
        """Whether the table is still about the size it was."""
        return self.passages > 0 and abs(passages - self.passages) <= max(self.passages // 5, 20)


# fitted to passages of four collections with two models, and to those of the sample library: among few
# passages nothing stands far above the others
_LARGE = Labels(Logistic(-4.65, 0.53, 0.38), Logistic(-5.42, 0.86, 0.99))
_SMALL = Labels(Logistic(-5.87, 1.81, 0.83), Logistic(-5.98, 2.57, 0.73))
_FEW = 100


def shipped(passages: int) -> Labels:
    """For an index of so many passages before its own are fitted."""
    return _SMALL if passages < _FEW else _LARGE


def load(home: Home, fingerprint: str) -> Labels | None:
    """Those of the index of a model; None before they were fitted."""
    value: Any = read_json(home.labels(fingerprint))
    try:
        return Labels(Logistic(**value["together"]), Logistic(**value["meaning"]), int(value["passages"]))
    except (TypeError, KeyError, ValueError):
        return None


def save(home: Home, fingerprint: str, labels: Labels) -> None:
    write_atomic(home.labels(fingerprint), json.dumps(asdict(labels)).encode())


@dataclass(frozen=True, slots=True)
class Labeller:
    """For one query: the label of a document's best passage, and whether it is worth being called a match."""

    labels: Mapping[str, str] = field(default_factory=dict)  # by id of the passage
    worth: frozenset[str] = frozenset()

    def label(self, candidate: Candidate) -> str:
        return self.labels.get(candidate.row["id"], "weak")

    def is_worth_showing(self, candidate: Candidate) -> bool:
        return candidate.row["id"] in self.worth


def labeller(
    documents: Sequence[RankedDocument],
    labels: Labels,
    *,
    mode: str,
    native: bool,
    nonsense: bool,
) -> Labeller:
    """`native`: the query is in a language of the library, so that its words count as well; `nonsense`: it is
    nearer to random keys than to any language."""
    together = mode == "hybrid" and native
    scores = standings([document.best.score for document in documents])
    meanings = standings([meaning_of(document) for document in documents])
    named: dict[str, str] = {}
    worth = set()
    for document, score, meaning in zip(documents, scores, meanings, strict=True):
        best = document.best
        label = _by_words(best)
        probability = None
        if mode != "words" and not nonsense and meaning is not None:
            probability = labels.meaning.probability(meaning)
            if together and score is not None:
                # either may take what is merely unusual in this library for right, seldom both
                probability = math.sqrt(probability * labels.together.probability(score))
        if probability is not None:
            by_meaning = "strong" if probability >= STRONG else "likely" if probability >= LIKELY else "weak"
            decided = label if best.decided else "weak"
            label = min(by_meaning, decided, key=("strong", "likely", "weak").index)
        named[best.row["id"]] = label
        least = NOTHING if together else _NOTHING_FOREIGN
        if label != "weak" or (probability is None and not nonsense) or (probability or 0.0) >= least:
            worth.add(best.row["id"])
    return Labeller(named, frozenset(worth))


def of_similar(documents: Sequence[RankedDocument]) -> Labeller:
    """For documents like a document: by how far they stand above the library alone, for there may be many."""
    named, worth = {}, set()
    for document in documents:
        meaning = meaning_of(document) or 0.0
        strong, likely = meaning >= _STRONGLY, meaning >= _LIKELY_RELATED
        named[document.best.row["id"]] = "strong" if strong else "likely" if likely else "weak"
        if meaning >= _RELATED:
            worth.add(document.best.row["id"])
    return Labeller(named, frozenset(worth))


def standings(values: Sequence[float | None]) -> list[Standing | None]:
    """Of each value beside the best of the others; None for one that is not known."""
    known = sorted((value for value in values if value is not None), reverse=True)
    if not known:
        return [None] * len(values)
    first, second = known[0], known[1] if len(known) > 1 else 0.0
    return [
        None if value is None else Standing(value, value - (second if value == first else first))
        for value in values
    ]


def meaning_of(document: RankedDocument) -> float | None:
    """Of its passage nearest in meaning."""
    return max((c.meaning for c in document.passages if c.meaning is not None), default=None)


def is_nonsense(background: Background | None, query: Vectors | None) -> bool:
    """`query` is float32 (native_dim,); None for one by words or filters alone."""
    return background is not None and query is not None and background.is_nonsense(query)


def _by_words(candidate: Candidate) -> str:
    """A made-up word that is there is what was meant."""
    return "strong" if candidate.words >= _ALL else "likely" if candidate.words >= _MOST else "weak"
