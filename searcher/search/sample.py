"""A sample of the table: how common words are in it, and what its vectors look like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from searcher.embedding.base import Vectors
from searcher.store import Store
from searcher.store.reader import full_vectors, kept
from searcher.vectors.layout import Layout

SIZE = 2000


@dataclass(frozen=True, slots=True)
class Sample:
    """`of` rows stood in the table when `taken` of them were looked at."""

    of: int = 0
    taken: int = 0
    frequency: Counter[str] = field(default_factory=Counter)  # rows that hold a term
    vectors: Vectors | None = None  # float32 (n, native_dim), L2-normalised

    def weight(self, term: str) -> float:
        """Inverse document frequency as in BM25 (Robertson and Zaragoza 2009), from the sample."""
        seen = self.frequency[term]
        return math.log(1 + (self.taken - seen + 0.5) / (seen + 0.5))

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        return {term: self.weight(term) for term in terms}

    def is_current(self, rows: int) -> bool:
        """Whether the table is still about the size it was."""
        return self.taken > 0 and abs(rows - self.of) <= max(self.of // 5, 20 if self.of > 200 else 0)


def take(store: Store) -> Sample:
    """Evenly spaced rows of the table. Raises IndexDamaged."""
    return store.read(lambda table: _taken(table, store.layout))


def _taken(table: Any, layout: Layout) -> Sample:
    rows = table.count_rows()
    if not rows:
        return Sample()
    offsets = [i * rows // min(rows, SIZE) for i in range(min(rows, SIZE))]
    taken = table.take_offsets(offsets).select(["terms", *kept(layout)]).to_arrow()
    frequency: Counter[str] = Counter()
    for terms in taken["terms"].to_pylist():
        frequency.update(set((terms or "").split()))
    vectors = full_vectors(taken, layout)
    return Sample(rows, len(offsets), frequency, vectors if len(vectors) else None)
