"""What the OpenDocument formats share: the package or the flat file, its encryption, title and date."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from indexer.formats import xml
from indexer.formats.office.package import own_date
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed

TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_FORM = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}"
XLINK = "{http://www.w3.org/1999/xlink}"
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_ENCRYPTION = b"encryption-data"
_SPACES, _NOTE, _SPAN = TEXT + "s", TEXT + "note", TEXT + "span"
_WHITE = {TEXT + "tab": "\t", TEXT + "line-break": "\n"}
_UNREAD = {
    TEXT + "tracked-changes", OFFICE + "annotation", OFFICE + "annotation-end", TEXT + "bookmark-start",
    TEXT + "ruby-text", TEXT + "page-number", DRAW + "frame", DRAW + "custom-shape",
    DRAW + "g", DRAW + "rect", DRAW + "ellipse",
    DRAW + "line", DRAW + "connector", DRAW + "caption", DRAW + "polygon", DRAW + "path",
}  # fmt: skip
SHAPES = tuple(tag for tag in _UNREAD if tag.startswith(DRAW))
SHOWN = (DRAW + "object", SVG + "desc", SVG + "title")


@dataclass(slots=True)
class OpenDocument:
    body: bytes  # content.xml, or the whole of a flat file
    title: str | None = None
    date: str | None = None
    objects: dict[str, bytes] = field(default_factory=dict)  # charts and formulas by name
    styles: bytes | None = None


def package(source: Source, *, styles: bool = False) -> OpenDocument:
    """Styles only where asked for. Raises ExtractionFailed for an encrypted or incomplete package."""
    if not source.data.startswith(b"PK"):
        document = OpenDocument(source.data, styles=source.data)
        _describe(document, source.data)
        return document
    with open_zip(source) as archive:
        if _ENCRYPTION in (member(archive, "META-INF/manifest.xml") or b""):
            raise ExtractionFailed("encrypted with a password")
        body = member(archive, "content.xml")
        if body is None:
            raise ExtractionFailed("damaged: it has no content.xml")
        document = OpenDocument(body)
        for name in archive.namelist():
            if name.endswith("/content.xml"):
                document.objects[posixpath.dirname(name)] = member(archive, name) or b""
        document.styles = member(archive, "styles.xml") if styles else None
        with suppress(ExtractionFailed):  # the text is there without it
            _describe(document, member(archive, "meta.xml"))
    return document


def _describe(document: OpenDocument, meta: bytes | None) -> None:
    fields: dict[str, str] = {}
    root = xml.mended(meta, "meta.xml")[0] if meta else None
    for element in next((e for e in xml.named(root, "meta") if len(e)), ()):
        if element.text:
            fields.setdefault(xml.local(element), element.text)
    document.title = fields.get("title")
    document.date = own_date(fields.get("creation-date"), fields.get("date"))


def text_of(element: Any) -> str:
    """The text of a paragraph: runs of spaces, tabs and line breaks are elements of their own. What is drawn
    on it is left out: `drawn` gives that."""
    if not len(element):
        return element.text or ""
    parts: list[str] = []
    _collect(element, parts)
    return "".join(parts)


def _collect(element: Any, parts: list[str]) -> None:
    if text := element.text:
        parts.append(text)
    for child in element:
        tag = child.tag
        if tag == _SPAN:
            if len(child):
                _collect(child, parts)
            elif text := child.text:
                parts.append(text)
        elif tag == _SPACES:
            parts.append(" " * min(int(xml.attribute(child, "c") or 1), 100))
        elif tag in _WHITE:
            parts.append(_WHITE[tag])
        elif tag == _NOTE:
            parts.append(" [" + " ".join(text_of(p) for p in child.iter(TEXT + "p")) + "] ")
        elif tag not in _UNREAD and isinstance(tag, str):
            _collect(child, parts)
        if tail := child.tail:
            parts.append(tail)


def drawn(element: Any) -> Iterator[Any]:
    """The outermost shapes and frames that hang on a paragraph."""
    for child in element:
        if child.tag in SHAPES:
            yield child
        elif isinstance(child.tag, str) and child.tag not in _UNREAD:
            yield from drawn(child)


def comments(element: Any) -> Iterator[str]:
    """`Ada: check this` for every comment inside."""
    for annotation in element.iter(OFFICE + "annotation"):
        author = next((e.text for e in annotation if xml.local(e) == "creator" and e.text), None)
        text = " ".join(text_of(p) for p in annotation.iter(TEXT + "p")).strip()
        if text:
            yield f"{author}: {text}" if author else text


def filled_in(element: Any) -> Iterator[str]:
    """What is written and chosen in a form's fields: `Boat: Albatros`."""
    for form in element.iter(OFFICE + "forms"):
        for entry in form.iter(f"{_FORM}*"):
            name = entry.get(_FORM + "label") or entry.get(_FORM + "name") or ""
            value = entry.get(_FORM + "current-value") or ""
            if entry.get(_FORM + "current-state") == "checked" and name:
                yield f"[x] {name}"
            elif (entry.get(_FORM + "current-selected") or entry.get(_FORM + "selected")) == "true" and name:
                yield name
            elif value.strip():
                yield f"{name}: {value}" if name else value


def object_lines(document: OpenDocument, frame: Any) -> list[str]:
    """The lines of a chart or formula that a frame shows, and what its author says a picture shows."""
    lines: list[str] = []
    for element in frame.iter(*SHOWN):
        if xml.local(element) == "object":
            inner = document.objects.get((element.get(XLINK + "href") or "").removeprefix("./").strip("/"))
            root = xml.mended(inner, "an object")[0] if inner else element
            lines.extend(_of_object(root) if root is not None else ())
        elif element.text and " " in element.text.strip():
            lines.append(" ".join(element.text.split()))
    return list(dict.fromkeys(lines))


def _of_object(root: Any) -> Iterator[str]:
    formula = next(root.iter(_MATH + "math"), None)
    if formula is not None:
        note = next(formula.iter(_MATH + "annotation"), None)
        text = note.text if note is not None and note.text else "".join(formula.itertext())
        yield " ".join(text.split())
        return
    for row in root.iter(TABLE + "table-row"):
        cells = [" ".join(text_of(p) for p in cell.iter(TEXT + "p")) for cell in row]
        if any(cells):
            yield " | ".join(cells).strip(" |")
    for paragraph in root.iter(TEXT + "p"):
        in_table = next(paragraph.iterancestors(TABLE + "table-row"), None) is not None
        if not in_table and (text := text_of(paragraph).strip()):
            yield text
