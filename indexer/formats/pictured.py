"""Pictures inside Office documents and mails that may hold text, and what was recognised in them."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from indexer.formats.recognised import stretches
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark

NOT_READ = "the text in its pictures is not read"
ONLY_PICTURES = "no text in it but in its pictures; with `pip install '.[ocr]'` in the checkout they are read"
_ZIPPED = frozenset({"docx", "pptx", "xlsx", "odt", "ods", "odp", "odg"})
_MEMBER = re.compile(r"(?:^|/)(?:media|Pictures)/[^/]+\.(?:png|jpe?g|gif|bmp|tiff?|webp)$", re.I)
_SIGNS: dict[str, tuple[bytes, ...]] = {  # quick to find in a file that has any
    **dict.fromkeys(_ZIPPED, (b"/media/", b"Pictures/")),
    "eml": (b"image/", b"IMAGE/", b"Image/"),
}
_MOST = 100  # pictures of one file
_FEWEST_BYTES, _LARGEST_BYTES = 3 << 10, 50 << 20
_SHORTER_SIDE, _AREA = 60, 60_000  # pixels; smaller ones are logos and icons
_HEAD = 64 << 10  # bytes that tell a picture's size


@dataclass(frozen=True, slots=True)
class Inside:
    name: str
    data: bytes = field(repr=False)


def pictures(kind: str | None, data: bytes) -> list[Inside]:
    """Those of a document that are large enough to hold text, in an order that is always the same."""
    found: list[Inside] = []
    signs = _SIGNS.get(kind or "", ())
    if not any(sign in data for sign in signs):
        return found
    with suppress(zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, KeyError):
        for inside in _of_zip(data) if kind in _ZIPPED else _of_mail(data) if kind == "eml" else ():
            found.append(inside)
            if len(found) == _MOST:
                break
    return found


def with_pictures(source: Source, kind: str, document: Document | ExtractionFailed) -> Document:
    """A document with what was recognised in its pictures, or with a note that they are not read; for one
    that has no text besides, the document is the reason. Raises ExtractionFailed."""
    inside = pictures(kind, source.data)
    if not inside or (isinstance(document, ExtractionFailed) and "no text" not in str(document)):
        if isinstance(document, ExtractionFailed):
            raise document
        return document
    if not source.recognised:
        if isinstance(document, ExtractionFailed):
            raise ExtractionFailed(ONLY_PICTURES)
        return replace(document, notes=(*document.notes, NOT_READ))
    return _with_recognised(source, kind, document, inside)


def _with_recognised(
    source: Source, kind: str, document: Document | ExtractionFailed, inside: list[Inside]
) -> Document:
    whole = Document("", kind, has_lines=False) if isinstance(document, ExtractionFailed) else document
    text, marks = whole.text, list(whole.marks)
    for number, lines in sorted(source.recognised.items()):
        for stretch in stretches(lines) if number <= len(inside) else ():
            name = inside[number - 1].name.rpartition("/")[2]
            marks.append(Mark(len(text), anchor=f"picture {name}, {stretch.region}"))
            text += stretch.text + "\n\n"
    if not text.strip():
        raise document if isinstance(document, ExtractionFailed) else ExtractionFailed("no text in it")
    return replace(whole, text=text, marks=tuple(marks))


def _of_zip(data: bytes) -> Iterator[Inside]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if _MEMBER.search(member.filename) and _FEWEST_BYTES <= member.file_size <= _LARGEST_BYTES:
                with archive.open(member) as file:
                    head = file.read(_HEAD)
                    if _is_large(head):
                        yield Inside(member.filename, head + file.read())


def _of_mail(data: bytes) -> Iterator[Inside]:
    from indexer.formats.mail.headers import filename, parsed

    for part in parsed(data).walk():
        if part.get_content_maintype() != "image":
            continue
        given = part.get_payload(decode=True)
        if isinstance(given, bytes) and len(given) >= _FEWEST_BYTES and _is_large(given[:_HEAD]):
            yield Inside(filename(part) or "in the mail", given)


def _is_large(head: bytes) -> bool:
    from PIL import Image, ImageFile

    parser = ImageFile.Parser()
    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        parser.feed(head)
        if parser.image is not None:
            width, height = parser.image.size
            return min(width, height) >= _SHORTER_SIDE and width * height >= _AREA
    return False
