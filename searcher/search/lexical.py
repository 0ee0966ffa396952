"""BM25 of a query's words (Robertson and Zaragoza 2009), each by its spelling and its stem."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from searcher.search.candidates import Candidate
from searcher.search.sample import Sample
from searcher.text.terms import Asked, is_continuous

_K1, _B = 1.2, 0.75
_STEM = 0.5  # of an occurrence that only shares the stem
_COMMON = 0.2  # weight left to a stop word in prose, which a small library would take for a rare one
_LONGER = 50  # words that one letter of a script without spaces may begin or end


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the query and what it weighs."""

    name: str
    exact: tuple[str, ...]  # its terms, each between spaces
    stems: tuple[str, ...]  # likewise
    weight: float  # inverse document frequency
    share: float  # of the passages hold it; 0: it is nowhere
    common: bool  # a stop word of the query's language

    def is_in(self, spoken: str) -> bool:
        """Whether it is among a passage's terms."""
        return any(term in spoken for term in (*self.exact, *self.stems))

    def weighs(self, *, code: bool) -> float:
        """In code a stop word may be a keyword."""
        return self.weight * (_COMMON if self.common and not code else 1.0)


@dataclass(frozen=True, slots=True)
class Held:
    """What a passage holds of a query."""

    bm25: float = 0.0
    evidence: float = 0.0  # BM25 in units that hardly depend on the length of the query
    coverage: float = 0.0  # share of the weight of those words that are anywhere
    words: float = 0.0  # share of the weight of all words
    names: frozenset[str] = frozenset()  # of the words that are written there


_NOTHING = Held()


@dataclass(frozen=True, slots=True)
class QueryWords:
    """The words of a query beside a corpus whose passages are `average` terms long."""

    words: tuple[Word, ...] = ()
    average: float = 1.0
    native: bool = True  # in a language of the library

    def held(self, candidates: Iterable[Candidate]) -> list[Held]:
        """Of each."""
        of_kinds = {
            code: [(w.name, w.weighs(code=code), w.exact, w.stems, w.share) for w in self.words]
            for code in (False, True)
        }
        total = {code: sum(weight for _, weight, *_ in each) for code, each in of_kinds.items()}
        there = {
            code: sum(weight for _, weight, _, _, share in each if share) for code, each in of_kinds.items()
        }
        every = []
        for candidate in candidates:
            code = candidate.row["kind"] == "code"
            norm = _K1 * (1 - _B + _B * candidate.length / self.average)
            bm25 = held = 0.0
            names = []
            occurrences = candidate.spoken.count
            for name, weight, exact, stems, _ in of_kinds[code]:
                count = 0.0
                for term in exact:
                    count += occurrences(term)
                for term in stems:
                    count += _STEM * occurrences(term)
                if count:
                    bm25 += weight * count * (_K1 + 1) / (count + norm)
                    held += weight
                    names.append(name)
            if not held:
                every.append(_NOTHING)
                continue
            # what is nowhere was looked for, too; a word of another language may be there in this one
            part = there[code] / total[code] if self.native else 1.0
            evidence = part * bm25 / math.sqrt(there[code] * (_K1 + 1))
            every.append(Held(bm25, evidence, held / there[code], held / total[code], frozenset(names)))
        return every


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
    seen = list(candidates)
    for one in asked:
        exact = one.exact
        if len(one.name) == 1 and is_continuous(one.name):
            exact += _longer(one.name, sample)
        often = max((sample.frequency[term] for term in (*exact, *one.stems)), default=0)
        share = often / max(sample.taken, 1)
        between = tuple(f" {term} " for term in exact), tuple(f" {term} " for term in one.stems)
        if not often:
            word = Word(one.name, *between, 0.0, 0.0, False)
            share = 1 / max(sample.of, 1) if any(word.is_in(c.spoken) for c in seen) else 0.0
        weight = math.log(1 + (sample.taken - often + 0.5) / (often + 0.5))
        words.append(Word(one.name, *between, weight, share, one.name in common))
    return QueryWords(tuple(words), sample.length, native)


def _longer(letter: str, sample: Sample) -> tuple[str, ...]:
    """The commonest pairs with a letter that stands alone in the query."""
    pairs = [(often, term) for term, often in sample.frequency.items() if len(term) == 2 and letter in term]
    return tuple(term for _, term in sorted(pairs, reverse=True)[:_LONGER])
