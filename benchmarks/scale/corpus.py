"""Made-up passages, the same at every run: a block of them follows from its number alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pyarrow as pa

from searcher.embedding.base import ModelInfo, Vectors
from searcher.paths import doc_id
from searcher.store.table import Live, vector_columns
from searcher.text.terms import terms
from searcher.vectors.layout import Layout

BLOCK = 10_000
DIM, NATIVE = 256, 1024
LAYOUT = Layout(DIM, NATIVE)
MODEL = ModelInfo("scale", "", "5" * 32, DIM, NATIVE, 512, 224, False)
LIVE = Live("scale", MODEL.name, MODEL.fingerprint, DIM, NATIVE, "")
_WORDS, _A_TEXT, _PASSAGES = 20_000, 90, 10  # a vocabulary, words of a passage, passages of a document
_CLUSTERS, _NOISE = 2_000, 0.8
_AWAY = 0.5 / NATIVE**0.5  # a query from its passage
# each leaves the part of the passages it is named after
FILTERS = {
    "100 %": None,
    "10 %": "folder = '/library/tenth'",
    "1 %": "folder = '/library/hundredth'",
    "0.01 %": "folder = '/library/few'",
}


@dataclass(frozen=True, slots=True)
class Block:
    vectors: Vectors  # float32 (BLOCK, NATIVE), L2-normalised
    texts: list[str]
    folders: list[str]


@cache
def vocabulary() -> list[str]:
    starts = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]
    ends = [v + c for v in "aeiou" for c in "lmnrstk"]
    dice = np.random.default_rng(11)
    made = [s + m + e for s in starts for m in starts for e in ends]
    return [made[n] for n in dice.permutation(len(made))[:_WORDS]]


@cache
def _terms() -> list[str]:
    return [" ".join(terms(word, ("en",))) for word in vocabulary()]


@cache
def _centres() -> Vectors:
    fading = np.linspace(1.0, 0.3, NATIVE, dtype=np.float32)  # as a model trained to be cut
    return np.random.default_rng(12).standard_normal((_CLUSTERS, NATIVE), dtype=np.float32) * fading


def _spoken(dice: np.random.Generator, count: int) -> np.ndarray:
    """Places in the vocabulary, common words far more often (Zipf)."""
    drawn = dice.random((count, _A_TEXT), dtype=np.float32)
    return (np.exp(drawn * np.log(_WORDS)) - 1).astype(np.int32)


def block(number: int) -> Block:
    dice = np.random.default_rng([13, number])
    noise = dice.standard_normal((BLOCK, NATIVE), dtype=np.float32)
    vectors = _centres()[dice.integers(_CLUSTERS, size=BLOCK)] + _NOISE * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = vocabulary()
    texts = [" ".join([words[n] for n in row]) for row in _spoken(dice, BLOCK).tolist()]
    places = dice.permutation(BLOCK)
    folders = np.full(BLOCK, "/library/most", dtype=object)
    folders[places[:1000]] = "/library/tenth"
    folders[places[1000:1100]] = "/library/hundredth"
    folders[places[1100:1101]] = "/library/few"
    return Block(vectors, texts, folders.tolist())


def rows(number: int, made: Block, schema: pa.Schema) -> pa.Table:
    """A block as rows of the store's table, with their vectors."""
    spoken = dict(zip(vocabulary(), _terms(), strict=True))
    first = number * BLOCK
    owners = [doc_id(f"/library/{n}.txt") for n in range(first // _PASSAGES, (first + BLOCK) // _PASSAGES)]
    of = [owners[n // _PASSAGES] for n in range(BLOCK)]
    ordinals = [n % _PASSAGES for n in range(BLOCK)]
    columns = {
        "id": [f"{owner}:{ordinal}" for owner, ordinal in zip(of, ordinals, strict=True)],
        "doc_id": of,
        "ordinal": ordinals,
        "path": [f"{folder}/{(first + n) // _PASSAGES}.txt" for n, folder in enumerate(made.folders)],
        "folder": made.folders,
        "name": [f"{(first + n) // _PASSAGES}.txt" for n in range(BLOCK)],
        "ext": ["txt"] * BLOCK,
        "kind": [("txt", "md", "pdf", "code")[n % 4] for n in range(BLOCK)],
        "language": [("en", "de", "fr")[n % 3] for n in range(BLOCK)],
        "text": made.texts,
        "terms": [" ".join([spoken[word] for word in text.split(" ")]) for text in made.texts],
        "hash": [f"{first + n:032x}" for n in range(BLOCK)],
        "doc_hash": of,
        "tokens": [_A_TEXT] * BLOCK,
        "size": [1] * BLOCK,
        "mtime_ns": [1] * BLOCK,
        "date": [1_600_000_000 + 60 * (first + n) for n in range(BLOCK)],
        "gen": [1] * BLOCK,
        "embedded": [True] * BLOCK,
    }
    arrays = {name: pa.array(values, schema.field(name).type) for name, values in columns.items()}
    arrays |= vector_columns(made.vectors, LAYOUT)
    missing = {name: pa.nulls(BLOCK, schema.field(name).type) for name in schema.names if name not in arrays}
    arrays |= missing
    return pa.table([arrays[name] for name in schema.names], schema=schema)


def queries(count: int, among: int) -> tuple[Vectors, list[str]]:
    """float32 (n, NATIVE) near to passages that are there, and three words of one each."""
    dice, vectors, texts = np.random.default_rng(14), list[Vectors](), list[str]()
    for number in dice.integers(among // BLOCK, size=4).tolist():
        made = block(number)
        for place in dice.integers(BLOCK, size=-(-count // 4)).tolist():
            near = made.vectors[place] + _AWAY * dice.standard_normal(NATIVE, dtype=np.float32)
            vectors.append(near / np.linalg.norm(near))
            texts.append(" ".join(dice.choice(made.texts[place].split(" "), 3)))
    return np.stack(vectors[:count]).astype(np.float32), texts[:count]
