"""Translations (gettext): each text beside its translation, under the place in the program that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from indexer.formats.decoding import decode
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.records import Document

_CHARSET = re.compile(rb"Content-Type:[^\n]{0,80}charset=([\w.:-]+)", re.I)
_KEYWORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[\d+\])?)[ \t]*(?=")')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_FIELD = re.compile(r"^(Project-Id-Version|PO-Revision-Date|Language): *(\S[^\n]*)", re.M)


@dataclass(slots=True)
class _Entry:
    line: int  # 1-based
    places: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)  # strings by keyword


def read(source: Source) -> Document:
    match = _CHARSET.search(source.data[:20_000])
    text = decode(source.data, declared=match[1].decode("ascii") if match else None)
    writer = Writer(source)
    fields: dict[str, str] = {}
    for entry in _entries(text):
        said = {name: "".join(parts) for name, parts in entry.said.items()}
        if said.get("msgid") == "":
            fields = dict(_FIELD.findall(said.get("msgstr", "")))
            continue
        heading = entry.places[0] if entry.places else ""
        context = one_line(said.pop("msgctxt", ""))
        writer.mark(heading=tuple(filter(None, (heading, context))), anchor=f"line {entry.line}")
        if not writer.write(
            "\n".join(dict.fromkeys(filter(None, (*entry.remarks, *said.values())))) + "\n\n"
        ):
            break
    document = writer.document(
        "po", title=_title(fields.get("Project-Id-Version")), empty="no translation in it"
    )
    return replace(document, mass=True)


def _title(project: str | None) -> str | None:
    return None if not project or project.startswith("PACKAGE") else one_line(project)


def _entries(text: str) -> Iterator[_Entry]:
    """Also those that are no longer in use, whose lines begin with `#~`."""
    entry, keyword = _Entry(1), ""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().removeprefix("#~").strip()
        begins = line.startswith("#") or line.startswith(("msgctxt", "msgid "))
        if entry.said and keyword.startswith("msgstr") and (begins or not line):
            yield entry
            entry, keyword = _Entry(number), ""
        if not (entry.said or entry.places or entry.remarks):
            entry.line = number
        if line.startswith("#:"):
            entry.places += [place.rpartition(":")[0] or place for place in line[2:].split()]
        elif line.startswith(("#.", "# ")):
            entry.remarks.append(line[2:].strip())
        elif match := _KEYWORD.match(line):
            keyword = match[1]
            entry.said[keyword] = [_string(line[match.end() :])]
        elif line.startswith('"') and keyword:
            entry.said[keyword].append(_string(line))
    if entry.said:
        yield entry


def _string(quoted: str) -> str:
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[1]), quoted.strip()[1:].removesuffix('"'))
