"""Office before 2007: files that LibreOffice saved from this corpus, and damaged ones."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from corpus.case import Case
from corpus.compound import compound

FILES = Path(__file__).parent.parent / "files"


def saved(name: str) -> bytes:
    return lzma.decompress((FILES / f"{name}.xz").read_bytes())


def cases() -> Iterator[Case]:
    lease = (
        "Zwischen Vermieter und Mieter.\nMietsache\n",
        "Raum | Fläche\nKüche | 12 m²\nBad | 6 m²\nNach der Tabelle",
    )
    yield Case("contract.doc", saved("contract.doc"), "doc", lease, title="Mietvertrag", date="2026-01-15")
    yield Case(
        "letter-without-ending", saved("contract.doc"), "doc", lease, title="Mietvertrag", date="2026-01-15"
    )
    yield Case(
        "deck.ppt",
        saved("deck.ppt"),
        "ppt",
        title="Quarterly review",
        date="2026-05-02",
        at={
            "Spring 2026": {"anchor": "slide 1", "heading": ("Quarterly review",)},
            "North": {"anchor": "slide 2", "heading": ("Sales",)},
            "Mention the weather": {"anchor": "slide 2, notes"},
            "Inside a group": {"anchor": "slide 3"},
        },
    )
    yield Case(
        "budget.xls",
        saved("budget.xls"),
        "xls",
        title="Budget 2026",
        date="2026-01-02",
        at={
            "Item number 9 | 13.5 | 2026-01-10": {
                "heading": ("Budget",),
                "table_header": "Item | Cost | When",
            }
        },
    )
    stock = {"Teer | 12.5": {"table_header": "Ware | Menge", "anchor": "Lager!A2:B3"}}
    yield Case("stock.xlsb", binary_workbook(), "xlsb", ("Hanf | 7\n",), at=stock)
    cut = saved("contract.doc")
    yield Case("cut.doc", cut[:9_000], fails="damaged")
    yield Case(
        "noise.ppt",
        compound({"PowerPoint Document": b"\xff" * 600, "Current User": bytes(40)}),
        fails="damaged",
    )
    locked = bytearray(4096)
    struct.pack_into("<HH", locked, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", locked, 10, 0x0100)
    yield Case("locked.doc", compound({"WordDocument": bytes(locked)}), fails="encrypted with a password")
    user = struct.pack("<HHIII", 0, 0x0FF6, 28, 20, 0xF3D1C4DF) + bytes(40)
    yield Case(
        "locked.ppt", compound({"PowerPoint Document": bytes(600), "Current User": user}), fails="encrypted"
    )
    yield Case("drawing.vsd", compound({"VisioDocument": bytes(600)}), fails="Visio drawing from before 2013")


def _record(kind: int, data: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, rest = b"", len(data)
    while True:
        size += bytes([rest & 0x7F | (0x80 if rest > 127 else 0)])
        rest >>= 7
        if not rest:
            return number + size + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook() -> bytes:
    """A sheet of text and numbers in Excel's binary parts (MS-XLSB), written by the book."""
    sheets = (
        _record(143) + _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Lager")) + _record(144)
    )
    cells = b""
    for row, line in enumerate((("Ware", "Menge"), ("Teer", 12.5), ("Hanf", 7.0))):
        cells += _record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        for column, value in enumerate(line):
            head = struct.pack("<II", column, 0)
            is_text = isinstance(value, str)
            cells += (
                _record(6, head + _wide(value)) if is_text else _record(5, head + struct.pack("<d", value))
            )
    size = _record(148, struct.pack("<IIII", 0, 2, 0, 1))
    sheet = _record(129) + size + _record(145) + cells + _record(146) + _record(130)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relation = '<Relationship Id="rId1" Type="{}" Target="{}"/></Relationships>'
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("_rels/.rels", head + relation.format(f"{kind}officeDocument", "xl/workbook.bin"))
        rels = head + relation.format(f"{kind}worksheet", "worksheets/sheet1.bin")
        package.writestr("xl/_rels/workbook.bin.rels", rels)
        package.writestr("xl/workbook.bin", _record(131) + sheets + _record(132))
        package.writestr("xl/worksheets/sheet1.bin", sheet)
    return out.getvalue()
