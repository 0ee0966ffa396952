"""Mails as Outlook saves them (.msg)."""

from __future__ import annotations

from indexer.formats.mail.outlook import letter_of
from indexer.formats.mail.tnef import written
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed
from searcher.records import Document


def read(source: Source) -> Document:
    letter = letter_of(source)
    if not any((letter.subject, letter.sender, letter.plain, letter.html, letter.rtf, letter.attachments)):
        raise ExtractionFailed("no mail in it")
    return written(source, "msg", letter, letter.attachments)
