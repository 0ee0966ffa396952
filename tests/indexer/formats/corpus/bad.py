"""Files that must cost themselves only: bombs, lies, encryption, damage."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator

from corpus.books import CONTAINER, PACKAGE
from corpus.case import Case
from corpus.office import contract, deck, edited, report_odt
from corpus.sheets import budget, readings

ENTITIES = (
    b'<!DOCTYPE bomb [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 20) for i in range(10))
    + b"]>"
)


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def _bombed(package: bytes, name: str, closing: bytes) -> bytes:
    """The package with entities defined and one of them used before `closing`."""

    def edit(content: bytes) -> bytes:
        begin = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
        content = content[:begin] + ENTITIES + content[begin:]
        return content.replace(closing, b"&k;" + closing, 1)

    return edited(package, name, edit)


def _locked(package: bytes) -> bytes:
    """Every member's encryption bit set, in the local headers and in the directory."""
    data = bytearray(package)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", data, at + offset)
            struct.pack_into("<H", data, at + offset, flags | 1)
            at = data.find(signature, at + 4)
    return bytes(data)


def _quine(depth: int) -> bytes:
    data = b"innermost words"
    name = "core.txt"
    for level in range(depth):
        data = _zip({name: data})
        name = f"level{level}.zip"
    return data


def cases() -> Iterator[Case]:
    yield Case("empty.docx", b"", fails="the file is empty")
    yield Case("blank.txt", b" \n\t\n", fails="white space")
    yield Case("cut.docx", contract()[:5000], fails="damaged or cut off")
    yield Case("cut.xlsx", budget()[:3000], fails="damaged or cut off")
    yield Case("not-a.docx", b"\x00\x01\x02 nothing" * 100, fails="does not begin as a docx file does")
    yield Case(
        "really-text.docx",
        b"Just words in a file of the wrong name.\n",
        "txt",
        ("Just words",),
        has_lines=True,
    )
    yield Case("locked.zip", _locked(_zip({"a.txt": b"x"})), fails="encrypted with a password")
    office_locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    yield Case("locked.xlsx", office_locked, fails="encrypted with a password")
    yield Case("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000), fails="damaged")
    manifest = edited(
        report_odt(),
        "META-INF/manifest.xml",
        lambda b: b.replace(b"</manifest:manifest>", b"<manifest:encryption-data/></manifest:manifest>"),
    )
    yield Case("locked.odt", manifest, fails="encrypted with a password")
    yield Case("bomb.zip", _zip({"a.txt": bytes(100 << 20)}), fails="zip bomb")
    yield Case(
        "bomb.docx", edited(contract(), "word/document.xml", lambda b: bytes(60 << 20)), fails="zip bomb"
    )
    yield Case("many.zip", _zip({f"{n}.txt": b"" for n in range(10_001)}), fails="more than 10,000 members")
    yield Case("nested.zip", _quine(8), fails="in it; level3.zip: nested more than 3 containers deep$")
    yield Case("entities.docx", _bombed(contract(), "word/document.xml", b"</w:body>"), fails="defines XML")
    yield Case("entities.pptx", _bombed(deck(), "ppt/slides/slide1.xml", b"</p:sld>"), fails="defines XML")
    yield Case(
        "entities.xlsx", _bombed(budget(), "xl/worksheets/sheet1.xml", b"</sheetData>"), fails="[Ee]ntit"
    )
    yield Case("entities.odt", _bombed(report_odt(), "content.xml", b"</office:text>"), fails="defines XML")
    yield Case("entities.ods", _bombed(readings(), "content.xml", b"</table:table>"), fails="defines XML")
    container = CONTAINER.replace("<container", ENTITIES.decode() + "<container", 1)
    yield Case(
        "entities.epub",
        _zip({"META-INF/container.xml": container.encode(), "OPS/book.opf": PACKAGE.encode()}),
        fails="entit",
    )
    yield Case("entities.xml", ENTITIES + b"<a>&k;</a>", "xml", ("&k;",), has_lines=True)
    yield Case("deep.html", b"<div>" * 10_000 + b"Deep words", "html", ("Deep words",))
    yield Case("deep.ipynb", b"[" * 200_000, fails="nested too deeply|not JSON|damaged")
    surrogates = json.dumps({"cells": [{"cell_type": "code", "source": "a\ud800b\u0000c"}]})
    yield Case("surrogate.ipynb", surrogates.encode(), "ipynb", ("a\ufffdbc",))
    yield Case("not-a.eml", b"just some words\n", fails="not a mail")
    yield Case("no-cues.srt", b"just some words\n", fails="no subtitles in it")
    nuls = b"line about lemurs\n" * 40 + b"\0" * 9 + b"and more lemurs\n" + b"\0" * 4096
    yield Case("crashed.log", nuls, "log", ("         and more lemurs\n",), has_lines=True)
    yield Case(
        "nul.txt",
        b"words\0 with \0 NULs in every one of its lines, about whales\n" * 20,
        "txt",
        ("words  with   NULs in every",),
        has_lines=True,
    )
    yield Case("zeros.pdf", bytes(4096), fails="does not begin as a pdf file does")
    yield Case("noise.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, fails="damaged")
