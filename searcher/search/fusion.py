"""One score from meaning and words, in standard deviations of meaning.

Chosen by leaving each collection out once, with two models of different cosines: docs/ranking.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from searcher.query import Query
from searcher.records import MASS_KINDS
from searcher.search.candidates import Candidate
from searcher.search.lexical import Doubles, Held, QueryWords
from searcher.text.terms import clean, fold, terms

_SPECIFIC = 8.0  # an identifier, a number or a quoted word that is there decides
_NAME = 4.0  # ... and more so when it is the file's own name
_RARE = 0.02  # share of passages below which a plain word of a short query counts as specific
_SHORT = 3  # words up to which a query may be a name rather than a question
_WAITING = 5  # as good in meaning as this passage of the list: one of mass data that holds every word
_ALL = 0.999  # of the weight of a query's words
_PAGE, _KEPT = 10, 3  # documents of a first page, and how many of them may be there for their words alone
_CODE_ALONE = 0.4  # weight of the evidence of words in code, where no passage has a vector
_USUAL = 0.5  # quantile of the candidates' meaning: one without vector that holds none

_IDENTIFIER = re.compile(r"\w*\d\w*|\w+[._@/:+#-]+\w[\w._@/:+#-]*|\w*[a-z][A-Z]\w*|_+\w+|\w+_+|[A-Z]{2,}\w*")


@dataclass(frozen=True, slots=True)
class WordWeights:
    """Of words beside meaning."""

    prose: float  # of the evidence of words in prose
    code: float  # ... in code of another language
    whole: float  # of prose that holds every word of a query in its own language
    foreign: float = 0.77  # part of `prose` in another language, where a word may mean something else
    native: float = 1 / 3  # part of `code` in the query's own language, whose words are in many functions

    def scores(self, parts: Doubles) -> Doubles:
        """float (n,) of `features`, float (n, 7)."""
        weights = [1.0, self.prose, self.foreign * self.prose]
        weights += [self.native * self.code, self.code, self.whole, 1.0]
        return np.asarray(parts @ np.array(weights))


SHIPPED = WordWeights(prose=0.65, code=0.3, whole=1.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a query asks of its candidates beside their meaning."""

    words: QueryWords
    specific: frozenset[str] = frozenset()  # names of the words that decide
    native: bool = True  # the query is in a language of the library

    def decided(self, held: Held) -> Doubles:
        """Of each passage the share of the query's weight that it holds in words that decide, (n,)."""
        total = sum(word.weight for word in self.words.words)
        share = np.zeros(len(held.bm25))
        for word in self.words.words:
            if word.name in self.specific:
                share += word.weight * held.has[word.name]
        return share / total if total else share


def recipe_of(query: Query, words: QueryWords, *, native: bool = True) -> Recipe:
    """Which words are specific enough to decide. An identifier that nobody wrote decides nothing."""
    named = {fold(word.strip(".,;:!?()")) for word in _IDENTIFIER.findall(clean(query.text)) if len(word) > 1}
    quoted = {term for phrase in query.required for term in terms(phrase)}
    specific = {word.name for word in words.words if word.name in named or word.name in quoted}
    if len(query.text.split()) <= _SHORT:
        specific |= {
            word.name
            for word in words.words
            if 0 < word.share <= _RARE and len(word.name) > 2 and not word.common
        }
    present = {word.name for word in words.words if word.share > 0 or word.name in quoted}
    return Recipe(words, frozenset(specific & present), native)


def fuse(candidates: Sequence[Candidate], recipe: Recipe, *, mode: str) -> list[Candidate]:
    """Sets words and score of each, and orders them."""
    held = recipe.words.held(candidates)
    if mode == "hybrid" and all(candidate.meaning is None for candidate in candidates):
        mode = "words"  # nothing else is known yet
    decided = recipe.decided(held)
    if mode == "words":
        scores = held.bm25 * (1.0 + decided + _named(recipe, candidates))
    elif mode == "meaning" or not candidates:
        scores = np.array([-1.0 if one.cosine is None else one.cosine for one in candidates])
    else:
        scores = SHIPPED.scores(features(candidates, recipe, held)) + _words_alone(candidates, held, recipe)
    values = zip(candidates, scores.tolist(), held.words.tolist(), (decided > 0).tolist(), strict=True)
    for candidate, score, words, is_decided in values:
        candidate.score, candidate.words, candidate.decided = score, words, is_decided
    if mode == "hybrid":
        _keep_on_first_page(candidates)
    # of two that are as good, the newer
    return sorted(
        candidates, key=lambda c: (-round(c.score, 2), -(c.row["date"] or 0), -c.score, c.row["id"])
    )


