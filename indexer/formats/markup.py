"""What other programs keep in XML: drawings, maps, tracks, books, notes; their words alone."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.headings import Outline
from indexer.formats.html import Page
from indexer.formats.office.drawing import R
from indexer.formats.office.package import Package
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_SAID = re.compile(
    "name|desc|description|cmt|text|title|keywords|author|address|phoneNumber|snippet|type|value|SimpleData"
    "|foreignObject|flowPara",
    re.I,
)
_WITH_ALL_INSIDE = ("text", "foreignObject", "flowPara")
_NESTED = frozenset({"section", "cite", "epigraph", "poem", "stanza"})  # of a FictionBook
_NUMBERED = re.compile(r"\w+[- ]\d+")  # Page-1
_LARGEST = 20 << 20  # bytes that a packed drawing may have


def read(source: Source) -> Document:
    """Drawings, maps and tracks: svg, drawio, gpx, kml."""
    root, damage = xml.mended(source.data, "the file")
    if root is None:
        raise ExtractionFailed(damage or "damaged: it is not XML")
    kind = {"svg": "svg", "mxfile": "drawio", "mxGraphModel": "drawio", "gpx": "gpx", "kml": "kml"}.get(
        xml.local(root), "svg"
    )
    lines = dict.fromkeys(_drawio(root) if kind == "drawio" else _said(root))
    if not lines:
        raise UnreadableKind(f"a {kind} file without words")
    writer = Writer(source)
    writer.write("\n".join(lines) + "\n")
    title = next((e.text for e in root if xml.local(e) in ("title", "name") and e.text), None)
    return writer.document(kind, title=one_line(title))


def _said(root: Any) -> Iterator[str]:
    for element in root.iter():
        if _SAID.fullmatch(xml.local(element)):
            text = (
                "".join(element.itertext()) if xml.local(element) in _WITH_ALL_INSIDE else element.text or ""
            )
            if "<" in text:
                text = Page(text).words()
            if text := " ".join(text.split()):
                yield text


def _drawio(root: Any) -> Iterator[str]:
    for element in root.iter():
        if xml.local(element) == "diagram":
            if name := element.get("name"):
                yield name
            if element.text and element.text.strip():
                inner = xml.mended(_unpacked(element.text.strip()), "a diagram")[0]
                yield from _drawio(inner) if inner is not None else ()
        label = element.get("value") or element.get("label") if isinstance(element.tag, str) else None
        if label and (text := " ".join(Page(label).words().split())):
            yield text


def _unpacked(text: str) -> bytes:
    """draw.io packs a diagram: percent signs, deflate, base64."""
    try:
        raw = zlib.decompressobj(-15).decompress(base64.b64decode(text), _LARGEST)
        return unquote(raw.decode("latin-1")).encode()
    except (ValueError, zlib.error):
        return text.encode()


def read_fb2(source: Source) -> Document:
    """FictionBook: sections with their titles."""
    root, damage = xml.mended(source.data, "the book")
    if root is None:
        raise ExtractionFailed(damage or "damaged: it is not XML")
    fields: dict[str, str] = {}
    for element in xml.named(root, "book-title", "date"):
        if element.text:
            fields.setdefault(xml.local(element), element.text)
    writer, outline = Writer(source), Outline()
    paragraphs: list[str] = []
    about = next(xml.named(root, "title-info"), ())
    for element in about:
        name = xml.local(element)
        if name == "author":
            names = (e.text for e in element if xml.local(e).endswith("name") and e.text)
            paragraphs.append(" ".join(" ".join(names).split()) + "\n\n")
        elif name == "annotation":
            _section(writer, element, outline, 0, paragraphs)
    for body in (e for e in root if xml.local(e) == "body"):
        _section(writer, body, outline, 0, paragraphs)
    writer.write("".join(paragraphs))
    return writer.document("fb2", title=one_line(fields.get("book-title")), date=iso_date(fields.get("date")))


def _section(writer: Writer, section: Any, outline: Outline, depth: int, paragraphs: list[str]) -> None:
    """Collects its paragraphs, which are written together once a title follows them."""
    for child in section:
        tag = child.tag
        if writer.full or depth > 50:
            return
        if not isinstance(tag, str):
            continue
        name = tag.rpartition("}")[2]
        if name in _NESTED:
            _section(writer, child, outline, depth + (name == "section"), paragraphs)
            continue
        text = " ".join((xml.words(child) if len(child) else child.text or "").split())
        if name == "title" and text:
            writer.write("".join(paragraphs))
            paragraphs.clear()
            writer.mark(heading=outline.enter(max(depth, 1), one_line(text) or text))
        if text:
            paragraphs.append(text + "\n\n")


def read_enex(source: Source) -> Document:
    """Notes that Evernote exported: one mark a note."""
    root, damage = xml.mended(source.data, "the notes")
    if root is None:
        raise ExtractionFailed(damage or "damaged: it is not XML")
    writer = Writer(source)
    notes = list(xml.named(root, "note"))
    titles, dates, tags = [], [], []
    for number, note in enumerate(notes, 1):
        fields = {xml.local(e): e.text or "" for e in note}
        tags += [e.text for e in note if xml.local(e) == "tag" and e.text]
        title = one_line(fields.get("title"))
        titles.append(title)
        dates.append(iso_date(fields.get("created")))
        heading = (title,) if title else ()
        writer.mark(anchor=f"note {number}", heading=heading)
        writer.write((title or "") + "\n\n")
        if not Page(fields.get("content", ""), framed=False).write(
            writer, heading=heading, anchor=f"note {number}"
        ):
            break
    alone = len(notes) == 1
    return writer.document(
        "enex",
        title=titles[0] if alone else None,
        date=dates[0] if alone else None,
        tags=tuple(dict.fromkeys(tags)),
    )


def _pages(kind: str, folder: str, words: Callable[[Any], Iterator[str]]) -> Callable[[Source], Document]:
    def read_pages(source: Source) -> Document:
        writer = Writer(source)
        with Package(source) as package:
            names = [n for n in package.names("") if re.fullmatch(folder, n)]
            titles = _titles(package, names)
            for number, name in enumerate(names, 1):
                root = package.root(name)
                text = "\n".join(dict.fromkeys(words(root))) if root is not None else ""
                if text:
                    title = titles.get(name)
                    writer.mark(page=number, heading=(title,) if title else ())
                    if not writer.write((f"{title}\n\n" if title else "") + text + "\n\n"):
                        break
            title, date = package.properties()
        return writer.document(kind, title=one_line(title), date=date)

    return read_pages


def _titles(package: Package, parts: list[str]) -> dict[str, str]:
    """The names that a drawing's author gave its pages, by their parts."""
    index = f"{parts[0].rpartition('/')[0]}/pages.xml" if parts else ""
    targets = {relation.id: relation.target for relation in package.relations(index)} if index else {}
    titles: dict[str, str] = {}
    for page in xml.named(package.root(index), "Page") if targets else ():
        link = next(xml.named(page, "Rel"), None)
        name = one_line(page.get("Name"))
        if link is not None and name and not _NUMBERED.fullmatch(name):
            titles[targets.get(link.get(R + "id") or "", "").lower()] = name
    return titles


def _shapes(root: Any) -> Iterator[str]:
    """What stands in shapes, and the values of their properties."""
    for element in xml.named(root, "Text", "Cell"):
        if xml.local(element) == "Text":
            text = xml.words(element)
        else:
            section = element.getparent().getparent() if element.get("N") == "Value" else None
            is_property = section is not None and section.get("N") == "Property"
            text = (element.get("V") or "") if is_property else ""
        if text := " ".join(text.split()):
            yield text


def _glyphs(root: Any) -> Iterator[str]:
    for element in xml.named(root, "Glyphs"):
        text = element.get("UnicodeString")
        if text and text.strip():
            yield text.removeprefix("{}").strip()


read_vsdx = _pages("vsdx", r"visio/pages/page\d+\.xml", _shapes)
read_xps = _pages("xps", r".*\.fpage", _glyphs)
