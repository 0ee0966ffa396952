"""What cosines look like between queries and passages that have nothing to do with each other.

Two things follow. What is usual: passages near to a language's mean query are near to every query in it,
see `searcher.search.scale`. And nonsense: a query nearer to random keys than to any language.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from searcher.embedding import Embedder
from searcher.embedding.base import ModelInfo, Vectors
from searcher.files import write_atomic
from searcher.home import Home

_LINES = 8  # of each language, half of them about code
_NONSENSE = 0.02  # how much nearer to random keys than to any language
_NO_LANGUAGE = "zxx"


@dataclass(frozen=True)
class Background:
    """Vectors of the background queries: float32 (languages, lines, native_dim), L2-normalised."""

    languages: tuple[str, ...]
    queries: Vectors

    @cached_property
    def _means(self) -> Vectors:
        means = self.queries.mean(axis=1)
        return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)

    def language(self, query: Vectors) -> int:
        """Index of the language whose mean query is nearest; `query` is float32 (native_dim,)."""
        nearness = self._means @ query
        nearness[self.languages.index(_NO_LANGUAGE)] = -1.0
        return int(np.argmax(nearness))

    def of(self, language: str) -> Vectors:
        """A language's lines, float32 (lines, native_dim); the same in every language."""
        return np.asarray(self.queries[self.languages.index(language)], np.float32)

    @property
    def spoken(self) -> tuple[str, ...]:
        return tuple(language for language in self.languages if language != _NO_LANGUAGE)

    def is_nonsense(self, query: Vectors) -> bool:
        nearness = self._means @ query
        random_keys = nearness[self.languages.index(_NO_LANGUAGE)]
        return bool(random_keys - nearness[self.language(query)] > _NONSENSE)

    def usual(self, language: str) -> Vectors | None:
        """A language's mean query, float32 (native_dim,); None for one that has no lines here."""
        if language not in self.languages:
            return None
        return np.asarray(self.queries[self.languages.index(language)].mean(axis=0), np.float32)

    @cached_property
    def deviation(self) -> float:
        """About the standard deviation of a query's cosines with a corpus, from the model alone: questions
        about different things differ twice as much from each other (measured with two models)."""
        lines = self.queries[self.languages.index("en")]
        return float((lines @ lines.T)[np.triu_indices(_LINES, 1)].std()) / 2


def load(home: Home, model: ModelInfo) -> Background | None:
    """The background of a model, or None before `build` has run for it."""
    try:
        with np.load(io.BytesIO(home.background(model.fingerprint).read_bytes())) as saved:
            return Background(tuple(saved["languages"].tolist()), saved["queries"])
    except (OSError, ValueError, KeyError):
        return None


def build(home: Home, embedder: Embedder) -> Background:
    """Embed the background queries, once a model: about two seconds with the starter."""
    making = Making(home, embedder)
    while making.left:
        making.step(64)
    background = load(home, embedder.model)
    assert background is not None, "it was just written"
    return background


class Making:
    """`build` in small steps, for who has other things to do meanwhile. `left` are the queries to come."""

    def __init__(self, home: Home, embedder: Embedder) -> None:
        self._home, self._embedder = home, embedder
        self._by_language = lines()
        self._vectors: list[Vectors] = []
        texts = [query for queries in self._by_language.values() for query in queries]
        self.left = [] if load(home, embedder.model) else texts

    def step(self, count: int) -> None:
        """Embed so many; with the last one the background is written."""
        now, self.left = self.left[:count], self.left[count:]
        self._vectors.append(self._embedder.embed_full(now, kind="query"))
        if not self.left:
            vectors = np.concatenate(self._vectors).reshape(len(self._by_language), _LINES, -1)
            out = io.BytesIO()
            np.savez(out, languages=np.array(list(self._by_language)), queries=vectors)
            write_atomic(self._home.background(self._embedder.model.fingerprint), out.getvalue())


def lines() -> dict[str, list[str]]:
    """The background queries by language."""
    lines: dict[str, list[str]] = {}
    for line in (files("searcher.search") / "background.txt").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            language, _, query = line.partition("\t")
            lines.setdefault(language, []).append(query)
    return lines
