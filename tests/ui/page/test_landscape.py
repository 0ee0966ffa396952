"""The map: the like lies together, and the sample is of the size asked for."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from ui.page.insight import landscape, versions
from ui.page.insight.overview import Overview, Sampled


def test_two_kinds_of_documents_fall_apart() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 0.1, (40, 64)), rng.normal(0, 0.1, (40, 64))
    a[:, 0] += 1
    b[:, 1] += 1
    points = landscape.project(np.vstack([a, b]).astype(np.float32))
    assert points.shape == (80, 2) and np.abs(points).max() <= 1.0001
    gap = np.linalg.norm(points[:40].mean(0) - points[40:].mean(0))
    assert gap > 3 * points[:40].std(0).max()


def test_regions_are_called_by_what_only_they_say() -> None:
    rng = np.random.default_rng(1)
    middles = np.array([[-0.8, 0.0], [0.8, 0.1], [0.0, -0.9]])
    places = np.vstack([middle + rng.normal(0, 0.05, (20, 2)) for middle in middles]).astype(np.float32)
    topics = ("bees honey", "ferry harbour", "bread sourdough")
    rows = [
        {"title": f"{topic} {n}", "text": f"The {topic} of all notes", "language": "en"}
        for topic in topics
        for n in range(20)
    ]
    labels = landscape.labels(places, [landscape.words_of(row) for row in rows])
    assert {label.text for label in labels} == {", ".join(topic.split()) for topic in topics}
    assert landscape.labels(places[:9], [set()] * 9) == []


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_tiny_library_has_a_map_too(n: int) -> None:
    assert landscape.project(np.ones((n, 8), dtype=np.float32)).shape == (n, 2)


def test_what_takes_the_space_and_what_is_there_twice() -> None:
    rows = [
        ("/a", "x", 5),
        ("/b", "y", 90),
        ("/c", "x", 5),
        ("/d", "z", 40),
        ("/e", "z", 40),
        ("/f", "", None),
    ]
    columns = zip(*rows, strict=True)
    corpus = Overview(dict(zip(("path", "doc_hash", "size"), map(list, columns), strict=True)))
    assert corpus.largest(2) == [("/b", 90), ("/d", 40)]
    assert corpus.copies() == [["/d", "/e"], ["/a", "/c"]]


def test_versions_are_found_by_name_or_meaning_and_their_texts_compared() -> None:
    paths = [
        "/n/plan.md",
        "/n/plan v2 (final).md",
        "/n/bees.md",
        "/n/hive.md",
        "/n/log-1.md",
        "/n/a copy of plan.md",
    ]
    hashes = [*"abcdea"]
    corpus = Overview({"path": paths, "doc_hash": hashes, "doc_id": [str(n) for n in range(6)]})
    means = np.array([[1, 0], [0, 1], [1, 1], [1, 1.05]], dtype=np.float32)
    drawn = Sampled(["0", "1", "2", "3"], means, means, [])
    assert {frozenset(pair) for pair in versions.candidates(corpus, drawn)} == {
        frozenset((0, 1)),
        frozenset((2, 3)),
    }
    added, removed = versions.compared("One day. A new\nline. Same.", "One day.  Same. Gone!")
    assert (added, removed) == (["A new", "line."], ["Gone!"])


def test_equal_documents_make_no_division_by_zero() -> None:
    assert np.isfinite(landscape.project(np.ones((5, 8), dtype=np.float32))).all()


def test_the_bound_samples_evenly() -> None:
    ids = [hashlib.blake2b(str(n).encode(), digest_size=16).hexdigest() for n in range(20_000)]
    limit = landscape.bound(len(ids))
    assert limit is not None
    assert 1300 < sum(name < limit for name in ids) < 1700
    assert landscape.bound(100) is None


def test_a_document_is_the_mean_of_its_passages() -> None:
    ids, vectors = landscape.means(["a", "b", "a"], np.array([[0, 2], [5, 5], [2, 0]], dtype=np.float16))
    assert ids == ["a", "b"]
    assert vectors.tolist() == [[1, 1], [5, 5]]
