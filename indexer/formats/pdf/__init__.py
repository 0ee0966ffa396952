"""PDF: a mark a page with its printed label, outline headings, forms and comments, and the truth about
pages without text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from pypdfium2 import PdfDocument, PdfiumError

from indexer.formats import reading, refused, xml
from indexer.formats.dates import iso_date
from indexer.formats.headings import Outline
from indexer.formats.pdf.annotations import xfa_values
from indexer.formats.pdf.furniture import without_furniture
from indexer.formats.pdf.lines import tidy
from indexer.formats.pdf.pages import PdfPage, read_pages, read_pages_by_pypdf, with_recognised
from indexer.formats.recognised import RecognisedText
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_FILE_TITLE = re.compile(
    r"(?i)^(microsoft (word|powerpoint|excel) - |untitled|unknown|document\d*$|.*\.\w{2,4}$)"
)
_OUTLINE_ENTRIES = 5_000
_ATTACHMENTS = 100
PICTURED = "a large picture that may hold text"
_SILENT = {
    "picture": "no text layer (scanned?)",
    "drawing": "no text: only lines and areas are drawn",
    "font": "no text that can be read: its fonts do not name their letters",
    "blank": "blank",
    "damaged": "damaged and left out",
}
_EMPTY = {
    "picture": "no text layer: the pages are pictures; with `pip install '.[ocr]'` in the checkout they are "
    "read",
    "drawing": "no text layer: all of it is drawn as lines and areas",
    "font": "its fonts do not say which letters they draw",
    "blank": "its pages are empty",
    "damaged": "every page is damaged",
}


def read(source: Source) -> Document:
    try:
        document = PdfDocument(source.data)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise ExtractionFailed("encrypted with a password") from error
        document = None
    writer = Writer(source)
    if document is None or not len(document):
        reader, pages = read_pages_by_pypdf(source)
        information, headings, labels = _information(reader), {}, {}
    else:
        pages = read_pages(document, source)
        information, headings, labels = document.get_metadata_dict(), _headings(document), _labels(document)
    for number, lines in source.recognised.items():
        if number <= len(pages):
            with_recognised(pages[number - 1], lines)
    silent = _write_pages(writer, pages, headings, labels)
    if document is not None:
        _write_values(writer, document)
        pinned = [file for page in pages for file in page.files]
        listed = map(document.get_attachment, range(document.count_attachments()))
        _write_attachments(writer, chain(listed, pinned), source)
        document.close()
    if pictured := [number for number, page in enumerate(pages, 1) if page.pictured]:
        writer.notes.append(f"{PICTURED}: {_pages(pictured)}")
    for kind, note in _SILENT.items():
        if kind in silent and (kind != "blank" or len(silent) == 1):
            writer.notes.append(f"{note}: {_pages(silent[kind])}")
    title = one_line(information.get("Title"))
    commonest = max(silent, key=lambda kind: len(silent[kind]), default="blank")
    return writer.document(
        "pdf",
        title=None if title and _FILE_TITLE.match(title) else title,
        date=iso_date(information.get("CreationDate")),
        empty=_EMPTY[commonest],
    )


def _write_pages(
    writer: Writer, pages: list[PdfPage], headings: dict[int, list[tuple[int, str]]], labels: dict[int, str]
) -> dict[str, list[int]]:
    """Write page after page; the numbers of those without text by the reason for it."""
    silent: dict[str, list[int]] = defaultdict(list)
    outline = Outline()
    before = outline.path
    texts = without_furniture(tidy([page.text for page in pages]))
    for number, (page, text) in enumerate(zip(pages, texts, strict=True), 1):
        if page.silent:
            silent[page.silent].append(number)
        whole = "\n".join([text.rstrip(), *page.extras]) if page.extras else text
        entries = [(title, outline.enter(level, title)) for level, title in headings.get(number, ())]
        if not _write_page(writer, number, whole, before, entries, page.recognised, labels.get(number)):
            break
        before = outline.path
    return silent


def _write_page(
    writer: Writer,
    number: int,
    text: str,
    path: tuple[str, ...],
    headings: list[tuple[str, tuple[str, ...]]],
    recognised: list[RecognisedText],
    label: str | None,
) -> bool:
    """One page, cut at the headings and at the recognised stretches that can be found in its text, so that
    each part knows its own. `path` is the heading that the page before ended under."""
    named = f"page {label}" if label else None
    cuts: list[tuple[int, tuple[str, ...] | None, str | None]] = []
    found = 0
    for title, entered in headings:
        found = max(_find(text, title, found), found)
        cuts.append((found, entered, None))
    found = 0
    for stretch in recognised:
        if (at := _find(text, stretch.lines[0][0], found)) >= 0:
            cuts.append((at, None, stretch.region))
            found = at
    region: str | None = None
    done = 0
    writer.mark(page=number, heading=path, anchor=named)
    for at, heading, place in sorted(cuts, key=itemgetter(0)):
        if at > done:
            writer.write(text[done:at])
            done = at
        path, region = heading or path, place or region
        writer.mark(page=number, heading=path, anchor=", ".join(filter(None, (named, region))) or None)
    return writer.write(text[done:].rstrip() + "\n\n") if text.strip() else not writer.full


def _find(text: str, title: str, start: int) -> int:
    """Where a heading stands in a page's text, whatever white space is between its words; else -1."""
    words = [re.escape(word) for word in title.split()]
    match = re.compile(r"\s*".join(words), re.I).search(text, start)
    return match.start() if match else -1


