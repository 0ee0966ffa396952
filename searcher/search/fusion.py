"""One score from meaning and words, decided per query by how rare and how complete the matches are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from searcher.query import Query
from searcher.text.terms import fold, terms

# cosines of a corpus span about as much, so complete matches overtake near meanings; in code words say more
_COVERAGE_TEXT, _COVERAGE_CODE = 0.1, 0.2
_SPECIFIC = 0.3  # an identifier, a number or a quoted word that is there decides
_NAME = 0.15  # ... and more so when it is the file's own name
_RARE = 0.02  # share of passages below which a plain word of a short query counts as specific
_SHORT = 3  # words up to which a query may be a name rather than a question

_IDENTIFIER = re.compile(r"\w*\d\w*|\w+[._@/:+#-]+\w[\w._@/:+#-]*|\w*[a-z][A-Z]\w*|_+\w+|\w+_+|[A-Z]{2,}\w*")


@dataclass(slots=True)
class Candidate:
    """A passage on its way to being a hit."""

    row: dict[str, Any]
    cosine: float | None = None  # plain, in [-1, 1]
    meaning: float = 0.0  # cosine with the shifted query
    words: float = 0.0  # share of the query's weight of words that it holds
    score: float = 0.0
    spoken: str = ""  # its terms between spaces, where one is found quicker than a set is made

    def __post_init__(self) -> None:
        self.spoken = f" {self.row['terms'] or ''} "

    def holds(self, term: str) -> bool:
        return f" {term} " in self.spoken

    @property
    def held(self) -> frozenset[str]:
        """The passage's terms."""
        return frozenset(self.spoken.split())


@dataclass(frozen=True, slots=True)
class Wanted:
    """The query's words: their weights, and which of them are specific enough to decide."""

    weights: Mapping[str, float] = field(default_factory=dict)
    specific: frozenset[str] = frozenset()
    about_code: bool = False

    def held(self, candidate: Candidate) -> tuple[float, float]:
        """Share of the query's weight that a passage holds, and the share it holds in specific terms."""
        total = sum(self.weights.values())
        if not total:
            return 0.0, 0.0
        held = [term for term in self.weights if candidate.holds(term)]
        exact = sum(self.weights[term] for term in held if term in self.specific)
        return sum(self.weights[term] for term in held) / total, exact / total


def wanted(
    query: Query, weights: Mapping[str, float], rare: Mapping[str, float], *, about_code: bool = False
) -> Wanted:
    """`rare` is the share of passages that hold a term."""
    named = {fold(word.strip(".,;:!?()")) for word in _IDENTIFIER.findall(query.text) if len(word) > 1}
    quoted = {term for phrase in query.required for term in terms(phrase)}
    specific = {term for term in weights if term in named or term in quoted}
    if len(query.text.split()) <= _SHORT:
        specific |= {term for term in weights if 0 < rare.get(term, 0.0) <= _RARE and len(term) > 2}
    # an identifier nobody wrote decides nothing
    decisive = frozenset(term for term in specific if rare.get(term, 0.0) > 0 or term in quoted)
    return Wanted(weights, decisive, about_code)


def fuse(candidates: Sequence[Candidate], query_words: Wanted, *, mode: str) -> list[Candidate]:
    """Sets words and score of each, and orders them."""
    coverage = _COVERAGE_CODE if query_words.about_code else _COVERAGE_TEXT
    for candidate in candidates:
        candidate.words, exact = query_words.held(candidate)
        own_name = candidate.row["name"] or ""
        stem = own_name.rpartition(".")[0]
        is_name = bool(query_words.specific & {fold(own_name), fold(stem)})
        lexical = coverage * candidate.words + _SPECIFIC * exact + _NAME * is_name
        match mode:
            case "meaning":
                candidate.score = candidate.cosine if candidate.cosine is not None else -1.0
            case "words":
                candidate.score = candidate.words + exact + is_name
            case _:
                candidate.score = candidate.meaning + lexical
    # of two that say the same to the third decimal, the newer
    return sorted(
        candidates, key=lambda c: (-round(c.score, 3), -(c.row["date"] or 0), -c.score, c.row["id"])
    )
