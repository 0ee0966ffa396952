"""Pictures, recordings and films: with what cameras and programs write into them, and without."""

from __future__ import annotations

import io
import random
import struct
import wave
from collections.abc import Iterator
from typing import Any

from corpus.case import Case
from indexer.formats.media.picture import NOT_READ

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<r:Description xmlns:d="http://purl.org/dc/elements/1.1/" '
    b'xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:City="Emden"><d:title><r:Alt><r:li>Low water at the '
    b"lock</r:li></r:Alt></d:title><d:subject><r:Bag><r:li>mud flat</r:li><r:li>harbour</r:li></r:Bag>"
    b"</d:subject></r:Description></r:RDF></x:xmpmeta>"
)
IPTC = b"\x1c\x02\x19\x00\x05Otter" + b"\x1c\x02\x5a\x00\x06Lerwik"


def _exif() -> Any:
    from PIL import Image

    exif = Image.Exif()
    exif[270] = "The lock, seen from the dyke"
    exif[271], exif[272] = "Canon", "Canon EOS R5"
    exif[274] = 6  # lies on its side
    exif[315] = "Ada Meer"
    exif.get_ifd(0x8769)[36867] = "2026:03:14 10:22:31"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (53.0, 22.0, 1.2), "W", (7.0, 12.0, 21.6)
    return exif


