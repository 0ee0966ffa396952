"""Web pages that Safari saved: a property list with the page and those in its frames."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import propertylist
from indexer.formats.decoding import decode
from indexer.formats.html import Page, declared_in
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.records import Document

_PAGES = 50


def read(source: Source) -> Document:
    archive = propertylist.values(source.data)
    writer = Writer(source)
    title = None
    for number, (data, charset) in enumerate(_pages(archive)):
        page = Page(decode(data, declared=declared_in(data) or charset))
        if number >= _PAGES or not page.write(writer):
            break
        title = title or page.title
    return writer.document("webarchive", title=title, empty="no web page in it")


def _pages(archive: Any, depth: int = 0) -> Iterator[tuple[bytes, str | None]]:
    if not isinstance(archive, dict) or depth > 5:
        return
    main = archive.get("WebMainResource")
    if isinstance(main, dict) and "html" in str(main.get("WebResourceMIMEType", "html")):
        data, charset = main.get("WebResourceData"), main.get("WebResourceTextEncodingName")
        if isinstance(data, bytes) and data:
            yield data, charset if isinstance(charset, str) else None
    frames = archive.get("WebSubframeArchives")
    for frame in frames if isinstance(frames, list) else ():
        yield from _pages(frame, depth + 1)
