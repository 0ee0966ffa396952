"""PDF by pypdf: the text of each page, and a word about pages that have none."""

from __future__ import annotations

import logging
from pathlib import Path

from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark


def read(path: Path) -> Document:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs every repair it makes
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ExtractionFailed("encrypted with a password; save a copy without one")
        texts = [page.extract_text() for page in reader.pages]
        title = (reader.metadata.title if reader.metadata else None) or path.name
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ExtractionFailed(f"damaged PDF: {error}") from error
    bare = [number for number, text in enumerate(texts, 1) if not text.strip()]
    if len(bare) == len(texts):
        raise ExtractionFailed("no text layer: the pages are pictures; run it through text recognition first")
    parts: list[str] = []
    marks: list[Mark] = []
    offset = 0
    for number, text in enumerate(texts, 1):
        marks.append(Mark(offset, page=number))
        parts.append(text + "\n\n")
        offset += len(parts[-1])
    notes = (f"pages without a text layer: {', '.join(map(str, bare))}",) if bare else ()
    return Document("".join(parts), kind="pdf", title=title, marks=tuple(marks), has_lines=False, notes=notes)
