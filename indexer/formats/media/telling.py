"""The short passage that stands for a picture, a recording or a film."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from indexer.formats import recognised
from indexer.formats.recognised import Line
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_LONGEST = 2_000  # characters of one line: a description, a comment


def document(
    source: Source,
    kind: str,
    *,
    title: str | None,
    lines: Iterable[str | None],
    date: str | None = None,
    tags: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    read: Iterable[Line] = (),
) -> Document:
    """Its title, or its name in words, then what is known of it, a line each, then what was read in it.
    Without such text it is mass data: all words of a library of photos, and one vector a file."""
    writer = Writer(source, notes=list(notes))
    named = one_line(title) or named_by(source.name)
    said = [told for line in lines if (told := one_line(line, limit=_LONGEST))]
    writer.write("\n".join(dict.fromkeys((named, *said))) + "\n")
    if stretches := recognised.stretches(read):
        for stretch in stretches:
            writer.mark(anchor=stretch.region)
            writer.write(f"\n{stretch.text}\n")
        return writer.document(kind, title=one_line(title), date=date, tags=tags)
    made = writer.document(kind, title=one_line(title), date=date, tags=tags)
    return replace(made, mass=True, language="")


def named_by(name: str) -> str:
    """`Oma Geburtstag` for `Oma_Geburtstag.jpg`."""
    return " ".join(re.sub(r"[_+]+|(?<=\w)\.(?=\w)", " ", PurePath(name).stem).split()) or name


def ending(name: str) -> str:
    return PurePath(name).suffix.removeprefix(".").upper()
