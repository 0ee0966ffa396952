"""Pictures inside old Office files, mailboxes, mails of Outlook and books are found, to be recognised."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from email.message import EmailMessage

import pytest
from PIL import Image

from indexer.formats.pictured import pictures
from tests.indexer.formats.corpus.compound import compound

DICE = random.Random(7)


def image(kind: str = "PNG", size: tuple[int, int] = (320, 220)) -> bytes:
    out = io.BytesIO()
    Image.frombytes("RGB", size, DICE.randbytes(3 * size[0] * size[1])).save(out, kind)
    return out.getvalue()


PHOTO, SCAN, LOGO = image("JPEG"), image(), image(size=(90, 90))


def blip(kind: int, data: bytes) -> bytes:
    """MS-ODRAW 2.2.23: a header of eight bytes, an identifier, a tag."""
    return struct.pack("<HHI", 0x6E00, kind, len(data) + 17) + bytes(range(16)) + b"\xff" + data


def workbook(drawn: bytes) -> bytes:
    """MS-XLS: what is drawn in pieces of 8 KB, between other records."""
    pieces = [drawn[at : at + 8224] for at in range(0, len(drawn), 8224)]
    kinds = [0x00EB, *[0x003C] * (len(pieces) - 1)]
    records = [(0x0809, bytes(16)), *zip(kinds, pieces, strict=True), (0x00FC, bytes(8))]
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)


def mailbox() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ada@example.org", "The stamp"
    mail.set_content("See below.")
    mail.add_attachment(SCAN, "image", "png", filename="stamp.png")
    return b"From a@b Mon Mar  9 10:00:00 2026\n" + bytes(mail)


def outlook() -> bytes:
    attached = {"__substg1.0_3707001F": "stamp.png".encode("utf-16-le"), "__substg1.0_37010102": SCAN}
    return compound({"__properties_version1.0": bytes(32), "__attach_version1.0_#00000000": attached})


def book() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("OPS/plates/stamp.PNG", SCAN)
    return out.getvalue()


DRAWN = blip(0xF01D, PHOTO) + blip(0xF01E, SCAN) + blip(0xF01E, LOGO) + blip(0xF01E, SCAN)


@pytest.mark.parametrize(
    ("kind", "data", "names"),
    [
        ("ppt", compound({"Pictures": DRAWN}), ["1.jpg", "2.png"]),
        ("doc", compound({"Data": bytes(68) + DRAWN}), ["1.jpg", "2.png"]),
        ("xls", compound({"Workbook": workbook(bytes(30) + DRAWN)}), ["1.jpg", "2.png"]),
        ("msg", outlook(), ["stamp.png"]),
        ("mbox", mailbox(), ["stamp.png"]),
        ("epub", book(), ["OPS/plates/stamp.PNG"]),
        ("doc", compound({"Data": DRAWN})[:2_000], []),
    ],
)
def test_they_are_found_as_they_were_put_in(kind: str, data: bytes, names: list[str]) -> None:
    inside = pictures(kind, data)
    assert [picture.name for picture in inside] == names
    for picture, put_in in zip(reversed(inside), (SCAN, PHOTO), strict=False):
        assert picture.data.rstrip(b"\0") == put_in.rstrip(b"\0")
