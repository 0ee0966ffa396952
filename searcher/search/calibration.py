"""Labels fitted to one index without anybody's judgement: parts of its own passages are asked for.

Each is asked twice, with its document in the library and left out, so that what a right answer looks like
here and what the nearest wrong one does are both known.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from searcher.embedding import Embedder
from searcher.embedding.base import Vectors
from searcher.home import Home
from searcher.query import Query
from searcher.search import background, engine, labels, sample
from searcher.search.documents import RankedDocument, grouped
from searcher.search.labels import Labels, Logistic, Standing, meaning_of, standings
from searcher.store import Store
from searcher.store.lance import LanceTable
from searcher.text import stopwords
from searcher.text.terms import is_continuous

FEWEST = 40  # passages; the shipped labels know more than fewer
_PASSAGES = 120  # that are asked for, each by a sentence and by some of its words
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")
_LONGEST = 16  # words of a query; characters, times four, where there are no spaces
_STRETCH = 30  # words of a passage from which some are picked
_PRIOR = 1.0  # weight of the shipped labels beside the cases
_ROUNDS = 50  # of Newton's method, which needs about ten

Matrix = npt.NDArray[np.float64]


@dataclass
class Outcomes:
    """Standings of the documents that came first, and whether they were right."""

    standings: list[Standing] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, documents: Sequence[RankedDocument], values: Sequence[float | None], owner: str) -> None:
        """Of documents and how high each stands, None where that is not known."""
        placed = [place for place, value in enumerate(values) if value is not None]
        if placed:
            first = max(placed, key=lambda place: values[place] or 0.0)
            standing = standings(values)[first]
            assert standing is not None, "its value is known"
            self.standings.append(standing)
            self.right.append(_is(documents[first], owner))


@dataclass
class Cases:
    """Of queries with a known answer: what came first by meaning and words together, and by meaning alone."""

    together: Outcomes = field(default_factory=Outcomes)
    meaning: Outcomes = field(default_factory=Outcomes)

    def ask(
        self, store: Store, ranking: engine.Ranking, asked: Sequence[tuple[str, str]], vectors: Vectors
    ) -> None:
        """`asked` are queries with the doc_id of their answer, `vectors` theirs, float32 (n, native_dim)."""
        for (text, owner), vector in zip(asked, vectors, strict=True):
            query = Query(text, text)  # words, not syntax
            present = grouped(engine.ranked(store, query, vector, ranking, mode="hybrid"))
            for documents in (present, [document for document in present if not _is(document, owner)]):
                self.together.add(documents, [document.best.score for document in documents], owner)
                self.meaning.add(documents, [meaning_of(document) for document in documents], owner)

    def fitted(self, passages: int) -> Labels:
        """From the cases so far, in a table of so many passages."""
        prior = labels.shipped(passages)
        return Labels(fit(self.together, prior.together), fit(self.meaning, prior.meaning), passages)


class Calibrating:
    """Asks in small steps, for who has other things to do meanwhile. `left` are the queries to come, each
    with the document it was taken from."""

    def __init__(self, home: Home, store: Store, embedder: Embedder) -> None:
        self._home, self._embedder = home, embedder
        self._cases = Cases()
        self.left: list[tuple[str, str]] = []
        known, passages = background.load(home, embedder.model), store.count()
        if known is None or passages < FEWEST:
            return
        fitted = labels.load(home, embedder.model.fingerprint)
        if fitted is not None and fitted.is_current(passages):
            return
        self._store, self._ranking = store, engine.Ranking(sample.take(store), known)
        self.left = queries(store.read(_passages))

    def step(self, count: int) -> None:
        """Ask so many; with the last one the labels are written."""
        now, self.left = self.left[:count], self.left[count:]
        vectors = self._embedder.embed_full([query for query, _ in now], kind="query")
        self._cases.ask(self._store, self._ranking, now, vectors)
        if not self.left:
            labels.save(
                self._home, self._embedder.model.fingerprint, self._cases.fitted(self._ranking.sample.of)
            )


def fitted_to(
    store: Store, ranking: engine.Ranking, embed: Callable[[list[str], Literal["query"]], Vectors]
) -> Labels:
    """At once, for whoever has nothing else to do."""
    asked, cases = queries(store.read(_passages)), Cases()
    cases.ask(store, ranking, asked, embed([query for query, _ in asked], "query"))
    return cases.fitted(ranking.sample.of)


def queries(passages: Sequence[dict[str, Any]]) -> list[tuple[str, str]]:
    """Of each passage a sentence, and some of its words in their order; with the id of its document."""
    asked, chance = [], random.Random(len(passages))
    for row in passages:
        for query in (_sentence(row["text"], chance), _words(row["text"], row["language"], chance)):
            if query:
                asked.append((query, row["doc_id"]))
    return asked


def fit(cases: Outcomes, prior: Logistic) -> Logistic:
    """The most probable weights for the cases, those of `prior` being likely from the start (Newton's method,
    its steps halved while they do not help)."""
    if not cases.standings:
        return prior
    rows = np.array([[1.0, one.score, one.apart] for one in cases.standings])
    right = np.array(cases.right, float)
    start = np.array([prior.constant, prior.score, prior.apart])

    def loss(weights: Matrix) -> float:
        exponents = rows @ weights
        far = weights - start
        return float((np.logaddexp(0.0, exponents) - right * exponents).sum() + _PRIOR * far @ far / 2)

    weights, least = start, loss(start)
    for _ in range(_ROUNDS):
        probable = 1.0 / (1.0 + np.exp(-np.clip(rows @ weights, -50.0, 50.0)))
        gradient = rows.T @ (probable - right) + _PRIOR * (weights - start)
        hessian = (rows * (probable * (1.0 - probable))[:, None]).T @ rows + _PRIOR * np.eye(3)
        step = np.linalg.solve(hessian, gradient)
        while np.abs(step).max() > 1e-6 and loss(weights - step) > least:
            step = step / 2
        if np.abs(step).max() <= 1e-6:
            break
        weights = weights - step
        least = loss(weights)
    return Logistic(*weights.tolist())


def _is(document: RankedDocument, owner: str) -> bool:
    return owner == document.doc_id or owner in document.copies


def _passages(table: LanceTable) -> list[dict[str, Any]]:
    """Evenly spaced over the table."""
    rows = table.count_rows()
    count = min(rows, _PASSAGES)
    offsets = [i * rows // count for i in range(count)]
    taken = table.take_offsets(offsets).select(["doc_id", "text", "kind", "language"]).to_arrow()
    return [
        row | {"language": "en" if row["kind"] == "code" else row["language"]} for row in taken.to_pylist()
    ]


def _sentence(text: str, chance: random.Random) -> str:
    sentences = [piece.strip() for piece in _SENTENCE.split(text) if len(piece.strip()) > 8]
    if not sentences:
        return ""
    chosen = chance.choice([one for one in sentences if len(one.split()) >= 4] or sentences)
    if is_continuous(chosen[:1]):
        return chosen[: _LONGEST * 4]
    return " ".join(chosen.split()[:_LONGEST])


def _words(text: str, language: str | None, chance: random.Random) -> str:
    """Three to seven words that say something, from one stretch."""
    words = _WORD.findall(text)
    begin = chance.randrange(max(len(words) - _STRETCH, 1))
    common = stopwords.of(language or "en")
    telling = [
        word
        for word in dict.fromkeys(words[begin : begin + _STRETCH])
        if word.casefold() not in common and len(word) > 2
    ]
    if len(telling) < 2:
        return ""
    places = chance.sample(range(len(telling)), min(chance.randint(3, 7), len(telling)))
    picked = [telling[place] for place in sorted(places)]
    return " ".join(picked)[: _LONGEST * 8]
