"""Files whose text is the file itself: plain text, logs, JSON, YAML, TOML, XML."""

from __future__ import annotations

import re

from indexer.formats.decoding import decode
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed
from searcher.records import Document

_DECLARED = re.compile(rb"""^<\?xml[^>]*\bencoding=["']([\w.:-]+)["']|coding[:=]\s*["']?([\w.-]+)""")


def own_text(source: Source) -> tuple[str, tuple[str, ...]]:
    """The file's own text, cut at a line when it is too long, and notes on that.

    Raises ExtractionFailed when it holds nothing but white space, UnreadableKind for binary data."""
    head = source.data[:1024]
    match = _DECLARED.search(head) if b"coding" in head else None
    declared = (match[1] or match[2]).decode("ascii") if match else None
    text = decode(source.data, declared=declared)
    if not text or text.isspace():
        raise ExtractionFailed("the file holds only white space")
    limit = source.limits.characters
    if len(text) <= limit:
        return text, ()
    end = text.rfind("\n", limit // 2, limit) + 1
    return text[: end or limit], (f"only the first {end or limit:,} characters were read",)


def read(source: Source) -> Document:
    text, notes = own_text(source)
    return Document(text, "txt", notes=notes)
