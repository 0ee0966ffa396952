"""Plain text in any encoding."""

from __future__ import annotations

import codecs
from pathlib import Path

from searcher.errors import ExtractionFailed
from searcher.records import Document

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read(path: Path) -> Document:
    return Document(decode(path.read_bytes()), kind="txt", title=path.name)


def decode(data: bytes) -> str:
    """Text of unknown encoding. Raises ExtractionFailed for what is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        from charset_normalizer import from_bytes

        best = from_bytes(data[:100_000]).best()
        if best is None:
            raise ExtractionFailed("its encoding is not recognised") from None
        text = data.decode(best.encoding, "replace")
    if "\0" in text:
        raise ExtractionFailed("binary content, no text found")
    return text
