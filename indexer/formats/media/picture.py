"""Pictures: what their header, EXIF, IPTC and XMP say. Pixels are never decoded here."""

from __future__ import annotations

import re
import struct
import warnings
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from indexer.formats import xml
from indexer.formats.dates import iso_date
from indexer.formats.media import excerpt
from indexer.formats.media.telling import document, ending
from indexer.formats.source import Source
from indexer.formats.writing import one_line
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

NOT_READ = "the text in the picture is not read"
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF", "BMP")
_ICON = 100  # pixels; smaller pictures of which nothing is said are parts of programs and pages
_EXIF, _GPS = 0x8769, 0x8825
_WINDOWS = {40091: "title", 40092: "description", 40093: "author", 40094: "keywords", 40095: "description"}
_IPTC = {
    (2, 5): "title", (2, 105): "title", (2, 120): "description", (2, 25): "keywords", (2, 80): "author",
    (2, 90): "place", (2, 92): "place", (2, 95): "place", (2, 101): "place",
}  # fmt: skip
_XMP = {
    "title": "title", "Headline": "title", "description": "description", "subject": "keywords",
    "creator": "author", "City": "place", "State": "place", "Country": "place", "Location": "place",
    "PersonInImage": "people", "DateTimeOriginal": "date", "DateCreated": "date",
}  # fmt: skip
_PROGRAMS = re.compile(
    r"(?i)(?:\w+ )?digital (?:still )?camera|sony dsc|exif_jpeg.*|creator: gd-jpeg.*|created with .*|lavc.*"
    r"|file written by .*|lead technologies.*|default|\W*"
)  # what programs and cameras write where nobody wrote anything


@dataclass(slots=True)
class _Facts:
    """What is said of a picture; of what may be said several times, each once, in order."""

    format: str = ""
    size: tuple[int, int] = (0, 0)
    said: dict[str, list[str]] = field(default_factory=dict)
    gps: tuple[float, float] | None = None

    def add(self, name: str, value: Any) -> None:
        text = one_line(_text(value), limit=2_000)
        if text and text not in self.said.setdefault(name, []) and not _PROGRAMS.fullmatch(text):
            self.said[name].append(text)

    def all(self, name: str) -> str:
        return "; ".join(self.said.get(name, ()))

    def first(self, name: str) -> str | None:
        return next(iter(self.said.get(name, ())), None)


def read(source: Source) -> Document:
    if source.depth:
        raise UnreadableKind("a picture inside another file")
    file, _ = excerpt.opened(source.data)
    with file:
        facts = _of_heif(file) if _is_heif(file) else _of_header(file)
    title, told = facts.first("title"), facts.first("description")
    if not any(facts.said.values()) and 0 < max(facts.size) < _ICON:
        raise UnreadableKind(f"a picture of {facts.size[0]} x {facts.size[1]} pixels: an icon")
    keywords = tuple(
        dict.fromkeys(w.strip() for k in facts.said.get("keywords", ()) for w in re.split("[;,]", k))
    )
    taken, camera = iso_date((facts.first("date") or "").replace(":", "-", 2)), _camera(facts)
    lines = [
        None if title else told,
        *facts.said.get("title", ()),
        *facts.said.get("description", ()),
        _labelled("Keywords", ", ".join(keywords)),
        _labelled("People", facts.all("people")),
        _labelled("Place", facts.all("place")),
        _labelled("Position", f"{facts.gps[0]:.5f}, {facts.gps[1]:.5f}" if facts.gps else ""),
        _labelled("Photographer", facts.all("author")),
        _labelled("Taken", taken or ""),
        _labelled("Camera", camera),
        f"Picture, {facts.format or ending(source.name)}"
        + (f", {facts.size[0]} x {facts.size[1]} pixels" if facts.size[0] else ""),
    ]
    tags = tuple("-".join(word.split()) for word in keywords if word)
    read = [line for lines in source.recognised.values() for line in lines]
    notes = () if source.recognised else (NOT_READ,)
    return document(
        source, "picture", title=title, lines=lines, date=taken, tags=tags, notes=notes, read=read
    )


def _labelled(label: str, text: str) -> str | None:
    return f"{label}: {text}" if text else None


def _camera(facts: _Facts) -> str:
    """Make and model; many models begin with the make."""
    make, model = facts.first("make") or "", facts.first("model") or ""
    return model if model.lower().startswith(make.lower().split(" ")[0]) else f"{make} {model}".strip()


def _of_header(file: BinaryIO) -> _Facts:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels, and of metadata that is not as it should be
            image = Image.open(file, formats=_FORMATS)
            facts = _Facts("JPEG" if image.format == "MPO" else image.format or "", image.size)
            _take_exif(facts, image.getexif())
            for value in (
                image.info.get(name) for name in ("comment", "Title", "Description", "Author", "Keywords")
            ):
                if value and b"<?xpacket" not in (
                    data := value if isinstance(value, bytes) else value.encode()
                ):
                    facts.add("description", data)
            _take_iptc(facts, image)
            _take_xmp(facts, image.info.get("xmp") or image.info.get("XML:com.adobe.xmp"))
    except Image.DecompressionBombError as error:
        raise ExtractionFailed("its header tells of more pixels than any picture has") from error
    except UnidentifiedImageError as error:
        raise ExtractionFailed("damaged: it does not begin as a picture does") from error
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise ExtractionFailed(f"damaged: its header is broken ({error})") from error
    return facts


