"""The corpus: text, addresses and fields of every file as they must come out."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest
from corpus import ROOMS, Case, cases

from indexer.formats import FORMATS, Limits, extract
from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark


def extracted(case: Case, folder: Path) -> Document:
    path = folder / case.name
    path.write_bytes(case.data)
    return extract(path, limits=Limits(archives=True))


def mark_at(document: Document, words: str) -> Mark:
    at = document.text.index(words)
    return [Mark(0), *(mark for mark in document.marks if mark.start <= at)][-1]


def test_the_corpus_is_large_and_covers_every_format() -> None:
    readable = [case for case in cases() if not case.fails]
    assert len(readable) >= 60
    assert {case.kind for case in readable} == {format.kind for format in FORMATS}


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_what_each_file_gives(room: ModuleType, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for case in room.cases():
        with subtests.test(case.name):
            if case.fails:
                says_what_is_wrong(case, tmp_path)
            else:
                document = extracted(case, tmp_path)
                has_text_addresses_and_fields(document, case)
                is_well_formed(document)


def has_text_addresses_and_fields(document: Document, case: Case) -> None:
    assert document.kind == case.kind
    assert [words for words in case.contains if words not in document.text] == []
    assert [words for words in case.lacks if words in document.text] == []
    for words, address in case.at.items():
        mark = mark_at(document, words)
        assert {name: getattr(mark, name) for name in address} == address, words
    assert (document.title, document.date, document.tags) == (case.title, case.date, case.tags)
    assert document.names == case.names
    assert (document.language or None, document.has_lines) == (case.language, case.has_lines)
    assert case.note in " ".join(document.notes) and (case.note or not document.notes)


def is_well_formed(document: Document) -> None:
    document.text.encode("utf-8")
    assert "\0" not in document.text
    starts = [mark.start for mark in document.marks]
    assert starts == sorted(set(starts)) and all(0 <= start <= len(document.text) for start in starts)
    assert all(mark.page is None or mark.page >= 1 for mark in document.marks)


def says_what_is_wrong(case: Case, folder: Path) -> None:
    with pytest.raises(ExtractionFailed) as caught:
        extracted(case, folder)
    reason = str(caught.value)
    assert re.search(case.fails, reason), reason
    assert "\n" not in reason and len(reason) < 250 and str(folder) not in reason
