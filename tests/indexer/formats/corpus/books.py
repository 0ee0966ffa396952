"""EPUB by EbookLib and by hand, RTF by hand as word processors write it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from corpus.case import Case

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
    "<metadata><dc:title>Old book</dc:title><dc:date>1999-05-06</dc:date></metadata><manifest>"
    '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    '<item id="a" href="text/one%20chapter.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine toc="n"><itemref idref="a"/></spine></package>'
)
NCX = (
    '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint>'
    "<navLabel><text>The storm</text></navLabel>"
    '<content src="text/one%20chapter.xhtml#p1"/></navPoint></navMap></ncx>'
)
RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}}{\info{\title Brief an Frau M\'fcller}"
    r"{\creatim\yr2026\mo2\dy7}}\f0\fs24 Sehr geehrte Frau M\'fcller,\par der Z\u228?hler wurde "
    r"{\b abgelesen}.\par {\pict\pngblip " + "89504e47" * 500 + r"}\par Mit freundlichen Gr\'fc\'dfen\par}"
)


def _zip(members: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, zipfile.ZIP_STORED if name == "mimetype" else None)
    return out.getvalue()


def novel() -> bytes:
    from ebooklib import epub

    book = epub.EpubBook()
    book.set_title("The Lighthouse")
    book.set_language("en")
    book.add_metadata("DC", "date", "2024-09-01")
    chapters = []
    for number, (title, body) in enumerate(
        [("Arrival", "The boat came at dusk."), ("The lamp", "It needs oil.")], 1
    ):
        chapter = epub.EpubHtml(title=title, file_name=f"chapter{number}.xhtml")
        chapter.set_content(f"<html><body><h2>Part {number}</h2><p>{body}</p></body></html>")
        book.add_item(chapter)
        chapters.append(chapter)
    book.toc = chapters
    book.add_item(epub.EpubNcx())
    book.add_item(epub.EpubNav())
    book.spine = chapters
    out = io.BytesIO()
    epub.write_epub(out, book)
    return out.getvalue()


def cases() -> Iterator[Case]:
    yield Case(
        "lighthouse.epub",
        novel(),
        "epub",
        title="The Lighthouse",
        date="2024-09-01",
        at={
            "The boat": {"anchor": "chapter 1", "heading": ("Arrival", "Part 1")},
            "needs oil": {"anchor": "chapter 2", "heading": ("The lamp", "Part 2")},
        },
    )
    old = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": PACKAGE,
        "OPS/toc.ncx": NCX,
        "OPS/text/one chapter.xhtml": "<html><body><p>Waves.</p></body></html>",
    }
    yield Case(
        "old.epub",
        _zip(old),
        "epub",
        title="Old book",
        date="1999-05-06",
        at={"Waves": {"anchor": "chapter 1", "heading": ("The storm",)}},
    )
    yield Case("book-without-ending", _zip(old), "epub", ("Waves.",), title="Old book", date="1999-05-06")
    protected = dict(old)
    protected["META-INF/encryption.xml"] = '<e><CipherReference URI="OPS/text/one chapter.xhtml"/></e>'
    yield Case("protected.epub", _zip(protected), fails="protected against copying")
    yield Case(
        "brief.rtf",
        RTF.encode("ascii"),
        "rtf",
        ("Sehr geehrte Frau Müller,", "der Zähler wurde abgelesen.", "Grüßen"),
        lacks=("Arial", "89504e47"),
        title="Brief an Frau Müller",
        date="2026-02-07",
    )
    yield Case(
        "letter.doc",
        RTF.encode("ascii"),
        "rtf",
        ("abgelesen",),
        title="Brief an Frau Müller",
        date="2026-02-07",
    )