def features(candidates: Sequence[Candidate], recipe: Recipe, held: Held | None = None) -> Doubles:
    """Of each, (n, 7): meaning, evidence of words in prose of the query's language and of another, the same
    in code, wholeness in prose, what decides."""
    held = held or recipe.words.held(candidates)
    code = held.code
    columns = np.zeros((7, len(candidates)))
    columns[0] = _meanings(candidates, held)
    own = 0 if recipe.native else 1  # of the query's language, and of another
    columns[1 + own], columns[3 + own] = held.evidence * ~code, held.evidence * code
    columns[5] = held.words**2 * ~code * recipe.native
    columns[6] = _SPECIFIC * recipe.decided(held) + _NAME * _named(recipe, candidates)
    return np.ascontiguousarray(columns.T)


def _words_alone(candidates: Sequence[Candidate], held: Held, recipe: Recipe) -> Doubles:
    """What words say more of passages that wait for their vectors, (n,). Words mean little in code beside
    meaning, but are all there is while that is not known: the fewer passages have a vector, the more they
    weigh. Before the first one the order is that of words alone."""
    waiting = [at for at, one in enumerate(candidates) if one.meaning is None]
    if not waiting:
        return np.zeros(len(candidates))
    waits = np.zeros(len(candidates), bool)
    waits[waiting] = [candidates[at].row["kind"] not in MASS_KINDS for at in waiting]
    share = np.count_nonzero(waits) / len(candidates)
    own = SHIPPED.code * (SHIPPED.native if recipe.native else 1.0)
    more = max(share * _CODE_ALONE - own, 0.0)
    return np.asarray(more * held.evidence * (waits & held.code), np.float64)


def _named(recipe: Recipe, candidates: Sequence[Candidate]) -> Doubles:
    """1 where a word that decides is the own name of the candidate's file, (n,)."""
    if not recipe.specific:
        return np.zeros(len(candidates))

    @cache
    def is_named(path: str | None) -> bool:
        own = (path or "").rpartition("/")[2]
        return bool(recipe.specific & {fold(own), fold(own.rpartition(".")[0])})

    return np.array([is_named(candidate.row["path"]) for candidate in candidates], np.float64)


def _keep_on_first_page(candidates: Sequence[Candidate]) -> None:
    """A document that holds all words of a query stays among the first, however many are nearer in meaning:
    the best few of them are lifted to the end of the first page."""
    whole: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.words > _ALL:
            owner = candidate.row["doc_id"]
            if owner not in whole or candidate.score > whole[owner].score:
                whole[owner] = candidate
    if not whole:
        return
    best: dict[str, float] = {}
    for candidate in candidates:
        owner = candidate.row["doc_id"]
        best[owner] = max(best.get(owner, candidate.score), candidate.score)
    if len(best) <= _PAGE:
        return
    last = sorted(best.values(), reverse=True)[_PAGE - _KEPT - 1]
    for candidate in sorted(whole.values(), key=lambda c: -c.score)[:_KEPT]:
        candidate.score = max(candidate.score, last + 0.01)  # above those that tie with it


def _meanings(candidates: Sequence[Candidate], held: Held) -> Doubles:
    """Each candidate's meaning, (n,). One that waits for its vector is taken to mean what is usual among the
    candidates, the nearer to the best of them the more of the words it holds beside the others: what holds
    most is often what is looked for. Where it counted less, the first vectors, those of other documents,
    pushed down what words had found: with a fifth of them there nDCG@10 fell from 0.50 to 0.40, now it rises
    to 0.57. Of mass data most passages never get a vector, so they are trusted less."""
    own = np.array([np.nan if one.meaning is None else one.meaning for one in candidates], np.float64)
    waits = np.isnan(own)
    if waits.all():
        return np.zeros(len(own))
    if not waits.any():
        return own
    meanings = np.sort(own[~waits])[::-1].tolist()
    best, good = meanings[0], meanings[min(_WAITING, len(meanings)) - 1]
    usual = meanings[int(len(meanings) * _USUAL)]
    is_mass = np.array([one.row["kind"] in MASS_KINDS for one in candidates], bool)
    whole = usual + (best - usual) * np.maximum(held.coverage**2, held.bm25 / (held.bm25.max() or 1.0))
    of_mass = usual + (good - usual) * held.coverage**2
    return np.where(waits, np.where(is_mass, of_mass, whole), own)
