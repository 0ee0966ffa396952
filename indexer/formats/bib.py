"""BibTeX: the file's own text, one passage an entry under its title."""

from __future__ import annotations

import re

from indexer.formats.accents import with_letters
from indexer.formats.plain import own_text
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.records import Document, Mark

_ENTRY = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*[{(][ \t]*([^\s,{}()=]{1,200})[ \t]*,", re.M)
_TITLE = re.compile(
    r"(?<![\w-])title\s*=\s*(?:\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\}){1,1000})\}|\"([^\"]{1,1000})\")", re.I
)
_MARKUP = re.compile(r"\\[a-zA-Z]+\*?[ \t]*|[{}]")
_LONGEST = 20_000  # characters of an entry in which its title is looked for


def read(source: Source) -> Document:
    text, notes = own_text(source)
    text = with_letters(text)
    entries = [match for match in _ENTRY.finditer(text) if match[1].lower() != "string"]
    ends = [*(entry.start() for entry in entries[1:]), len(text)]
    marks = []
    for entry, end in zip(entries, ends, strict=False):
        named = _TITLE.search(text, entry.end(), min(end, entry.end() + _LONGEST))
        title = one_line(_MARKUP.sub("", named[1] or named[2])) if named else None
        marks.append(Mark(entry.start(), heading=(title,) if title else (), anchor=entry[2]))
    return Document(text, "bib", marks=tuple(marks), notes=notes)