def _write_values(writer: Writer, document: Any) -> None:
    """The values of an XFA form, which no page shows before a program has laid it out."""
    data = xfa_values(document)
    if not data:
        return
    try:
        root = xml.parse(data.strip(b"\0 \r\n"), "the form's values")
    except ExtractionFailed:
        return
    root = next(xml.named(root, "datasets"), None)  # beside the form's own parts, where all is in one
    values = (
        f"{xml.local(e)}: {e.text.strip()}"
        for e in (root.iter() if root is not None else ())
        if not len(e) and e.text and e.text.strip()
    )
    text = "\n".join(dict.fromkeys(values))
    if text:
        writer.mark(anchor="form")
        writer.write(text + "\n\n")


def _write_attachments(writer: Writer, attachments: Iterable[Any], source: Source) -> None:
    seen: set[tuple[str, bytes]] = set()  # a file that is pinned to a page may be listed too
    for number, attachment in enumerate(islice(attachments, _ATTACHMENTS), 1):
        if writer.full:
            return
        name = one_line(attachment.get_name()) or f"attachment {number}"
        try:
            data = bytes(attachment.get_data())
            if (name, data) in seen:
                continue
            seen.add((name, data))
            inside = reading.read_member(source, name, data)
        except ExtractionFailed as error:
            if isinstance(error, UnreadableKind) and not refused.is_worth_telling(name, error):
                continue
            writer.notes.append(f"attachment {name}: {error}")
            continue
        except Exception:  # an entry of the list without a file
            continue
        writer.insert(inside, anchor=f"attachment {name}")


def _headings(document: Any) -> dict[int, list[tuple[int, str]]]:
    """(level, title) of the outline's entries by page number; empty for a missing or broken outline."""
    headings: dict[int, list[tuple[int, str]]] = defaultdict(list)
    try:
        for entry in islice(document.get_toc(), _OUTLINE_ENTRIES):
            title = one_line(entry.get_title())
            target = entry.get_dest()
            page = target.get_index() if target is not None else None
            if title and page is not None:
                headings[page + 1].append((entry.level + 1, title))
    except (MemoryError, ExtractionFailed):
        raise
    except Exception:  # an outline is a convenience
        return {}
    return headings


def _labels(document: Any) -> dict[int, str]:
    """Page labels by page number, as printed, where they are not just that number."""
    labels: dict[int, str] = {}
    for index in range(len(document)):
        label = one_line(document.get_page_label(index))
        if not label:
            return labels
        if label != str(index + 1):
            labels[index + 1] = label[:40]
    return labels


def _information(reader: Any) -> dict[str, str]:
    try:
        return {str(k).lstrip("/"): str(v) for k, v in (reader.metadata or {}).items()}
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
