"""A sample of the table: how common words are in it, and what its vectors look like."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from searcher.embedding.base import Vectors
from searcher.store import Store
from searcher.store.arms import terms_and_vectors
from searcher.store.lance import LanceTable

SIZE = 2000
_LANGUAGES = 4


@dataclass(frozen=True, slots=True)
class Sample:
    """`of` rows stood in the table when `taken` of them were looked at."""

    of: int = 0
    taken: int = 0
    frequency: Counter[str] = field(default_factory=Counter)  # rows that hold a term
    vectors: Vectors | None = None  # float32 (n, native_dim), L2-normalised
    length: float = 1.0  # terms of a passage on average, stems not counted
    languages: Counter[str] = field(default_factory=Counter)  # rows in an ISO 639-1 language; code is English

    def spoken(self, language: str) -> float:
        """Share of the passages whose language is known that are in `language`."""
        return self.languages[language] / max(self.languages.total(), 1)

    def main_languages(self) -> tuple[str, ...]:
        """Those in which a word of a query may be inflected, the commonest first."""
        return tuple(code for code, _ in self.languages.most_common(_LANGUAGES) if self.spoken(code) > 0.02)

    def is_current(self, rows: int) -> bool:
        """Whether the table is still about the size it was."""
        return self.taken > 0 and abs(rows - self.of) <= max(self.of // 5, 20 if self.of > 200 else 0)


def take(store: Store) -> Sample:
    """Evenly spaced rows of the table. Raises IndexDamaged."""
    return store.read(lambda table: _taken(store, table))


def _taken(store: Store, table: LanceTable) -> Sample:
    rows = table.count_rows()
    if not rows:
        return Sample()
    offsets = [i * rows // min(rows, SIZE) for i in range(min(rows, SIZE))]
    taken = table.take_offsets(offsets).select(["kind", "language", "_rowid"]).to_arrow()
    spoken, vectors = terms_and_vectors(store, table, taken["_rowid"].to_numpy().astype(np.int64))
    frequency: Counter[str] = Counter()
    length = 0
    for terms in spoken:
        words = terms.split(" ")
        frequency.update(set(words))
        length += sum(not word.startswith("~") for word in words)
    kinds, languages = taken["kind"].to_pylist(), taken["language"].to_pylist()
    codes = ["en" if kind == "code" else code for kind, code in zip(kinds, languages, strict=True)]
    return Sample(
        of=rows,
        taken=len(offsets),
        frequency=frequency,
        vectors=vectors if len(vectors) else None,
        length=max(length / len(offsets), 1.0),
        languages=Counter(code for code in codes if code),
    )
