"""Hostile files for a library: bombs, depths, lengths and names. Bounded: some 100 MB unpacked each."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

_MEGABYTE = 1 << 20


def write(folder: Path) -> int:
    """How many files."""
    for name, content in _files():
        (folder / name).write_bytes(content)
    count = len(list(_files()))
    for name in ("new\nline.md", "\u202eright-to-left.md", "e\u0301.md", " .md", "x" * 200 + ".md"):
        if os.name == "posix":
            (folder / name).write_text("Nothing but a name.\n")
            count += 1
    return count


def _files() -> Iterator[tuple[str, bytes]]:
    yield "bomb.docx", _packed("word/document.xml", b"<w:p/>" * (100 * _MEGABYTE // 6))
    yield "bomb.xlsx", _packed("xl/worksheets/sheet1.xml", b"<c><v>1</v></c>" * (100 * _MEGABYTE // 15))
    yield "bomb.epub", _packed("chapter.xhtml", b" " * 200 * _MEGABYTE)
    yield "page.pdf", _page(20.0, 7000.0)
    yield "wide.pdf", _page(1e9, 1e9)
    yield "deep.json", b"[" * 500_000
    yield "deep.html", b"<div>" * 30_000 + b"deep"
    yield "deep.xml", b"<a>" * 30_000
    yield "line.txt", b"word " * 20_000
    yield "noise.md", os.urandom(4 * _MEGABYTE)
    yield "letters.txt", b"a" * 8 * _MEGABYTE
    yield "zeros.txt", bytes(8 * _MEGABYTE)
    yield "cells.csv", b"a,b,c\n" + b"1,2,3\n" * _MEGABYTE
    yield "entities.xml", b'<!DOCTYPE a [<!ENTITY b "' + b"b" * 1000 + b'">]><a>' + b"&b;" * 100_000 + b"</a>"


def _packed(name: str, content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def _page(width: float, height: float) -> bytes:
    """A PDF of one empty page, in points."""
    page: Callable[[str], str] = lambda size: f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size}]>>"  # noqa: E731
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page(f"{width} {height}"),
    )
    body = "".join(f"{n} 0 obj{part}endobj\n" for n, part in enumerate(parts, 1))
    return f"%PDF-1.4\n{body}trailer<</Root 1 0 R>>\n".encode()
