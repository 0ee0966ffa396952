"""Rich Text by striprtf."""

from __future__ import annotations

import re

from indexer.formats.dates import iso_date
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_PICTURE = re.compile(rb"(?:[0-9a-fA-F]{2}[\r\n ]*){500,}")  # hexadecimal, slow to walk through and no text
_TITLE = re.compile(r"\{\\title ((?:[^{}\\]|\\[^\n]){1,500})\}")
_CREATED = re.compile(r"\{\\creatim\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_CODEPAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def read(source: Source) -> Document:
    text, title, created = parsed(source.data)
    writer = Writer(source)
    writer.write(text)
    return writer.document("rtf", title=title, date=created)


def parsed(raw_data: bytes) -> tuple[str, str | None, str | None]:
    """Text, title and date."""
    from striprtf.striprtf import rtf_to_text

    data = _PICTURE.sub(b"", raw_data)
    codepage = _CODEPAGE.search(data[:1000])
    encoding = f"cp{codepage[1].decode()}" if codepage else "cp1252"
    raw = data.decode("latin-1")
    title, created = _TITLE.search(raw), _CREATED.search(raw)
    return (
        _strip(rtf_to_text, raw, encoding),
        one_line(_strip(rtf_to_text, "{\\rtf1 " + title[1] + "}", encoding)) if title else None,
        iso_date("{}-{:0>2}-{:0>2}".format(*created.groups())) if created else None,
    )


def _strip(rtf_to_text, raw: str, encoding: str) -> str:  # type: ignore[no-untyped-def]
    try:
        text = str(rtf_to_text(raw, encoding=encoding, errors="replace"))
    except LookupError:  # a code page Python does not know
        text = str(rtf_to_text(raw, encoding="cp1252", errors="replace"))
    # characters beyond the first plane are written as two escapes, a surrogate pair
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
