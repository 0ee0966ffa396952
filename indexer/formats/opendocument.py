"""What the OpenDocument formats share: the package, its encryption, title and date."""

from __future__ import annotations

from typing import Any

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_ENCRYPTION = b"encryption-data"
_WHITE = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}
_UNREAD = {TEXT + "tracked-changes", OFFICE + "annotation", DRAW + "object", TEXT + "bookmark-start"}


def content(source: Source) -> tuple[bytes, str | None, str | None]:
    """content.xml, title and date. Raises ExtractionFailed for an encrypted or incomplete package."""
    with open_zip(source) as archive:
        if _ENCRYPTION in (member(archive, "META-INF/manifest.xml") or b""):
            raise ExtractionFailed("encrypted with a password")
        body = member(archive, "content.xml")
        if body is None:
            raise ExtractionFailed("damaged: it has no content.xml")
        meta = member(archive, "meta.xml")
    title = date = None
    for element in xml.parse(meta, "meta.xml").iter() if meta else ():
        if xml.local(element) == "title":
            title = element.text
        elif xml.local(element) == "creation-date":
            date = iso_date(element.text)
    return body, title, date


def text_of(element: Any) -> str:
    """The text of a paragraph: runs of spaces, tabs and line breaks are elements of their own."""
    parts = [element.text or ""]
    for child in element:
        if child.tag == TEXT + "s":
            parts.append(" " * min(int(xml.attribute(child, "c") or 1), 100))
        elif child.tag in _WHITE:
            parts.append(_WHITE[child.tag])
        elif child.tag == TEXT + "note":
            parts.append(" [" + " ".join(text_of(p) for p in child.iter(TEXT + "p")) + "] ")
        elif isinstance(child.tag, str) and child.tag not in _UNREAD:
            parts.append(text_of(child))
        parts.append(child.tail or "")
    return "".join(parts)