def picture(format: str, size: tuple[int, int] = (300, 200), *, noise: bool = False, **options: Any) -> bytes:
    """By Pillow; `noise` does not get smaller by packing."""
    from PIL import Image

    pixels = random.Random(7).randbytes(size[0] * size[1] * 3) if noise else bytes(size[0] * size[1] * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", size, pixels).save(out, format, **options)
    return out.getvalue()


def _with_iptc(jpeg: bytes) -> bytes:
    block = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC + bytes(len(IPTC) % 2)
    body = b"Photoshop 3.0\0" + block
    return jpeg[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _heic(exif: bytes) -> bytes:
    """Boxes as a telephone writes them, around no picture."""
    size = b"ispe" + bytes(4) + struct.pack(">II", 4032, 3024)
    inner = struct.pack(">I", len(size) + 4) + size
    meta = struct.pack(">I", len(inner) + 12) + b"meta" + bytes(4) + inner
    data = b"\0\0\0\x06" + exif
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + meta + struct.pack(">I", len(data) + 8) + b"mdat" + data


def sound(seconds: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16_000 * seconds))
    return out.getvalue()


def _mp3(cover: int = 0, **frames: str) -> bytes:
    """ID3v2.3 before a second of silent frames, a cover of so many bytes before what is said."""
    said = b""
    if cover:
        content = b"\0image/jpeg\0\x03\0" + bytes(cover)
        said += b"APIC" + struct.pack(">I", len(content)) + b"\0\0" + content
    for name, text in frames.items():
        content = b"\x01" + text.encode("utf-16")
        said += name.encode() + struct.pack(">I", len(content)) + b"\0\0" + content
    length = bytes(len(said) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + length + said + (b"\xff\xfb\x90\x64" + bytes(413)) * 40


def _flac(cover: int = 0) -> bytes:
    """44.1 kHz in stereo, 16 bits, three minutes, with Vorbis comments behind a cover of so many bytes."""
    info = struct.pack(">HH", 4096, 4096) + bytes(6)
    info += (44_100 << 44 | 1 << 41 | 15 << 36 | 180 * 44_100).to_bytes(8, "big") + bytes(16)
    said = [b"TITLE=Ebb", b"ARTIST=The Heron", b"ALBUM=Tides", b"DATE=1994", b"GENRE=Folk"]
    tags = struct.pack("<I", 0) + struct.pack("<I", len(said))
    tags += b"".join(struct.pack("<I", len(text)) + text for text in said)
    front = struct.pack(">II", 3, 10) + b"image/jpeg" + bytes(20) + struct.pack(">I", cover) + bytes(cover)
    blocks = ((b"\0", info), *([(b"\x06", front)] if cover else ()), (b"\x84", tags))
    return b"fLaC" + b"".join(kind + len(block).to_bytes(3, "big") + block for kind, block in blocks)


def _box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I", len(body) + 8) + name + body


def film(between: int) -> bytes:
    """An MP4 file whose title follows `between` bytes of film, and has as many behind it."""
    header = _box(b"mvhd", bytes(12), struct.pack(">II", 1000, 754_000), bytes(80))
    title = _box(b"\xa9nam", _box(b"data", struct.pack(">II", 1, 0), b"The mill in winter"))
    handler = _box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    tags = _box(b"udta", _box(b"meta", bytes(4), handler, _box(b"ilst", title)))
    reel = _box(b"mdat", bytes(between))
    return b"\0\0\0\x10ftypmp42\0\0\0\0" + reel + _box(b"moov", header, tags) + reel


def cases() -> Iterator[Case]:
    said = ("The lock, seen from the dyke", "Position: 53.36700, -7.20600", "Camera: Canon EOS R5\n",
            "Photographer: Ada Meer", "Taken: 2026-03-14")  # fmt: skip
    for name, format in (("IMG_2031.jpg", "JPEG"), ("IMG_2031.png", "PNG"), ("IMG_2031.webp", "WEBP")):
        yield Case(name, picture(format, exif=_exif()), "picture", (*said, f"{format}, 200 x 300 pixels"),
                   date="2026-03-14", note=NOT_READ)  # fmt: skip
    yield Case("large.jpg", picture("JPEG", (900, 900), noise=True, quality=100, exif=_exif()), "picture",
               said, date="2026-03-14", note=NOT_READ)  # fmt: skip
    deed = picture("TIFF", (900, 900), tiffinfo={270: "Deed of 1911", 306: "2019:05:06 10:00:00"})
    yield Case("scan_of_the_deed.tiff", deed, "picture",
               ("scan of the deed\n", "Deed of 1911", "900 x 900"), date="2019-05-06",
               note=NOT_READ)  # fmt: skip
    yield Case("lock.jpg", picture("JPEG", xmp=XMP), "picture",
               ("Keywords: mud flat, harbour", "Place: Emden"), title="Low water at the lock",
               tags=("mud-flat", "harbour"), note=NOT_READ)  # fmt: skip
    yield Case("otter.jpg", _with_iptc(picture("JPEG")), "picture", ("Place: Lerwik",), tags=("Otter",),
               note=NOT_READ)  # fmt: skip
    yield Case("IMG_9.HEIC", _heic(_exif().tobytes()), "picture", (*said, "HEIC, 4032 x 3024 pixels"),
               date="2026-03-14", note=NOT_READ)  # fmt: skip
    yield Case("dance.gif", picture("GIF"), "picture", ("Picture, GIF, 300 x 200",), note=NOT_READ)
    yield Case("arrow.png", picture("PNG", (16, 16)), fails="16 x 16 pixels: an icon")
    yield Case("cut.jpg", picture("JPEG", exif=_exif())[:90], fails="damaged: its header is broken")
    yield Case("page.jpg", b"<html>404</html>", fails="does not begin as a picture")
    yield Case("rain_on_the_roof.wav", sound(65), "audio", ("rain on the roof\n", "Audio, WAV, 1:05 min"))
    yield Case("01.mp3", _mp3(TIT2="Die Flut", TPE1="Kapelle Süd", TALB="Gezeiten", TYER="1987", TCON="Folk"),
               "audio", ("Artist: Kapelle Süd", "Album: Gezeiten", "Genre: Folk", "0:01 min"),
               title="Die Flut", date="1987-01-01")  # fmt: skip
    yield Case("02.flac", _flac(), "audio", ("Artist: The Heron", "Year: 1994", "3:00 min"), title="Ebb",
               date="1994-01-01")  # fmt: skip
    yield Case("cover.mp3", _mp3(1 << 20, TIT2="Die Ebbe", TPE1="Kapelle Süd"), "audio",
               ("Artist: Kapelle Süd", "0:01 min"), title="Die Ebbe")  # fmt: skip
    yield Case("cover.flac", _flac(1 << 20), "audio", ("Artist: The Heron", "3:00 min"), title="Ebb",
               date="1994-01-01")  # fmt: skip
    yield Case("words.mp3", b"just words", fails="does not begin as audio")
    yield Case("cut.flac", _flac()[:70], fails="damaged: its tags are broken")
    yield Case("mill.mp4", film(100), "video", ("12:34 min",), title="The mill in winter")
    yield Case("long.m4v", film(1 << 20), "video", ("12:34 min",), title="The mill in winter")
    yield Case("Oma 2019.mkv", b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 9, "video",
               ("Oma 2019\nVideo, MKV, 2 KB",), note="its tags are not read")  # fmt: skip
