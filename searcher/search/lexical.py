"""BM25 of a query's words (Robertson and Zaragoza 2009), each by its spelling and its stem."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from searcher.search.candidates import Candidate
from searcher.search.sample import Sample
from searcher.text.terms import Asked, is_continuous

Doubles = npt.NDArray[np.float64]

_K1, _B = 1.2, 0.75
_STEM = 0.5  # of an occurrence that only shares the stem
_COMMON = 0.2  # weight left to a stop word in prose, which a small library would take for a rare one
_HEAD = 8  # bytes of a term that are compared at once
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_HEAD + 1)], "<u8")
_LEAST = 1e-300  # of a weight that is divided by
_LONGER = 50  # words that one letter of a script without spaces may begin or end


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query and what it weighs."""

    name: str
    exact: tuple[str, ...]  # its terms
    stems: tuple[str, ...]
    weight: float  # inverse document frequency
    share: float  # of the passages hold it; 0: it is nowhere
    common: bool  # a stop word of the query's language

    def weighs(self, *, code: bool) -> float:
        """In code a stop word may be a keyword."""
        return self.weight * (_COMMON if self.common and not code else 1.0)


class Spoken:
    """The terms of some passages side by side, so that one is looked for in all of them at once: passage by
    passage that took a quarter of the time of Python's part of a query."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        texts = [candidate.terms for candidate in candidates]
        self._text = b" ".join([b"", *texts, bytes(_HEAD)])
        spaces = np.flatnonzero(np.frombuffer(self._text, np.uint8) == ord(" "))
        self._begins = spaces[:-1] + 1
        # the first bytes of each term, and what comes after it, as a number: a term may begin anywhere
        heads = np.ndarray(len(self._text) - _HEAD + 1, "<u8", self._text, strides=(1,))
        self._heads = heads.take(self._begins)
        sizes = np.array([len(text) + 1 for text in texts], np.int64)
        self._first = np.searchsorted(self._begins, np.cumsum(sizes) - sizes + 1)
        words = self._heads & _MASKS[1] != ord("~")
        self.lengths = np.add.reduceat(words, self._first, dtype=np.int64) if texts else np.zeros(0, np.int64)

    def count(self, term: str) -> Doubles:
        """How often each passage has it, (n,)."""
        octets = f"{term} ".encode()
        head = np.uint64(int.from_bytes(octets[:_HEAD], "little"))
        places = np.flatnonzero(self._heads & _MASKS[min(len(octets), _HEAD)] == head)
        if len(octets) > _HEAD:
            begins = self._begins[places].tolist()
            places = places[[self._text.startswith(octets, begin) for begin in begins]]
        passages = np.searchsorted(self._first, places, side="right") - 1
        return np.bincount(passages, minlength=len(self._first)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Held:
    """What passages hold of a query, (n,) of each."""

    code: npt.NDArray[np.bool_]  # which are of source code
    bm25: Doubles
    evidence: Doubles  # BM25 in units that hardly depend on the length of the query
    coverage: Doubles  # share of the weight of those words that are anywhere
    words: Doubles  # share of the weight of all words
    has: dict[str, npt.NDArray[np.bool_]]  # by the name of a word whether it is written there


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query beside a corpus whose passages are `average` terms long."""

    words: tuple[Word, ...] = ()
    average: float = 1.0
    native: bool = True  # in a language of the library

    def held(self, candidates: Sequence[Candidate]) -> Held:
        spoken = Spoken(candidates)
        code = np.array([candidate.row["kind"] == "code" for candidate in candidates], bool)
        norm = _K1 * (1 - _B + _B * spoken.lengths / self.average)
        bm25, held, has = np.zeros(len(code)), np.zeros(len(code)), {}
        for word in self.words:
            count = np.zeros(len(code))
            for term in word.exact:
                count += spoken.count(term)
            for term in word.stems:
                count += _STEM * spoken.count(term)
            weight = np.where(code, word.weighs(code=True), word.weighs(code=False))
            bm25 += weight * count * (_K1 + 1) / (count + norm)
            held += weight * (count > 0)
            has[word.name] = count > 0
        total, there = self._weights(code), self._weights(code, are_there=True)
        # what is nowhere was looked for, too; a word of another language may be there in this one
        part = there / np.maximum(total, _LEAST) if self.native else 1.0
        there = np.maximum(there, _LEAST)
        evidence = part * bm25 / np.sqrt(there * (_K1 + 1))
        return Held(code, bm25, evidence, held / there, held / np.maximum(total, _LEAST), has)

    def _weights(self, code: npt.NDArray[np.bool_], *, are_there: bool = False) -> Doubles:
        """Of all words together, or of those that are anywhere, for each passage."""
        words = [word for word in self.words if word.share or not are_there]
        return np.where(code, *(sum(w.weighs(code=kind) for w in words) for kind in (True, False)))


def words_of(
    asked: Sequence[Asked],
    sample: Sample,
    candidates: Iterable[Candidate],
    common: frozenset[str],
    *,
    native: bool = True,
) -> QueryWords:
    """Weighs a query's words; one that the sample missed but a candidate holds is rare, not absent."""
    words = []
    spoken: Spoken | None = None
    for one in asked:
        exact = one.exact
        if len(one.name) == 1 and is_continuous(one.name):
            exact += _longer(one.name, sample)
        often = max((sample.frequency[term] for term in (*exact, *one.stems)), default=0)
        share = often / max(sample.taken, 1)
        if not often:
            spoken = spoken or Spoken(candidates)
            is_there = any(spoken.count(term).any() for term in (*exact, *one.stems))
            share = 1 / max(sample.of, 1) if is_there else 0.0
        weight = math.log(1 + (sample.taken - often + 0.5) / (often + 0.5))
        words.append(Word(one.name, exact, one.stems, weight, share, one.name in common))
    return QueryWords(tuple(words), sample.length, native)


def _longer(letter: str, sample: Sample) -> tuple[str, ...]:
    """The commonest pairs with a letter that stands alone in the query."""
    pairs = [(often, term) for term, often in sample.frequency.items() if len(term) == 2 and letter in term]
    return tuple(term for _, term in sorted(pairs, reverse=True)[:_LONGER])
