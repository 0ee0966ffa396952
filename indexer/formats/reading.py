"""From a path to a document: open it safely, decide what it is, let that format's module read it."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from indexer.formats import kinds, refused, xml
from indexer.formats.mass import is_mass
from indexer.formats.media import excerpt
from indexer.formats.noise import without_noise
from indexer.formats.pictured import with_pictures
from indexer.formats.recognised import Line
from indexer.formats.registry import BY_KIND, OLE
from indexer.formats.source import MEGABYTE, Budget, Limits, Source
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document
from searcher.system import READ_ANYTHING

_ATTEMPTS = 3  # reads of a file that changes meanwhile


def extract(path: Path, *, limits: Limits | None = None) -> Document:
    """The text of a file and its addresses. Raises ExtractionFailed with the reason, never anything else
    but MemoryError; UnreadableKind where the file holds no text at all."""
    limits = limits or Limits()
    return extract_bytes(path.name, bytes_of(path, limits), limits)


def extract_bytes(
    name: str, data: bytes, limits: Limits, recognised: Mapping[int, tuple[Line, ...]] | None = None
) -> Document:
    """Like `extract`, of a file's name, what it holds, and the lines of its pages that are pictures."""
    return _read(Source(name, data, limits, 0, Budget.of(limits), recognised or {}))


def read_member(source: Source, name: str, data: bytes) -> Document:
    """Like `extract`, for a file inside `source`."""
    return _read(source.member(name, data))


def _read(source: Source) -> Document:
    data = source.data
    if not data:
        raise ExtractionFailed("the file is empty")
    kind = kinds.by_name(source.name)
    if kind is None or kinds.contradicts(kind, data[: kinds.HEAD]):
        kind = _by_content(source, named=kind)
    try:
        document = _by_format(source, kind)
    except (ExtractionFailed, MemoryError):
        raise
    except RecursionError:
        raise ExtractionFailed(f"the {kind} file is nested too deeply to be read") from None
    except Exception as error:  # a parser may raise anything on damaged input
        if type(error).__name__ == "XMLSyntaxError":
            raise ExtractionFailed(xml.why(error, f"the {kind} file")) from error
        raise ExtractionFailed(f"the {kind} file is damaged: {_brief(error)}") from error
    document = without_noise(document)
    mass = document.mass or is_mass(document, kind, source.name)
    if (document.kind, document.mass) == (kind, mass):
        return document
    return replace(document, kind=kind, mass=mass)


def _by_format(source: Source, kind: str) -> Document:
    """By the kind's module; of a file of its own also what was recognised in the pictures inside it."""
    if source.depth:
        return BY_KIND[kind].read(source)
    try:
        document = BY_KIND[kind].read(source)
    except UnreadableKind:
        raise
    except ExtractionFailed as error:
        return with_pictures(source, kind, error)
    return with_pictures(source, kind, document)


def _by_content(source: Source, *, named: str | None) -> str:
    if source.data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in source.data:
        raise ExtractionFailed("encrypted with a password")
    kind = kinds.by_content(source.data)
    if kind in (None, "zip") and (reason := refused.why(source.name)) is not None:
        raise UnreadableKind(reason)
    if kind is None and source.data.startswith(OLE):
        raise UnreadableKind("an old program's format that is not read, or too damaged to tell which one")
    if kind is None:
        if named:
            raise ExtractionFailed(f"damaged: it does not begin as a {named} file does")
        raise UnreadableKind("binary data, not text")
    return kind


def _brief(error: Exception) -> str:
    words = " ".join(str(error).split())
    return (words[:160] or type(error).__name__).rstrip(".")


def bytes_of(path: Path, limits: Limits) -> bytes:
    """What a file holds. Raises ExtractionFailed."""
    try:
        with _open(path) as file:
            return contents(file, limits, path.name)
    except OSError as error:
        raise ExtractionFailed(f"cannot be read: {error.strerror or error}") from error


def contents(file: BinaryIO | FileIO, limits: Limits, name: str) -> bytes:
    """All bytes of an open file, or the excerpt of a picture, a recording or a film, read while it stood
    still. Raises ExtractionFailed, OSError."""
    in_part = excerpt.applies(name)
    for _ in range(_ATTEMPTS):
        before = os.fstat(file.fileno())
        if before.st_size > limits.file_bytes and not in_part:
            raise ExtractionFailed(f"larger than {limits.file_bytes / MEGABYTE:g} MB (max_file_mb)")
        file.seek(0)
        data = excerpt.take(file, before.st_size) if in_part else file.read(before.st_size + 1)
        after = os.fstat(file.fileno())
        if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
            return data
    raise ExtractionFailed("it kept changing while it was read")


def _open(path: Path) -> FileIO:
    """Opened for reading, if it is a regular file: opening a pipe or a device may wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnreadableKind("not a regular file (a pipe, socket, device or folder)")
    handle = os.open(path, READ_ANYTHING)
    return FileIO(handle)
