"""An Office file's parts and relations, as forgiving as the programs that open such files."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed

_SWAPPED = tuple(
    (f"http://purl.oclc.org/ooxml/{strict}".encode(), f"http://schemas.openxmlformats.org/{usual}".encode())
    for strict, usual in (
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/math", "officeDocument/2006/math"),
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("presentationml/main", "presentationml/2006/main"),
        ("spreadsheetml/main", "spreadsheetml/2006/main"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/chart", "drawingml/2006/chart"),
        ("drawingml/diagram", "drawingml/2006/diagram"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("drawingml/spreadsheetDrawing", "drawingml/2006/spreadsheetDrawing"),
    )
)  # Strict Open XML has the same elements under other names
_TEMPLATES = ("2013-12-23", "2013-01-27", "2006-09-16")  # of python-docx, python-pptx, Excel: nobody's date
_REUSED_YEARS = 1  # a document changed so long after it was made is a new one written over an old one


@dataclass(frozen=True, slots=True)
class Relation:
    id: str
    kind: str  # last part of its type: "header", "chart", "comments"
    target: str  # the part's name; an address for one that leads outside


class Package:
    """The parts of a file by name, in any case. Use it as a context."""

    def __init__(self, source: Source) -> None:
        self._archive: zipfile.ZipFile = open_zip(source)
        names = self._archive.namelist()
        self._names = {name.replace("\\", "/").lstrip("/").lower(): name for name in reversed(names)}
        self._relations: dict[str, list[Relation]] = {}
        self.notes: list[str] = []

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def names(self, start: str) -> list[str]:
        """Names of the parts in a folder, in order of their numbers."""
        names = (name for name in self._names if name.startswith(start))
        return sorted(names, key=lambda name: (len(name), name))

    def data(self, name: str) -> bytes | None:
        """A part's bytes, with the usual namespaces; None for one that is missing or cannot be unpacked."""
        real = self._names.get(name.lstrip("/").lower())
        if real is None:
            return None
        try:
            data = member(self._archive, real) or b""
        except ExtractionFailed as error:
            self.notes.append(str(error))
            return None
        if b"purl.oclc.org/ooxml" in data:
            for strict, usual in _SWAPPED:
                data = data.replace(strict, usual)
        return data

    def root(self, name: str) -> Any:
        """A part's root element; None for one that is missing or beyond repair. Raises for entities."""
        data = self.data(name)
        if not data:
            return None
        root, damage = xml.mended(data, name)
        if damage:
            self.notes.append(damage)
        return root

    def relations(self, name: str) -> list[Relation]:
        """Where a part leads, in order. What leads nowhere is left out."""
        if name not in self._relations:
            self._relations[name] = self._read_relations(name)
        return self._relations[name]

    def _read_relations(self, name: str) -> list[Relation]:
        folder, file = posixpath.split(name.lstrip("/"))
        root = self.root(posixpath.join(folder, "_rels", f"{file}.rels"))
        relations = []
        for element in xml.named(root, "Relationship"):
            target = element.get("Target")
            if not target or target == "NULL" or target.startswith("#"):
                continue
            if (element.get("TargetMode") or "").lower() != "external":
                path = unquote(target.partition("#")[0].replace("\\", "/"))
                target = posixpath.normpath(posixpath.join("/" + folder, path)).lstrip("/")
            kind = (element.get("Type") or "").rpartition("/")[2]
            relations.append(Relation(element.get("Id") or "", kind, target))
        return relations

    def main(self, usual: str) -> str:
        """The name of the part that is the document itself. Raises ExtractionFailed without one."""
        for relation in self.relations(""):
            if relation.kind == "officeDocument" and relation.target.lower() in self._names:
                return relation.target
        folder, _, file = usual.partition("/")
        start = f"{folder}/{file.removesuffix('.xml')}"
        for name in [usual, *self.names(start)]:
            if name in self._names and name.endswith(".xml"):
                return name
        raise ExtractionFailed(f"damaged: it has no {usual}")

    def properties(self) -> tuple[str | None, str | None]:
        """Title and date that the document gives itself."""
        names = [r.target for r in self.relations("") if r.kind == "core-properties"]
        root = next((r for r in map(self.root, [*names, "docProps/core.xml"]) if r is not None), None)
        fields = {xml.local(e): e.text for e in xml.named(root, "title", "created", "modified")}
        return fields.get("title"), own_date(fields.get("created"), fields.get("modified"))


def own_date(created: str | None, modified: str | None) -> str | None:
    """When the text was written: not the date of a template, nor of an old file it was written over."""
    made, changed = (iso_date(value) for value in (created, modified))
    made = None if made in _TEMPLATES else made
    changed = None if changed in _TEMPLATES else changed
    if made and changed and int(changed[:4]) - int(made[:4]) > _REUSED_YEARS:
        return changed
    return made or changed
