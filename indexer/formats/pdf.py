"""PDF by pypdf: a mark a page, outline headings, and the truth about pages without a text layer."""

from __future__ import annotations

import io
import logging
import re
from collections import defaultdict
from typing import Any

from indexer.formats.dates import iso_date
from indexer.formats.headings import Outline
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n(?=[^\W\d_])")
_LIGATURES = {0xFB00 + i: spelled for i, spelled in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))}
_FILE_TITLE = re.compile(
    r"(?i)^(microsoft (word|powerpoint|excel) - |untitled|unknown|document\d*$|.*\.\w{2,4}$)"
)
_OUTLINE_ENTRIES = 5_000
_SCANNED = "no text layer: the pages are pictures; run text recognition (OCR) on it to search it"


def read(source: Source) -> Document:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(source.data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractionFailed("encrypted with a password")
        pages = len(reader.pages)
    except PyPdfError as error:
        raise ExtractionFailed(f"the pdf file is damaged: {error}") from error
    writer = Writer(source)
    silent, broken = _write_pages(reader, pages, writer)
    if silent:
        writer.notes.append(f"no text layer (scanned?): {_pages(silent)}")
    if broken:
        writer.notes.append(f"damaged and left out: {_pages(broken)}")
    information = _information(reader)
    title = one_line(information.get("/Title"))
    return writer.document(
        "pdf",
        title=None if title and _FILE_TITLE.match(title) else title,
        date=iso_date(information.get("/CreationDate")),
        empty="every page is damaged" if len(broken) > len(silent) else _SCANNED,
    )


def _write_pages(reader: Any, pages: int, writer: Writer) -> tuple[list[int], list[int]]:
    """Write page after page; the numbers of those without text and of those that cannot be read."""
    silent: list[int] = []
    broken: list[int] = []
    headings = _headings_by_page(reader)
    outline = Outline()
    for number in range(1, pages + 1):
        try:
            page = reader.pages[number - 1]
            text = tidy(page.extract_text())
        except (MemoryError, ExtractionFailed):
            raise
        except Exception:  # one broken page must not cost the others
            broken.append(number)
            continue
        if not text.strip():
            silent.append(number)
        if not _write_page(writer, number, text, headings.get(number, []), outline):
            break
    return silent, broken


def _write_page(
    writer: Writer, number: int, text: str, headings: list[tuple[int, str]], outline: Outline
) -> bool:
    """One page, cut at the headings that can be found in its text, so that each part knows its own."""
    writer.mark(page=number, heading=outline.path)
    done = 0
    for level, title in headings:
        path = outline.enter(level, title)
        at = _find(text, title, done)
        if at > done:
            writer.write(text[done:at])
            done = at
        writer.mark(page=number, heading=path)
    return writer.write(text[done:].rstrip() + "\n\n") if text.strip() else not writer.full


def _find(text: str, title: str, start: int) -> int:
    """Where a heading stands in a page's text, whatever white space is between its words; else -1."""
    words = [re.escape(word) for word in title.split()]
    match = re.compile(r"\s*".join(words), re.I).search(text, start)
    return match.start() if match else -1


def tidy(text: str) -> str:
    """Words divided at a line's end are joined and ligatures spelled out."""
    return _HYPHENATED.sub("", text.translate(_LIGATURES))


def _headings_by_page(reader: Any) -> dict[int, list[tuple[int, str]]]:
    """(level, title) of the outline's entries by page number; empty for a missing or broken outline."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    try:
        numbers = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages, 1)}
        waiting = [(1, iter(reader.outline))]
        count = 0
        while waiting and count < _OUTLINE_ENTRIES:
            level, entries = waiting[-1]
            entry = next(entries, None)
            if entry is None:
                waiting.pop()
            elif isinstance(entry, list):
                waiting.append((level + 1, iter(entry)))
            else:
                count += 1
                page = getattr(entry.page, "idnum", None)
                title = one_line(entry.title)
                if page in numbers and title:
                    found[numbers[page]].append((level, title))
    except (MemoryError, ExtractionFailed):
        raise
    except Exception:  # an outline is a convenience
        return {}
    return found


def _information(reader: Any) -> dict[str, str]:
    try:
        return {str(k): str(v) for k, v in (reader.metadata or {}).items()}
    except Exception:  # so is the information dictionary
        return {}


def _pages(numbers: list[int]) -> str:
    """`pages 3-5, 9`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    listed = ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans[:20])
    more = ", ..." if len(spans) > 20 else ""
    return f"{'page' if len(numbers) == 1 else 'pages'} {listed}{more}"
