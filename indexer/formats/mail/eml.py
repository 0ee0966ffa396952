"""A single mail, also as Apple Mail keeps it: the length of the mail before it, a property list behind."""

from __future__ import annotations

import re

from indexer.formats.mail.headers import date, field, parse
from indexer.formats.mail.message import write
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_LENGTH = re.compile(rb"\s*(\d{1,10})[ \t]*\r?\n")


def read(source: Source) -> Document:
    message = parse(_without_wrapping(source.data))
    if not any(field(message, name) for name in ("From", "Subject", "Date", "To", "Message-ID")):
        raise ExtractionFailed("not a mail: it has neither sender, subject nor date")
    writer = Writer(source)
    write(writer, message, source)
    return writer.document("eml", title=field(message, "Subject"), date=date(message))


def _without_wrapping(data: bytes) -> bytes:
    if match := _LENGTH.match(data):
        return data[match.end() : match.end() + int(match[1])]
    return data.lstrip(b"\r\n") if data[:1] in b"\r\n" else data
