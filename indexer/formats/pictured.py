"""Pictures inside Office documents, books and mails that may hold text, and what was recognised in them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice

from indexer.formats.recognised import stretches
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed
from searcher.records import Document, Mark

NOT_READ = "the text in its pictures is not read"
ONLY_PICTURES = "no text in it but in its pictures; with `pip install '.[ocr]'` in the checkout they are read"
_ZIPPED = frozenset({"docx", "pptx", "xlsx", "xlsb", "vsdx", "odt", "ods", "odp", "odg"})
_MAILS, _OLD = frozenset({"eml", "mbox"}), frozenset({"doc", "ppt", "xls"})
_ENDING = r"\.(?:png|jpe?g|gif|bmp|tiff?|webp)$"
_MEMBER = re.compile(rf"(?:^|/)(?:media|Pictures)/[^/]+{_ENDING}", re.I)
_ILLUSTRATION = re.compile(_ENDING, re.I)  # of a book, wherever it lies
_SIGNS: dict[str, tuple[bytes, ...]] = {  # quick to find in a file that has any
    **dict.fromkeys(_ZIPPED, (b"/media/", b"Pictures/")),
    **dict.fromkeys(_MAILS, (b"image/", b"IMAGE/", b"Image/")),
    **dict.fromkeys((*_OLD, "msg"), (b"\x89PNG", b"\xff\xd8\xff")),
    "epub": (b".jp", b".png", b".gif", b".JP", b".PNG", b".GIF", b".webp", b".tif"),
}
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, KeyError, IndexError,
    struct.error, ExtractionFailed,
)  # fmt: skip
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
    with suppress(*_DAMAGED):
        for name, read in islice(_inside(kind or "", data), _MOST):
            found.append(Inside(name, read()))
    return found


def has_pictures(kind: str, data: bytes) -> bool:
    """Whether `pictures` would find any."""
    with suppress(*_DAMAGED):
        return next(_inside(kind, data), None) is not None
    return False


def with_pictures(source: Source, kind: str, document: Document | ExtractionFailed) -> Document:
    """A document with what was recognised in its pictures, or with a note that they are not read; for one
    that has no text besides, the document is the reason. Raises ExtractionFailed."""
    if kind not in _SIGNS and isinstance(document, Document):
        return document
    if isinstance(document, ExtractionFailed) and "no text" not in str(document):
        raise document
    if source.recognised and (inside := pictures(kind, source.data)):
        return _with_recognised(source, kind, document, inside)
    if not source.recognised and has_pictures(kind, source.data):
        if isinstance(document, ExtractionFailed):
            raise ExtractionFailed(ONLY_PICTURES)
        return replace(document, notes=(*document.notes, NOT_READ))
    if isinstance(document, ExtractionFailed):
        raise document
    return document


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


def _inside(kind: str, data: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name of each, and what reads it before the next one is asked for."""
    if not any(sign in data for sign in _SIGNS.get(kind, ())):
        return
    if kind in _ZIPPED or kind == "epub":
        yield from _of_zip(data, _ILLUSTRATION if kind == "epub" else _MEMBER)
    elif kind in _MAILS:
        yield from _of_mails(kind, data)
    else:
        from indexer.formats.mail import outlook
        from indexer.formats.old import blips

        source = Source(f"x.{kind}", data)
        for name, picture in outlook.attachments(source) if kind == "msg" else blips.pictures(source):
            if _FEWEST_BYTES <= len(picture) <= _LARGEST_BYTES and _is_large(picture[:_HEAD]):
                yield name, partial(bytes, picture)


def _of_zip(data: bytes, wanted: re.Pattern[str]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if wanted.search(member.filename) and _FEWEST_BYTES <= member.file_size <= _LARGEST_BYTES:
                with archive.open(member) as file:
                    head = file.read(_HEAD)
                if _is_large(head):
                    yield member.filename, partial(archive.read, member)


def _of_mails(kind: str, data: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    from indexer.formats.mail.headers import filename, mails, parse, parsed

    for mail in map(parse, mails(data)) if kind == "mbox" else [parsed(data)]:
        for part in mail.walk():
            if part.get_content_maintype() != "image":
                continue
            given = part.get_payload(decode=True)
            if isinstance(given, bytes) and len(given) >= _FEWEST_BYTES and _is_large(given[:_HEAD]):
                yield filename(part) or "in the mail", partial(bytes, given)


def _is_large(head: bytes) -> bool:
    from PIL import Image

    with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        width, height = Image.open(io.BytesIO(head)).size
        return min(width, height) >= _SHORTER_SIDE and width * height >= _AREA
    return False
