"""XML as it stands, and Apple's property lists that hold the same in binary: settings, bookmarks, notes."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from typing import Any
from xml.parsers.expat import ExpatError

from indexer.formats import plain
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed
from searcher.records import Document

_BINARY = b"bplist"
_DEEPEST = 50


def read(source: Source) -> Document:
    if not source.data.startswith(_BINARY):
        return plain.read(source)
    writer = Writer(source)
    writer.write("".join(f"{line}\n" for line in _lines(values(source.data))))
    return writer.document("xml")


def values(data: bytes) -> Any:
    """What a property list of either sort holds. Raises ExtractionFailed."""
    try:
        return plistlib.loads(data)
    except (
        ValueError,
        TypeError,
        LookupError,
        OverflowError,
        ExpatError,
        plistlib.InvalidFileException,
    ) as error:
        raise ExtractionFailed(f"damaged: it is no property list ({error})") from error


def _lines(value: Any, name: str = "", depth: int = 0) -> Iterator[str]:
    """`Name: Ada` for what has a name."""
    if isinstance(value, dict | list) and depth < _DEEPEST:
        if name:
            yield name
        for key, inner in value.items() if isinstance(value, dict) else (("", inner) for inner in value):
            yield from _lines(inner, str(key), depth + 1)
    elif not isinstance(value, bytes | plistlib.UID | dict | list):
        yield f"{name}: {value}" if name else str(value)
