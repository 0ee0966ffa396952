"""The map of the library: documents as points, near each other when they mean the like."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from searcher.text import stopwords

SAMPLE = 1500  # documents drawn: enough to see the shape of a library, quick to compute and to hover


def bound(documents: int, sample: int = SAMPLE) -> str | None:
    """A hex bound below which about `sample` document ids lie; ids are hashes, so this samples evenly.

    None when all of them fit.
    """
    if documents <= sample:
        return None
    return f"{int(sample / documents * 0xFFFFFFFF):08x}"


def means(
    ids: list[str], vectors: npt.NDArray[np.floating[Any]]
) -> tuple[list[str], npt.NDArray[np.float32]]:
    """One vector a document: the mean of its passages, (documents, dim), in the order first seen."""
    order: dict[str, int] = {}
    rows = np.array([order.setdefault(name, len(order)) for name in ids], dtype=np.int64)
    sums = np.zeros((len(order), vectors.shape[1]), dtype=np.float32)
    np.add.at(sums, rows, vectors.astype(np.float32))
    counts = np.bincount(rows, minlength=len(order))[:, None]
    return list(order), (sums / np.maximum(counts, 1)).astype(np.float32)


def project(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, 2): the two directions in which the vectors differ most (PCA), each stretched over [-1, 1]."""
    if len(vectors) < 3:
        return np.array([[0.0, 0.0], [0.5, 0.0]][: len(vectors)], dtype=np.float32).reshape(-1, 2)
    centred = vectors - vectors.mean(axis=0)
    values, directions = np.linalg.eigh(centred.T @ centred)
    del values
    points = centred @ directions[:, [-1, -2]]
    # the sign of an axis is arbitrary; fixed, the map does not flip when a document is added
    points = points * np.where(np.abs(points.min(axis=0)) > points.max(axis=0), -1, 1)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray(2 * (points - low) / np.maximum(high - low, 1e-9) - 1, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Region:
    """What a region of the map is about."""

    x: float
    y: float
    text: str


_A_REGION = 12  # documents of one, about
_REGIONS = 9
_ROUNDS = 12
_SAID = 2  # words of a label
_BEGINNING = 600  # characters of a document that say what it is about
_WORD = re.compile(r"[^\W\d_]{4,20}")


def words_of(row: dict[str, Any]) -> set[str]:
    """Words of a document's title and beginning that may say what a region is about."""
    text = f"{row['title'] or ''} {(row['text'] or '')[:_BEGINNING]}".lower()
    language = row["language"] or ""
    common = stopwords.of(language if len(language) == 2 else "en") | stopwords.of("en")
    return {word for word in _WORD.findall(text) if word not in common}


def labels(places: npt.NDArray[np.float32], words: Sequence[set[str]]) -> list[Region]:
    """A label for each region: the words that are in many of its documents and in few others."""
    count = min(_REGIONS, len(places) // _A_REGION)
    if count < 2:
        return []
    region = _regions(places, count)
    everywhere = Counter(word for one in words for word in one)
    found, taken = [], set[str]()
    for number in range(count):
        members = np.flatnonzero(region == number).tolist()
        inside = Counter(word for member in members for word in words[member])
        scores = {
            word: n / len(members) * math.log(len(places) / everywhere[word])
            for word, n in inside.items()
            if n > 1 and word not in taken and 2 * everywhere[word] < len(places)
        }
        best = sorted(scores, key=lambda word: (-scores[word], word))[:_SAID]
        taken.update(best)
        if best:
            x, y = places[members].mean(axis=0)
            found.append(Region(float(x), float(y), ", ".join(best)))
    return found


def _regions(places: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.int64]:
    """The number of each point's region: k-means, begun with points that lie far apart."""
    centres = [places.mean(axis=0)]
    for _ in range(count):
        nearest = np.min([np.square(places - centre).sum(axis=1) for centre in centres], axis=0)
        centres.append(places[int(np.argmax(nearest))])
    middle = np.array(centres[1:])
    region = np.zeros(len(places), dtype=np.int64)
    for _ in range(_ROUNDS):
        region = np.argmin(np.square(places[:, None] - middle[None]).sum(axis=2), axis=1)
        for number in range(count):
            if (region == number).any():
                middle[number] = places[region == number].mean(axis=0)
    return region
