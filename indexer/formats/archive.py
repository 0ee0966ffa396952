"""Archives, when the setting `archives` asks for their members: zip, 7z, tar, and files packed alone."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from indexer.formats import reading, refused, sevenzip
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_NOTES = 20
_PACKED: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
_DAMAGED = (tarfile.TarError, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


def read(source: Source) -> Document:
    return _read(source, "zip", _of_zip(source))


def read_7z(source: Source) -> Document:
    return _read(source, "7z", _shown(sevenzip.members(source)))


def read_tar(source: Source) -> Document:
    return _read(source, "tar", _of_tar(source))


def read_packed(source: Source) -> Document:
    """One file, packed: `notes.txt.gz`, or an archive such as `letters.tar.gz`."""
    _asked(source, "packed file")
    opener = next(o for magic, o in _PACKED.items() if source.data.startswith(magic))
    limit = min(source.limits.file_bytes, source.budget.left)
    try:
        with opener(io.BytesIO(source.data)) as file:
            data = file.read(limit + 1)
    except _DAMAGED as error:
        raise ExtractionFailed(f"damaged or cut off: {error}") from error
    if len(data) > limit:
        raise ExtractionFailed("it unpacks to more data than is read from one file (a zip bomb?)")
    stem, _, ending = source.name.rpartition(".")
    name = f"{stem}.tar" if ending.lower() in ("tgz", "tbz", "tbz2", "txz") else stem or source.name
    inside = reading.read_member(source, name, data)
    writer = Writer(source)
    writer.insert(inside, anchor=name)
    document = writer.document("gz", title=inside.title, date=inside.date)
    return replace(document, mass=inside.mass)


def _asked(source: Source, what: str) -> None:
    if not source.limits.archives:
        raise UnreadableKind(f"a {what}; set archives = true to read its members")


def _read(source: Source, kind: str, members: Iterator[tuple[str, bytes | ExtractionFailed]]) -> Document:
    _asked(source, f"{kind} archive")
    writer = Writer(source)
    failed = 0
    mass = True
    for name, data in members:
        try:
            if isinstance(data, ExtractionFailed):
                raise data
            document = reading.read_member(source, posixpath.basename(name), data)
        except ExtractionFailed as error:
            if isinstance(error, UnreadableKind) and not refused.is_worth_telling(name, error):
                continue
            failed += 1
            if failed <= _NOTES:
                writer.notes.append(f"{name}: {error}")
            continue
        mass = mass and document.mass
        if not writer.insert(document, anchor=name):
            break
    reason = f"; {writer.notes[0].rpartition('; ')[2]}" if writer.notes else ""  # the innermost one
    document = writer.document(kind, empty=f"none of its members has text in it{reason}")
    return replace(document, mass=mass)


def _of_zip(source: Source) -> Iterator[tuple[str, bytes | ExtractionFailed]]:
    with open_zip(source, spend=False) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or _is_hidden(entry.filename):
                continue
            if entry.file_size > source.limits.file_bytes:
                yield entry.filename, ExtractionFailed("too large")
                continue
            try:
                yield entry.filename, member(archive, entry.filename) or b""
            except ExtractionFailed as error:
                yield entry.filename, error


def _shown(
    members: Iterator[tuple[str, bytes | ExtractionFailed]],
) -> Iterator[tuple[str, bytes | ExtractionFailed]]:
    return ((name, data) for name, data in members if not _is_hidden(name))


def _of_tar(source: Source) -> Iterator[tuple[str, bytes | ExtractionFailed]]:
    try:
        with tarfile.open(fileobj=io.BytesIO(source.data), mode="r:") as archive:
            for number, entry in enumerate(archive):
                if number >= source.limits.members:
                    raise ExtractionFailed(f"it has more than {source.limits.members:,} members")
                if not entry.isreg() or _is_hidden(entry.name):
                    continue
                file = archive.extractfile(entry)
                if entry.size > source.limits.file_bytes or file is None:
                    yield entry.name, ExtractionFailed("too large")
                else:
                    yield entry.name, file.read()
    except _DAMAGED as error:
        raise ExtractionFailed(f"damaged or cut off: {error}") from error


def _is_hidden(name: str) -> bool:
    return any(
        part.startswith(("__MACOSX",)) or (part.startswith(".") and part != ".") for part in name.split("/")
    )
