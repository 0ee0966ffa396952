"""A single mail."""

from __future__ import annotations

from indexer.formats import mail
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document


def read(source: Source) -> Document:
    message = mail.parse(source.data)
    if not any(mail.field(message, name) for name in ("From", "Subject", "Date", "To")):
        raise ExtractionFailed("not a mail: it has neither sender, subject nor date")
    writer = Writer(source)
    mail.write(writer, message, source)
    return writer.document("eml", title=mail.field(message, "Subject"), date=mail.date(message))
