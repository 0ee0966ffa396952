"""Retrieval quality on a data set in BEIR layout (Thakur et al. 2021), through the search that people use."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from searcher.embedding import Embedder, open_embedder
from searcher.embedding.base import Kind, ModelInfo, Vectors
from searcher.errors import UsageError
from searcher.home import Home
from searcher.paths import doc_id
from searcher.query import Query
from searcher.records import Chunk, Document
from searcher.search import background, engine, sample
from searcher.search.documents import grouped
from searcher.settings import Settings
from searcher.store.rows import embedded_text, rows
from searcher.store.table import Live, Store, create_table
from searcher.vectors import axes

Chunker = Callable[[Document, str, Embedder], list[Chunk]]
StageProgress = Callable[[str, int, int], None]  # what, done, of

MEASURES = ("ndcg@10", "recall@10", "mrr@10")
_DEPTH = 10
_BATCH = 64


def evaluate(
    directory: Path,
    home: Home,
    settings: Settings,
    *,
    mode: str = "hybrid",
    dim: int | None = None,
    chunker: Chunker | None = None,
    names: Sequence[str] = MEASURES,
    progress: StageProgress | None = None,
) -> dict[str, Any]:
    """{"dataset", "model", "dim", "mode", "queries", "by_language"} and the measures named.

    Vectors are kept in the home, so that a second run of the same set is quick. Raises UsageError for a
    folder that is no such set.
    """
    with opened(directory, home, settings, dim=dim, chunker=chunker, progress=progress) as data:
        model = data.model
        scores = _scores(data, mode, progress)
    languages = sorted({language for language, _ in scores})
    return {
        "dataset": directory.resolve().name,
        "model": model.name,
        "dim": model.dim,
        "mode": mode,
        **_means([s for _, s in scores], names),
        "by_language": {
            language: _means([s for named, s in scores if named == language], names) for language in languages
        },
    }


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set as an index of its own, and what is asked of it."""

    model: ModelInfo
    store: Store
    ranking: engine.Ranking
    names: dict[str, str]  # doc_id to the set's own id
    queries: list[dict[str, Any]]
    relevant: dict[str, dict[str, int]]
    embed: Callable[[list[str], Kind], Vectors]

    def places(self, most: int) -> list[int]:
        """Of at most so many queries in each language, evenly spaced."""
        by_language: dict[str, list[int]] = {}
        for place, query in enumerate(self.queries):
            by_language.setdefault((query.get("metadata") or {}).get("language", "?"), []).append(place)
        return [
            own[n * len(own) // min(len(own), most)]
            for own in by_language.values()
            for n in range(min(len(own), most))
        ]


@contextmanager
def opened(
    directory: Path,
    home: Home,
    settings: Settings,
    *,
    dim: int | None = None,
    chunker: Chunker | None = None,
    progress: StageProgress | None = None,
) -> Iterator[DataSet]:
    """Raises UsageError for a folder that is no data set."""
    corpus, queries, relevant = _read(directory)
    embedder = open_embedder(home, replace(settings, dim=dim or settings.dim), role="index")
    try:
        embed = _Cached(home.create(), embedder, progress)
        with tempfile.TemporaryDirectory(dir=home.root) as place:
            store = _store(Home(Path(place)).create(), home, embedder, corpus, chunker or _whole, embed)
            ranking = engine.Ranking(sample.take(store), background.build(home, embedder))
            names = {doc_id(_path(entry)): entry["_id"] for entry in corpus}
            yield DataSet(embedder.model, store, ranking, names, queries, relevant, embed)
    finally:
        embedder.close()


def measures(ranking: list[str], relevant: dict[str, int]) -> dict[str, float]:
    """nDCG@10 with linear gains, recall@10, MRR@10 and hit@1 of one ranking, as trec_eval has them: what is
    judged below zero counts as not relevant."""
    top = ranking[:_DEPTH]
    right = {name: value for name, value in relevant.items() if value > 0}
    gain = sum(right.get(name, 0) / math.log2(place + 2) for place, name in enumerate(top))
    ideal = sum(
        value / math.log2(place + 2)
        for place, value in enumerate(sorted(right.values(), reverse=True)[:_DEPTH])
    )
    first = next((place for place, name in enumerate(top, 1) if name in right), None)
    return {
        "ndcg@10": gain / ideal if ideal else 0.0,
        "recall@10": len(right.keys() & set(top)) / len(right) if right else 0.0,
        "mrr@10": 1 / first if first else 0.0,
        "hit@1": float(first == 1),
    }


def rankings(
    data: DataSet, mode: str, progress: StageProgress | None = None
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Each query of the set with the set's own ids of the documents that are found, best first."""
    texts = [query["text"] for query in data.queries]
    vectors = data.embed(texts, "query") if mode != "words" else None
    for number, query in enumerate(data.queries):
        vector = vectors[number] if vectors is not None else None
        # a query of a set is words, not syntax
        words = Query(texts[number], texts[number])
        candidates = engine.ranked(data.store, words, vector, data.ranking, mode=mode)
        yield query, [data.names[f.doc_id] for f in grouped(candidates, fold_copies=False)]
        if progress:
            progress("queries", number + 1, len(data.queries))


def _scores(data: DataSet, mode: str, progress: StageProgress | None) -> list[tuple[str, dict[str, float]]]:
    return [
        ((query.get("metadata") or {}).get("language", "?"), measures(ranking, data.relevant[query["_id"]]))
        for query, ranking in rankings(data, mode, progress)
    ]


def _store(
    home: Home,
    lasting: Home,
    embedder: Embedder,
    corpus: list[dict[str, Any]],
    chunker: Chunker,
    embed: _Cached,
) -> Store:
    """The corpus as a table of its own, as the indexer writes files; `lasting` is the home that stays."""
    model = embedder.model
    written: list[dict[str, Any]] = []
    for entry in corpus:
        title = entry.get("title") or None
        path = _path(entry)
        language = _LANGUAGES.get(Path(path).suffix.lower())
        document = Document(entry["text"], kind="code" if language else "txt", title=title, language=language)
        chunks = chunker(document, path, embedder)
        written += rows(
            document,
            chunks,
            path=path,
            folder="/",
            size=len(entry["text"]),
            mtime_ns=0,
            doc_hash=hashlib.sha256(entry["_id"].encode()).hexdigest(),
            gen=1,
        )
    full = embed([embedded_text(row["context"], row["text"]) for row in written], "document")
    turned_to = axes.build(lasting, embedder) if axes.are_needed(model) else None
    live = Live(
        "evaluation",
        model.name,
        model.fingerprint,
        model.dim,
        model.native_dim,
        "",
        turned=turned_to is not None,
    )
    store = Store(create_table(home, live.table, model), live, turned_to)
    for start in range(0, len(written), 5000):
        store.upsert(written[start : start + 5000])
        part = slice(start, start + 5000)
        store.fill_vectors([row["id"] for row in written[part]], full[part])
    store.table.optimize()
    return store


def _path(entry: dict[str, Any]) -> str:
    """Where a document of the set would lie: its title is its file's name."""
    return f"/{entry['_id']}/{str(entry.get('title') or entry['_id']).replace('/', '_')}"


_LANGUAGES = {
    ".py": "python",
    ".js": "javascript",
    ".ts": "typescript",
    ".java": "java",
    ".go": "go",
    ".rs": "rust",
    ".c": "c",
    ".cpp": "c++",
    ".cs": "c#",
    ".rb": "ruby",
    ".php": "php",
    ".kt": "kotlin",
    ".swift": "swift",
    ".sh": "bash",
    ".sql": "sql",
}


def _whole(document: Document, path: str, embedder: Embedder) -> list[Chunk]:
    """One passage a document, cut to what the model reads."""
    text = document.text
    while (tokens := embedder.count_tokens([text])[0]) > embedder.model.max_tokens:
        text = text[: len(text) * 9 // 10]
    return [Chunk(0, text, 0, len(text), tokens=tokens)]


class _Cached:
    """Embeds in batches; the vectors of the same texts by the same model are kept in the home."""

    def __init__(self, home: Home, embedder: Embedder, progress: StageProgress | None) -> None:
        self._folder = home.evaluation
        self._embedder, self._progress = embedder, progress

    def __call__(self, texts: list[str], kind: Kind) -> Vectors:
        what = "\x1e".join([self._embedder.model.fingerprint, kind, *texts])
        place = self._folder / f"{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}.npy"
        if place.exists():
            return np.asarray(np.load(place), np.float32)
        parts = []
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(texts), _BATCH):
            parts.append(
                self._embedder.embed_full([texts[i] for i in order[start : start + _BATCH]], kind=kind)
            )
            if self._progress:
                self._progress("embedding", min(start + _BATCH, len(texts)), len(texts))
        vectors = np.empty((len(texts), self._embedder.model.native_dim), np.float32)
        if texts:
            vectors[order] = np.concatenate(parts)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        np.save(place, vectors)
        return vectors


def _read(directory: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, dict[str, int]]]:
    """Corpus, those queries that have judgements, and the judgements."""
    judged = directory / "qrels" / "test.tsv"
    if not judged.exists():
        judged = next(iter(sorted((directory / "qrels").glob("*.tsv"))), judged)
    try:
        relevant: dict[str, dict[str, int]] = {}
        for line in judged.read_text("utf-8").splitlines():
            query, document, score = line.split("\t")
            if score.strip().lstrip("-").isdigit():
                relevant.setdefault(query, {})[document] = int(score)
        corpus = list(_lines(directory / "corpus.jsonl"))
        queries = [query for query in _lines(directory / "queries.jsonl") if query["_id"] in relevant]
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(
            f"{directory} is no data set in BEIR layout (corpus.jsonl, queries.jsonl, qrels/*.tsv): {error}"
        ) from error
    return corpus, queries, relevant


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _means(scores: list[dict[str, float]], names: Sequence[str]) -> dict[str, Any]:
    return {"queries": len(scores)} | {
        name: round(sum(score[name] for score in scores) / max(len(scores), 1), 4) for name in names
    }
