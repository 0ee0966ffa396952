"""Labels fitted to one index without anybody's judgement: parts of its own passages are asked for.

Each is asked twice, with its document in the library and left out, so that what a right answer looks like
here and what the nearest wrong one does are both known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from searcher.embedding import Embedder
from searcher.embedding.base import Vectors
from searcher.home import Home
from searcher.query import Query
from searcher.search import background, engine, foreign, labels, pseudo, sample
from searcher.search.alike import cases_of_documents
from searcher.search.documents import RankedDocument, grouped
from searcher.search.labels import FEWEST, OWN, Labels, Logistic, Standing, nearness_of, standings
from searcher.search.pseudo import PseudoQuery
from searcher.store import Store

_BEHIND = 60.0  # seconds: what is written meanwhile does not matter
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
    """Of queries with a known answer: what came first by meaning and words together, and by nearness alone.
    Of sentences, while the answer was there: the best mean of score and nearness, and what was nearest."""

    together: Outcomes = field(default_factory=Outcomes)
    meaning: Outcomes = field(default_factory=Outcomes)
    best: list[float] = field(default_factory=list)
    sentences: list[Vectors] = field(default_factory=list)  # float32 (native_dim,)
    answers: list[Vectors] = field(default_factory=list)  # likewise, a passage for each sentence

    def ask(
        self, store: Store, ranking: engine.Ranking, asked: Sequence[PseudoQuery], vectors: Vectors
    ) -> None:
        """`vectors` are those of the texts, float32 (n, native_dim)."""
        for one, vector in zip(asked, vectors, strict=True):
            query = Query(one.words, one.words)  # words, not syntax
            present = grouped(engine.ranked(store, query, vector, ranking, mode="hybrid"))
            left = [document for document in present if not _is(document, one.owner)]
            for documents in (present, left):
                self.together.add(documents, [document.best.score for document in documents], one.owner)
                self.meaning.add(documents, [nearness_of(document) for document in documents], one.owner)
            if one.is_sentence and len(left) < len(present):
                self.best.append(max((one.best.score + (nearness_of(one) or 0.0)) / 2 for one in present))
                self.sentences.append(vector)
                # its own numbers: a row of what was fetched holds all of that, some 300 kB
                self.answers.append(_answer(present, one.owner, vector).copy())

    def fitting(self, store: Store, ranking: engine.Ranking) -> Iterator[Labels | None]:
        """The labels that fit the cases so far, at last; before them None after each part of the work."""
        passages, taken = ranking.sample.of, ranking.sample
        prior = labels.shipped(passages)
        together, meaning = fit(self.together, prior.together), fit(self.meaning, prior.meaning)
        yield None
        alike = fit(Outcomes(*cases_of_documents(store, taken, ranking.background)), prior.alike)
        known = Labels(together, meaning, alike, prior.least, prior.least_near, passages)
        if self.best and ranking.background is not None and taken.vectors is not None:
            yield None
            own = next(iter(taken.main_languages()), "en")
            asked, answers = np.stack(self.sentences), np.stack(self.answers)
            near: dict[str, float] = {}
            for spoken, least in foreign.least_nearness(ranking.background, taken, asked, answers, own):
                near[spoken] = least
                yield None
            least = float(np.quantile(self.best, foreign.QUANTILE))
            known = replace(known, least=least, least_near={OWN: near.pop(own)} | near)
        yield known


class Calibrating:
    """In small steps, for who has other things to do meanwhile."""

    def __init__(self, home: Home, store: Store, embedder: Embedder) -> None:
        """Looks whether there is anything to do; the first step takes the passages."""
        self._home, self._embedder = home, embedder
        self._live = store
        self._known, self._passages = background.load(home, embedder.model), store.count()
        fitted = labels.load(home, embedder.model.fingerprint)
        is_done = fitted is not None and fitted.is_current(self._passages)
        self.left = self._known is not None and self._passages >= FEWEST and not is_done
        self.begun = False
        self._cases = Cases()
        self._store: Store | None = None
        self._ranking: engine.Ranking | None = None
        self._to_ask: list[PseudoQuery] = []
        self._fitting: Iterator[Labels | None] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether there is something to do that what was written meanwhile does not change."""
        return self.left and labels.is_like(self._live.count(), self._passages)

    def step(self, count: int) -> None:
        """Take the passages, ask so many, or do a part of the fitting; with the last part the labels are
        written."""
        assert self.left, "nothing is left"
        self.begun = True
        if self._store is None or self._ranking is None:
            self._store = self._live.for_reading(_BEHIND)
            self._ranking = engine.Ranking(sample.take(self._store), self._known)
            self._to_ask = pseudo.queries(self._store.read(pseudo.passages))
        elif self._to_ask:
            now, self._to_ask = self._to_ask[:count], self._to_ask[count:]
            vectors = self._embedder.embed_full([one.text for one in now], kind="query")
            self._cases.ask(self._store, self._ranking, now, vectors)
        else:
            self._fitting = self._fitting or self._cases.fitting(self._store, self._ranking)
            if (fitted := next(self._fitting)) is not None:
                labels.save(self._home, self._embedder.model.fingerprint, fitted)
                self.left = False
                # 30 MB, and the rows of a small table
                self._ranking, self._store, self._cases, self._fitting = None, None, Cases(), None


def fitted_to(
    store: Store, ranking: engine.Ranking, embed: Callable[[list[str], Literal["query"]], Vectors]
) -> Labels:
    """At once, for whoever has nothing else to do."""
    asked, cases = pseudo.queries(store.read(pseudo.passages)), Cases()
    cases.ask(store, ranking, asked, embed([one.text for one in asked], "query"))
    *_, fitted = cases.fitting(store, ranking)
    assert fitted is not None
    return fitted


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


def _answer(documents: Sequence[RankedDocument], owner: str, query: Vectors) -> Vectors:
    """The passage of a document that is nearest to a query."""
    own = [one for document in documents if _is(document, owner) for one in document.passages]
    vectors = [candidate.row["full"] for candidate in own if candidate.row["full"] is not None]
    return max(vectors, key=lambda vector: float(vector @ query)) if vectors else query
