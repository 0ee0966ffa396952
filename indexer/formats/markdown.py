"""Markdown: headings become addresses, front matter becomes title, tags and date."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.formats.plain import decode
from searcher.records import Document, Mark

_FRONT = re.compile(r"\A---\r?\n(.*?)\r?\n---\r?\n", re.DOTALL)
_LINE = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*\r?$|^(```|~~~)", re.MULTILINE)
_FIELD = re.compile(r"^(\w+):[ \t]*(.+?)[ \t]*\r?$", re.MULTILINE)


def read(path: Path) -> Document:
    text = decode(path.read_bytes())
    front = _FRONT.match(text)
    fields = {k.lower(): v.strip("'\"") for k, v in _FIELD.findall(front[1])} if front else {}
    marks: list[Mark] = []
    outline: list[tuple[int, str]] = []
    fenced = False
    for line in _LINE.finditer(text, front.end() if front else 0):
        if line[3]:
            fenced = not fenced
        elif not fenced:
            depth = len(line[1])
            outline = [(d, h) for d, h in outline if d < depth] + [(depth, line[2])]
            marks.append(Mark(line.start(), heading=tuple(h for _, h in outline)))
    title = fields.get("title") or (marks[0].heading[0] if marks else path.name)
    tags = tuple(tag.strip(" []'\"") for tag in fields.get("tags", "").split(",") if tag.strip(" []"))
    return Document(text, kind="md", title=title, marks=tuple(marks), date=fields.get("date"), tags=tags)
