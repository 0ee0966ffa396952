"""EPUB: the chapters of the reading order, each with its number and its title in the table of contents."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.decoding import decode
from indexer.formats.html import Page, declared_in
from indexer.formats.packed import member, open_zip
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document


class _Archive:
    """The book's files by name, in any case: some programs write names in two ways."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in reversed(archive.namelist())}

    def get(self, name: str) -> bytes | None:
        real = self._names.get(name.lower())
        return member(self._archive, real) if real else None

    def needed(self, name: str) -> Any:
        """The root element of a file without which there is no book."""
        data = self.get(name)
        if data is None:
            raise ExtractionFailed(f"damaged: it has no {name}")
        root, damage = xml.mended(data, name)
        if root is None:
            raise ExtractionFailed(damage or f"damaged: {name} is empty")
        return root


def read(source: Source) -> Document:
    with open_zip(source) as opened:
        archive = _Archive(opened)
        package_name = _package_name(archive)
        package = archive.needed(package_name)
        base = posixpath.dirname(package_name)
        encrypted = archive.get("META-INF/encryption.xml") or b""
        items = {item.get("id"): item for item in xml.named(package, "item")}
        titles = _titles(archive, items.values(), base)
        writer = Writer(source)
        number = 0
        for reference in xml.named(package, "itemref"):
            item = items.get(reference.get("idref"))
            if item is None:
                continue
            name = _resolve(base, item.get("href") or "")
            if name.encode() in encrypted:
                raise ExtractionFailed("encrypted (protected against copying)")
            number += 1
            if not _write_chapter(writer, archive, name, number, titles.get(name)):
                break
        fields = {xml.local(e): e.text for e in reversed(list(xml.named(package, "title", "date"))) if e.text}
        return writer.document("epub", title=fields.get("title"), date=iso_date(fields.get("date")))


def _write_chapter(writer: Writer, archive: _Archive, name: str, number: int, title: str | None) -> bool:
    try:
        data = archive.get(name)
        text = decode(data, declared=declared_in(data)) if data else ""
    except UnreadableKind:  # a picture as a chapter
        return True
    except ExtractionFailed as error:
        writer.notes.append(f"chapter {number}: {error}")
        return True
    if not text:
        return True
    page = Page(text, framed=False)
    return page.write(writer, heading=(title,) if title else (), anchor=f"chapter {number}")


def _package_name(archive: _Archive) -> str:
    container = archive.needed("META-INF/container.xml")
    for element in xml.named(container, "rootfile"):
        if element.get("full-path"):
            return str(element.get("full-path"))
    raise ExtractionFailed("damaged: its container names no package")


def _resolve(base: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(base, unquote(href.partition("#")[0])))


def _titles(archive: _Archive, items: Any, base: str) -> dict[str, str]:
    """Chapter titles by file, from the navigation document or the older ncx; a file's first entry wins."""
    titles: dict[str, str] = {}
    for item in items:
        href = item.get("href") or ""
        is_navigation = "nav" in (item.get("properties") or "").split()
        if not is_navigation and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        name = _resolve(base, href)
        try:
            data = archive.get(name)
            root = xml.mended(data, name)[0] if data else None
        except ExtractionFailed:
            continue
        if root is not None:
            entries = _links(root) if is_navigation else _points(root)
            for target, title in entries:
                if target and title:
                    titles.setdefault(_resolve(posixpath.dirname(name), target), title)
    return titles


def _links(root: Any) -> list[tuple[str | None, str | None]]:
    return [(a.get("href"), one_line("".join(a.itertext()))) for a in xml.named(root, "a")]


def _points(root: Any) -> list[tuple[str | None, str | None]]:
    points: list[tuple[str | None, str | None]] = []
    for point in xml.named(root, "navPoint"):
        label = next((e.text for e in xml.named(point, "text")), None)
        target = next((e.get("src") for e in xml.named(point, "content")), None)
        points.append((target, one_line(label)))
    return points
