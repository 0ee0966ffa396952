"""What a query is answered from: one table, the model it was built with, and what is known of both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from searcher.embedding import Embedder
from searcher.embedding.base import ModelInfo, Vectors
from searcher.lending import Shared
from searcher.search.background import Background
from searcher.search.engine import Ranking
from searcher.search.labels import Labels, shipped
from searcher.search.rerank import SecondStage
from searcher.search.sample import Sample
from searcher.search.sentences import SentenceVectors
from searcher.store import Store
from searcher.store.table import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Never changed: when the index, the model or the corpus is another, another takes its place whole.

    What has to be closed, `held`, is borrowed by whoever asks as long as that lasts. The library owns it and
    lets go of what the next generation does not have as well.
    """

    live: Live
    model: ModelInfo  # `dim` is the table's
    store: Store
    embedding: Shared[Embedder]
    second: Shared[SecondStage] | None = None
    background: Background | None = None
    sample: Sample = field(default_factory=Sample)
    labels: Labels = field(default_factory=lambda: shipped(0))
    sentences: SentenceVectors = field(default_factory=SentenceVectors)
    marking_seconds: float = 0.0  # for the sentences of one query
    notes: tuple[str, ...] = ()  # for every answer: another model is set, and why it does not answer

    @property
    def held(self) -> tuple[Shared[Any], ...]:
        return (self.embedding,) if self.second is None else (self.embedding, self.second)

    @property
    def embedder(self) -> Embedder:
        return self.embedding.value

    @property
    def ranking(self) -> Ranking:
        return Ranking(self.sample, self.background)

    @property
    def fits_the_corpus(self) -> bool:
        """Whether what is known of the table is about what it holds now."""
        return self.background is not None and self.sample.is_current(self.store.count())

    def embedded(self, text: str, task: str) -> Vectors:
        """float32 (native_dim,). A query longer than the model reads loses its end."""
        while self.embedder.count_tokens([text], kind="query")[0] > self.model.max_tokens:
            text = text[: len(text) * 3 // 4]
        vector: Vectors = self.embedder.embed_full([text], kind="query", task=task)[0]
        return vector
