"""A mailbox file: mail after mail, each with its number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.formats.mail.headers import parse
from indexer.formats.mail.message import write
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.records import Document

_BEGIN = re.compile(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\r?\n(?=[!-9;-~]+:)")
_QUOTED = re.compile(rb"^>(>*From )", re.M)


def read(source: Source) -> Document:
    writer = Writer(source)
    for number, data in enumerate(mails(source.data), 1):
        if not write(writer, parse(_QUOTED.sub(rb"\1", data)), source, within=f"message {number}"):
            break
    return writer.document("mbox", empty="no mail in it")


def mails(data: bytes) -> Iterator[bytes]:
    """Each mail's bytes, without the line that begins it."""
    end_of_last = None
    for begin in _BEGIN.finditer(data):
        if end_of_last is not None:
            yield data[end_of_last : begin.start()]
        end_of_last = begin.end()
    if end_of_last is not None:
        yield data[end_of_last:]
