"""How well a hit matches, in words: strong is right in nine of ten cases, likely in six.

How probable it is that a hit is right is a logistic function of how far it stands above the library and above
the next document. Nothing matches well when all stand lower than nineteen of twenty right answers would.
`searcher.search.calibration` fits both to each index; until then the shipped ones hold.
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
RELATED = 0.25  # below which a document is not like another
_ALL, _MOST = 0.95, 0.6  # of the weight of a query's words, where those decide


@dataclass(frozen=True, slots=True)
class Standing:
    """A document among the others, in standard deviations above the library."""

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
    """Of one index. The least is what 95 of 100 right answers exceed."""

    together: Logistic  # by the score, of meaning and words
    meaning: Logistic  # by nearness
    alike: Logistic  # of documents like a document, by nearness
    least: float  # mean of score and nearness
    least_near: Mapping[str, float]  # nearness, by the language of the query; OWN is the library's
    passages: int = 0  # in the table when it was fitted; 0: shipped

    def is_current(self, passages: int) -> bool:
        """Whether the table is still about the size it was."""
        return self.passages > 0 and is_like(passages, self.passages)

    def least_nearness(self, spoken: str | None, *, native: bool) -> float:
        """For a query in a language. Of one that is not known, as far as any."""
        if native or spoken is None:
            return self.least_near[OWN]
        return self.least_near.get(spoken, min(self.least_near.values()))


OWN = ""
ANY = "zxx"
# fitted to passages of four collections with two models, and to those of the sample library: among few
# passages nothing stands far above the others
_ALIKE = Logistic(-5.39, 2.11, 0.0)
_LARGE = Labels(Logistic(-4.65, 0.53, 0.38), Logistic(-5.42, 0.86, 0.99), _ALIKE, 3.3, {OWN: 3.0, ANY: 2.4})
_SMALL = Labels(Logistic(-5.87, 1.81, 0.83), Logistic(-5.98, 2.57, 0.73), _ALIKE, 1.6, {OWN: 1.3, ANY: 1.0})
_FEW = 100
FEWEST = 40  # passages that labels are fitted to; the shipped ones know more than fewer


def is_like(passages: int, before: int) -> bool:
    """Whether a table of so many is one that labels fitted to so many `before` are good for."""
    return abs(passages - before) <= max(before // 5, 20)


def of_index(home: Home, fingerprint: str, passages: int) -> Labels:
    """Those that the indexer last fitted. What it fitted before most of the passages went is not theirs."""
    fitted = load(home, fingerprint) if passages >= FEWEST else None
    return fitted or shipped(passages)


def shipped(passages: int) -> Labels:
    """For an index of so many passages before its own are fitted."""
    return _SMALL if passages < _FEW else _LARGE


def load(home: Home, fingerprint: str) -> Labels | None:
    """Those of the index of a model; None before they were fitted."""
    value: Any = read_json(home.labels(fingerprint))
    try:
        near = {str(spoken): float(least) for spoken, least in value["least_near"].items()}
        return Labels(
            together=Logistic(**value["together"]),
            meaning=Logistic(**value["meaning"]),
            alike=Logistic(**value["alike"]),
            least=float(value["least"]),
            least_near={OWN: near.pop(OWN)} | near,
            passages=int(value["passages"]),
        )
    except (TypeError, KeyError, ValueError, AttributeError):
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
    spoken: str | None,
    native: bool,
    nonsense: bool,
) -> Labeller:
    """`spoken` is the language of the query, `native` whether it is one of the library's, so that its words
    count as well; `nonsense`: the query is nearer to random keys than to any language."""
    together = mode == "hybrid" and native
    scores = standings([document.best.score for document in documents])
    nearnesses = standings([nearness_of(document) for document in documents])
    least = labels.least_nearness(spoken, native=native)
    named: dict[str, str] = {}
    worth = set()
    for document, score, near in zip(documents, scores, nearnesses, strict=True):
        best = document.best
        by_words = label = _by_words(best)
        stands_out = not nonsense
        if mode != "words" and not nonsense and near is not None:
            probability, stands_out = labels.meaning.probability(near), near.score >= least
            if together and score is not None:
                # either may take what is merely unusual in this library for right, seldom both
                probability = math.sqrt(probability * labels.together.probability(score))
                stands_out = (score.score + near.score) / 2 >= labels.least or by_words != "weak"
            by_meaning = "strong" if probability >= STRONG else "likely" if probability >= LIKELY else "weak"
            decided = by_words if best.decided else "weak"
            label = min(by_meaning, decided, key=("strong", "likely", "weak").index)
        named[best.row["id"]] = label
        if stands_out or label != "weak":
            worth.add(best.row["id"])
    return Labeller(named, frozenset(worth))


def of_similar(documents: Sequence[RankedDocument], labels: Labels) -> Labeller:
    """For documents like a document: by how far they stand above the library alone, for there may be many."""
    named, worth = {}, set()
    for document in documents:
        near = nearness_of(document)
        probability = labels.alike.probability(Standing(near, 0.0)) if near is not None else 0.0
        strong, likely = probability >= STRONG, probability >= LIKELY
        named[document.best.row["id"]] = "strong" if strong else "likely" if likely else "weak"
        if probability >= RELATED:
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


def nearness_of(document: RankedDocument) -> float | None:
    """Of its nearest passage."""
    return max((c.nearness for c in document.passages if c.nearness is not None), default=None)


def is_nonsense(background: Background | None, query: Vectors | None) -> bool:
    """`query` is float32 (native_dim,); None for one by words or filters alone."""
    return background is not None and query is not None and background.is_nonsense(query)


def _by_words(candidate: Candidate) -> str:
    """A made-up word that is there is what was meant."""
    return "strong" if candidate.words >= _ALL else "likely" if candidate.words >= _MOST else "weak"