def _take_exif(facts: _Facts, exif: Any) -> None:
    inner = exif.get_ifd(_EXIF)
    facts.add("description", exif.get(270))
    facts.add("description", inner.get(37510))
    for number, name in _WINDOWS.items():
        if isinstance(value := exif.get(number), bytes | tuple):
            facts.add(name, bytes(value).decode("utf-16-le", "replace"))
    for name, value in (("make", exif.get(271)), ("model", exif.get(272)), ("author", exif.get(315))):
        facts.add(name, value)
    scanned = exif.get(306) if facts.format == "TIFF" else None  # in a photo the time of the last change
    facts.add("date", inner.get(36867) or inner.get(36868) or scanned)
    facts.gps = _position(exif.get_ifd(_GPS))
    if exif.get(274) in (5, 6, 7, 8):  # lies on its side
        facts.size = facts.size[::-1]


def _position(gps: Any) -> tuple[float, float] | None:
    """Latitude and longitude in degrees."""
    try:
        degrees = []
        for number, below in ((2, "S"), (4, "W")):
            whole, minutes, seconds = (float(part) for part in gps[number])
            value = whole + minutes / 60 + seconds / 3600
            degrees.append(-value if _text(gps.get(number - 1, "")).strip("\0 ").upper() == below else value)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    latitude, longitude = degrees
    usable = abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude)
    return (latitude, longitude) if usable else None


def _take_iptc(facts: _Facts, image: Any) -> None:
    from PIL import IptcImagePlugin

    if image.format not in ("JPEG", "MPO", "TIFF"):
        return
    found = IptcImagePlugin.getiptcinfo(image) or {}
    for key, name in _IPTC.items():
        values = found.get(key) or ()
        for value in values if isinstance(values, list) else [values]:
            facts.add(name, value)


def _take_xmp(facts: _Facts, packet: Any) -> None:
    if not packet:
        return
    data = packet.encode() if isinstance(packet, str) else bytes(packet)
    try:
        root, _ = xml.mended(data[: 1 << 20].strip(b"\0 \n"), "the XMP")
    except ExtractionFailed:
        return
    for element in root.iter() if root is not None else ():
        for attribute, value in element.attrib.items():
            if name := _XMP.get(str(attribute).rpartition("}")[2]):
                facts.add(name, value)
        if name := _XMP.get(xml.local(element)):
            items = [item.text for item in element.iter() if xml.local(item) == "li"]
            for text in items or [element.text]:
                facts.add(name, text)


def _text(given: Any) -> str:
    """What was meant, where programs write bytes: UTF-8, else Latin-1; a user comment names its own code."""
    if isinstance(given, tuple):
        given = given[0] if given else ""
    if not isinstance(given, bytes):
        return "" if given is None else str(given).replace("\0", " ")
    value: bytes = given
    code, rest = value[:8].rstrip(b"\0"), value[8:]
    if code == b"UNICODE":
        big = rest[:2] == b"\xfe\xff" or (rest[:1] == b"\0" and rest[1:2] != b"\0")
        return rest.decode("utf-16-be" if big else "utf-16-le", "replace").replace("\0", " ")
    value = rest if code == b"ASCII" or (value[:8] == bytes(8)) else value
    try:
        return value.decode("utf-8").replace("\0", " ")
    except UnicodeDecodeError:
        return value.decode("latin-1").replace("\0", " ")


def _is_heif(file: BinaryIO) -> bool:
    head = file.read(16)
    file.seek(0)
    return head[4:8] == b"ftyp" and head[8:12] in (
        b"heic",
        b"heix",
        b"heif",
        b"mif1",
        b"msf1",
        b"hevc",
        b"heim",
    )


def _of_heif(file: BinaryIO) -> _Facts:
    """HEIC has no reader in Pillow: the size of its largest image, and EXIF and XMP where they stand."""
    from PIL import Image

    data = file.read(1 << 20)
    facts = _Facts("HEIC")
    places = [match.end() + 4 for match in re.finditer(b"ispe", data[: 1 << 18])]
    sizes = [struct.unpack_from(">II", data, at) for at in places if at + 8 <= len(data)]
    facts.size = max((s for s in sizes if max(s) < 1 << 20), key=lambda s: s[0] * s[1], default=(0, 0))
    if match := re.search(rb"Exif\0\0(?:II\*\0|MM\0\*)", data):
        exif = Image.Exif()
        try:
            exif.load(data[match.start() : match.start() + (256 << 10)])
            size = facts.size
            _take_exif(facts, exif)
            facts.size = size  # is already told as it is shown
        except (OSError, SyntaxError, ValueError, struct.error):
            pass
    if match := re.search(rb"(?s)<x:xmpmeta.*?</x:xmpmeta>", data):
        _take_xmp(facts, match[0])
    return facts
