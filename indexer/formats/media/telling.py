"""The short passage that stands for a picture, a recording or a film."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

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
    text: str = "",
) -> Document:
    """Its title, or its name in words, then what is known of it, a line each, then the text in it. Without
    such text it is mass data: a library of photos is found by all of its words and has one vector a file."""
    writer = Writer(source, notes=list(notes))
    named = one_line(title) or named_by(source.name)
    said = [told for line in lines if (told := one_line(line, limit=_LONGEST))]
    writer.write("\n".join(dict.fromkeys((named, *said))) + "\n")
    if text.strip():
        writer.write("\n" + text.strip() + "\n")
        return writer.document(kind, title=one_line(title), date=date, tags=tags)
    made = writer.document(kind, title=one_line(title), date=date, tags=tags)
    return replace(made, mass=True, language="")


def named_by(name: str) -> str:
    """`Oma Geburtstag` for `Oma_Geburtstag.jpg`."""
    return " ".join(re.sub(r"[_+]+|(?<=\w)\.(?=\w)", " ", PurePath(name).stem).split()) or name


def ending(name: str) -> str:
    return PurePath(name).suffix.removeprefix(".").upper()
