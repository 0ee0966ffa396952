"""A web page saved as one file (.mhtml, .mht): the page, without the style sheets and scripts around it."""

from __future__ import annotations

from email.message import Message

from indexer.formats.html import Page
from indexer.formats.mail.body import text_of
from indexer.formats.mail.headers import date, field, parse
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_PAGE = ("text/html", "application/xhtml+xml")
_PAGES = 50


def read(source: Source) -> Document:
    message = parse(source.data)
    parts = [part for part in message.walk() if part.get_content_type() in _PAGE]
    if not parts:
        raise ExtractionFailed("no web page in it")
    parts.sort(key=lambda part: not _is_root(part, message))
    writer = Writer(source)
    title = None
    for part in parts[:_PAGES]:
        page = Page(text_of(part))
        if not page.write(writer):
            break
        title = title or page.title
    return writer.document("mhtml", title=title or field(message, "Subject"), date=date(message))


def _is_root(part: Message, message: Message) -> bool:
    start, location = message.get_param("start"), message["Snapshot-Content-Location"]
    by_id = bool(start) and part["Content-ID"] == start
    return by_id or (bool(location) and part["Content-Location"] == location)
