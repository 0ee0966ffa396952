"""Passages to documents: each once, by its best passage, copies folded into the one that ranks first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from searcher.search.candidates import Candidate

PASSAGES = 4  # shown of one document, the best included
_NEAR = 0.995  # cosine of two best passages that say the same


@dataclass(slots=True)
class RankedDocument:
    """A document: its passages best first, and the documents that are copies of it."""

    passages: list[Candidate]
    copies: list[str] = field(default_factory=list)  # doc_ids

    @property
    def best(self) -> Candidate:
        return self.passages[0]

    @property
    def doc_id(self) -> str:
        return str(self.best.row["doc_id"])


def grouped(ranked: Sequence[Candidate], *, fold_copies: bool = True) -> list[RankedDocument]:
    """Documents in the order of their best passages."""
    by_document: dict[str, RankedDocument] = {}
    for candidate in ranked:
        document = by_document.setdefault(candidate.row["doc_id"], RankedDocument([]))
        if len(document.passages) < PASSAGES:
            document.passages.append(candidate)
    documents = list(by_document.values())
    return _folded(documents) if fold_copies else documents


def _folded(documents: list[RankedDocument]) -> list[RankedDocument]:
    """Exact copies share the hash of the file; near copies stand side by side with the same best passage."""
    originals: dict[str, RankedDocument] = {}
    for document in documents:
        first = originals.setdefault(document.best.row["doc_hash"] or document.doc_id, document)
        if first is not document:
            first.copies.append(document.doc_id)
    singles = list(originals.values())
    near = {
        id(later): earlier for earlier, later in pairwise(singles) if _same_passage(earlier.best, later.best)
    }
    result = []
    for document in singles:
        target = near.get(id(document))
        while target is not None and id(target) in near:
            target = near[id(target)]
        if target is None:
            result.append(document)
        else:
            target.copies += [document.doc_id, *document.copies]
    return result


def _same_passage(one: Candidate, other: Candidate) -> bool:
    if one.row["hash"] == other.row["hash"]:
        return True
    first, second = one.row["full"], other.row["full"]
    if first is None or second is None or one.row["kind"] != other.row["kind"]:
        return False
    if float(first @ second) <= _NEAR:
        return False
    return len(one.held & other.held) / max(len(one.held | other.held), 1) > 0.9  # Jaccard index
