"""A single mail in a file of its own."""

from __future__ import annotations

from indexer.formats.mail.headers import date, field, parsed
from indexer.formats.mail.message import write
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document


def read(source: Source) -> Document:
    message = parsed(source.data)
    if not any(field(message, name) for name in ("From", "Subject", "Date", "To", "Message-ID")):
        raise ExtractionFailed("not a mail: it has neither sender, subject nor date")
    writer = Writer(source)
    write(writer, message, source)
    return writer.document("eml", title=field(message, "Subject"), date=date(message))
