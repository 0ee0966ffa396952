"""Zip archives, when the setting `archives` asks for their members."""

from __future__ import annotations

import posixpath

from indexer.formats import reading
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from indexer.formats.writing import Writer
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_NOTES = 20


def read(source: Source) -> Document:
    if not source.limits.archives:
        raise UnreadableKind("a zip archive; set archives = true to read its members")
    writer = Writer(source)
    failed = 0
    with open_zip(source, spend=False) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or _is_hidden(entry.filename):
                continue
            try:
                if entry.file_size > source.limits.file_bytes:
                    raise ExtractionFailed("too large")
                data = member(archive, entry.filename) or b""
                document = reading.read_member(source, posixpath.basename(entry.filename), data)
            except UnreadableKind:
                continue
            except ExtractionFailed as error:
                failed += 1
                if failed <= _NOTES:
                    writer.notes.append(f"{entry.filename}: {error}")
                continue
            if not writer.insert(document, anchor=entry.filename):
                break
    reason = f"; {writer.notes[0].rpartition('; ')[2]}" if writer.notes else ""  # the innermost one
    return writer.document("zip", empty=f"none of its members has text in it{reason}")


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/"))
