"""A passage on its way to being a hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Candidate:
    row: dict[str, Any]
    cosine: float | None = None  # plain, in [-1, 1]; None while the passage waits for its vector
    meaning: float | None = None  # standard deviations above the corpus, see `searcher.search.scale`
    nearness: float | None = None  # ... of the cosine alone
    words: float = 0.0  # share of the query's weight of words that it holds
    decided: bool = False  # holds an identifier, a number or a quoted word of the query
    score: float = 0.0

    @property
    def terms(self) -> bytes:
        """In UTF-8, as they come where the table's files are read here."""
        terms = self.row["terms"]
        return terms if isinstance(terms, bytes) else (terms or "").encode()

    @property
    def spoken(self) -> str:
        """Its terms between spaces, where one is found quicker than a set is made."""
        return f" {self.terms.decode(errors='replace')} "

    @property
    def held(self) -> frozenset[str]:
        """The passage's terms."""
        return frozenset(self.spoken.split())
