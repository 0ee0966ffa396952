"""A mailbox file: mail after mail, each with its number."""

from __future__ import annotations

import re

from indexer.formats.mail.headers import mails, parse
from indexer.formats.mail.message import write
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.records import Document

_QUOTED = re.compile(rb"^>(>*From )", re.M)


def read(source: Source) -> Document:
    writer = Writer(source)
    for number, data in enumerate(mails(source.data), 1):
        if not write(writer, parse(_QUOTED.sub(rb"\1", data)), source, within=f"message {number}"):
            break
    return writer.document("mbox", empty="no mail in it")
