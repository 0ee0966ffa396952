"""EPUB by EbookLib and by hand, Kindle books and RTF by hand as other programs write them."""

from __future__ import annotations

import io
import struct
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


def kindle(html: str, *, packing: int = 2, locked: int = 0) -> bytes:
    """A Palm database of a book in UTF-8; with 2 the words that come again are packed as PalmDOC does, each
    record with a trailing entry of three bytes and one for a letter that is cut."""
    text = html.encode()
    pieces = [text[at : at + 4096] for at in range(0, len(text), 4096)]
    title = b"Die Ebbe"
    exth = struct.pack(">4sIIII10s", b"EXTH", 32, 1, 106, 18, b"2019-03-07").ljust(32, b"\0")
    head = struct.pack(">HHIHHHH", packing, 0, len(text), len(pieces), 4096, locked, 0)
    head += struct.pack(">4sIIII", b"MOBI", 0xE8, 2, 65001, 1).ljust(68, b"\xff")
    head += struct.pack(">II", 16 + 0xE8 + len(exth), len(title))
    head = head.ljust(16 + 0xE8, b"\xff")
    head = head[:0x80] + b"\0\0\0\x40" + head[0x84:0xF2] + b"\0\3" + head[0xF4:] + exth + title
    records = [head, *((_palmdoc(piece) if packing == 2 else piece) + b"\0" + b"xx\x83" for piece in pieces)]
    starts, at = [], 78 + 8 * len(records) + 2
    for record in records:
        starts.append(at)
        at += len(record)
    front = struct.pack(">32sHH6I8sIIH", b"Die_Ebbe", 0, 0, 0, 0, 0, 0, 0, 0, b"BOOKMOBI", 0, 0, len(records))
    index = b"".join(struct.pack(">II", start, number) for number, start in enumerate(starts))
    return front + index + b"\0\0" + b"".join(records)


def _palmdoc(data: bytes) -> bytes:
    out, at = bytearray(), 0
    while at < len(data):
        length = next(
            (n for n in range(10, 2, -1) if data.find(data[at : at + n], max(at - 2000, 0), at + n - 1) >= 0),
            0,
        )
        length = min(length, len(data) - at)
        if length >= 3 and (back := data.rfind(data[at : at + length], max(at - 2000, 0), at)) >= 0:
            out += struct.pack(">H", 0x8000 | (at - back) << 3 | length - 3)
            at += length
        elif data[at] == 32 and at + 1 < len(data) and 0x40 <= data[at + 1] < 0x80:
            out.append(data[at + 1] ^ 0x80)
            at += 2
        else:
            out += data[at : at + 1] if 9 <= data[at] < 0x80 else b"\1" + data[at : at + 1]
            at += 1
    return bytes(out)


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
    chapters = "".join(
        f"<h2>Kapitel {n}</h2><p>Die Wächter zählen Möwen, {n} am Tag.</p><mbp:pagebreak/>"
        for n in range(1, 90)
    )
    at = {"Möwen, 71": {"heading": ("Kapitel 71",)}}
    for packing, name in ((1, "ebbe.mobi"), (2, "ebbe.azw3")):
        yield Case(name, kindle(f"<html><body>{chapters}</body></html>", packing=packing), "mobi",
                   ("Die Wächter zählen Möwen, 89 am Tag.",), at=at, title="Die Ebbe",
                   date="2019-03-07")  # fmt: skip
    yield Case("bought.azw", kindle("x", locked=2), fails="protected against copying")
    yield Case("none.mobi", bytes(60) + b"BOOKMOBI" + bytes(300), fails="it has no records")
    yield Case("huff.mobi", kindle("x", packing=17480), fails="convert it to EPUB")
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
