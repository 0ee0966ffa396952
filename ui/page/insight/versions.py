"""Versions of one document: files whose text is nearly the same, and what differs between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import PurePath
from typing import Any

import numpy as np

from searcher.store.lance import LanceTable
from ui.page.insight.overview import Overview, Sampled

_ALIKE = 0.95  # cosine of two documents' means from which their texts are compared
_PAIRS = 200  # of documents that are compared, at most
_NAMESAKES = 8  # more files called alike are a series, not versions
_SAME = 0.5  # of the runs of words that both or either have
_RUN = 4  # words
_COMPARED = 60_000  # characters of a document
_GROUPS = 8
_CALLED = re.compile(
    r"\b(copy|kopie|copie|copia|of|von|de|final|draft|entwurf|old|alt|new|neu|version)\b|(?<![a-z])v(?=\d)|[\W\d_]+"
)
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Version:
    """A document beside the next newer one: the share of their text that is the same, in [0, 1], and the
    sentences that only one of them has."""

    path: str
    newer: str
    same: float
    added: list[str]
    removed: list[str]


def found(table: LanceTable, corpus: Overview, drawn: Sampled) -> list[list[Version]]:
    """Groups of versions, each from the newest pair on, the ones that are most alike first."""
    pairs = candidates(corpus, drawn)
    texts = _texts(table, {corpus.columns["doc_id"][row] for pair in pairs for row in pair})
    runs = {name: _runs(text) for name, text in texts.items()}
    alike = []
    for one, other in pairs:
        first, second = (runs.get(corpus.columns["doc_id"][row], frozenset()) for row in (one, other))
        if first and second and len(first & second) >= _SAME * len(first | second):
            alike.append((one, other))
    groups = []
    for rows in _together(alike):
        newest_first = sorted(rows, key=lambda row: -(corpus.columns["date"][row] or 0))
        group = [_version(corpus, newer, older, texts, runs) for newer, older in pairwise(newest_first)]
        groups.append(group)
    return sorted(groups, key=lambda group: -max(version.same for version in group))[:_GROUPS]


def candidates(corpus: Overview, drawn: Sampled) -> list[tuple[int, int]]:
    """Rows of documents that may be versions of each other: they mean nearly the same, or are called so.
    Copies to the byte are none, and of those only one is looked at."""
    column = corpus.columns
    rows, seen = list[int](), set[str]()
    for row in sorted(range(len(column["path"])), key=lambda row: (len(column["path"][row]), row)):
        content = column["doc_hash"][row]
        if content and content not in seen:
            rows.append(row)
            seen.add(content)
    pairs = dict.fromkeys(_namesakes(column["path"], rows))
    at = {column["doc_id"][row]: row for row in rows}
    drawn_rows = [(number, at[name]) for number, name in enumerate(drawn.ids) if name in at]
    if len(drawn_rows) > 1:
        means = drawn.means[[number for number, _ in drawn_rows]]
        means = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        cosines = np.triu(means @ means.T, 1)
        first, second = np.nonzero(cosines >= _ALIKE)
        nearest = np.argsort(-cosines[first, second])[:_PAIRS]
        pairs |= dict.fromkeys(
            (drawn_rows[one][1], drawn_rows[other][1])
            for one, other in zip(first[nearest].tolist(), second[nearest].tolist(), strict=True)
        )
    return list(pairs)[: 2 * _PAIRS]


def compared(newer: str, older: str) -> tuple[list[str], list[str]]:
    """The sentences that only the newer, and that only the older text has."""
    texts = [dict.fromkeys(_sentences(text)) for text in (newer, older)]
    return [one for one in texts[0] if one not in texts[1]], [one for one in texts[1] if one not in texts[0]]


def _version(
    corpus: Overview, newer: int, older: int, texts: dict[str, str], runs: dict[str, frozenset[Any]]
) -> Version:
    names = [corpus.columns["doc_id"][row] for row in (newer, older)]
    first, second = (runs[name] for name in names)
    added, removed = compared(*(texts[name] for name in names))
    same = len(first & second) / max(len(first | second), 1)
    return Version(corpus.columns["path"][older], corpus.columns["path"][newer], same, added, removed)


def _namesakes(paths: list[str], rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Of files of one kind that are called alike but for numbers and words as "copy" and "final"."""
    called: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        path = PurePath(paths[row])
        name = _CALLED.sub("", path.stem.lower())
        if len(name) > 2:
            called.setdefault((name, path.suffix.lower()), []).append(row)
    for alike in called.values():
        if len(alike) <= _NAMESAKES:
            yield from combinations(alike, 2)


def _texts(table: LanceTable, names: set[str]) -> dict[str, str]:
    """The indexed text of documents by id; ids are hex digits, and need no quoting."""
    if not names:
        return {}
    listed = ", ".join(f"'{name}'" for name in sorted(names))
    rows = table.search().where(f"doc_id IN ({listed})").select(["doc_id", "ordinal", "text"])
    parts: dict[str, list[tuple[int, str]]] = {}
    for row in rows.limit(200_000).to_list():
        parts.setdefault(row["doc_id"], []).append((row["ordinal"], row["text"] or ""))
    return {name: "\n".join(text for _, text in sorted(some))[:_COMPARED] for name, some in parts.items()}


def _runs(text: str) -> frozenset[Any]:
    """Every run of a few words; of a text without spaces of letters."""
    words = re.findall(r"\w+", text.lower())
    if len(words) < len(text) / 20:  # as Chinese is written
        words = [letter for letter in text if letter.isalnum()]
    return frozenset(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _sentences(text: str) -> Iterator[str]:
    for part in _SENTENCE.split(text):
        said = " ".join(part.split())
        if any(letter.isalnum() for letter in said):
            yield said


def _together(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Rows that pairs connect."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if not group.isdisjoint(pair)]
        groups = [group for group in groups if group.isdisjoint(pair)]
        groups.append(set(pair).union(*touched))
    return groups
