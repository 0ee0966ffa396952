"""The corpus: text, addresses and fields of every file as they must come out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from corpus import Case, cases

from indexer.formats import FORMATS, Limits, extract
from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark

READABLE = [case for case in cases() if not case.fails]
FAILING = [case for case in cases() if case.fails]


def extracted(case: Case, folder: Path) -> Document:
    path = folder / case.name
    path.write_bytes(case.data)
    return extract(path, limits=Limits(archives=True))


def mark_at(document: Document, words: str) -> Mark:
    at = document.text.index(words)
    return [Mark(0), *(mark for mark in document.marks if mark.start <= at)][-1]


def test_the_corpus_is_large_and_covers_every_format() -> None:
    assert len(READABLE) >= 60
    assert {case.kind for case in READABLE} == {format.kind for format in FORMATS}


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_text_addresses_and_fields(case: Case, tmp_path: Path) -> None:
    document = extracted(case, tmp_path)
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


@pytest.mark.parametrize("case", READABLE, ids=lambda case: case.name)
def test_documents_are_well_formed(case: Case, tmp_path: Path) -> None:
    document = extracted(case, tmp_path)
    document.text.encode("utf-8")
    assert "\0" not in document.text
    starts = [mark.start for mark in document.marks]
    assert starts == sorted(set(starts)) and all(0 <= start <= len(document.text) for start in starts)
    assert all(mark.page is None or mark.page >= 1 for mark in document.marks)


@pytest.mark.parametrize("case", FAILING, ids=lambda case: case.name)
def test_bad_files_say_what_is_wrong(case: Case, tmp_path: Path) -> None:
    with pytest.raises(ExtractionFailed) as caught:
        extracted(case, tmp_path)
    reason = str(caught.value)
    assert re.search(case.fails, reason), reason
    assert "\n" not in reason and len(reason) < 250 and str(tmp_path) not in reason
