"""Source code: the file's own text, and its language by name or `#!` line."""

from __future__ import annotations

from indexer.formats.languages import by_name, by_shebang
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from searcher.records import Document


def read(source: Source) -> Document:
    text, notes = own_text(source)
    language = by_name(source.name) or by_shebang(source.data[:256])
    return Document(text, "code", language=language, notes=notes)
