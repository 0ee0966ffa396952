"""Audio and video: the tags and the length that tinytag finds; else the name and the size."""

from __future__ import annotations

import re
from typing import Any

from indexer.formats.dates import iso_date
from indexer.formats.media import excerpt
from indexer.formats.media.telling import document, ending
from indexer.formats.source import Source
from searcher.errors import ExtractionFailed, UnreadableKind
from searcher.records import Document

_UNREAD = "its tags are not read, only its name and size"
_NAMED = ("artist", "album", "albumartist", "composer", "genre", "comment")
_OTHERS = (
    "conductor",
    "director",
    "publisher",
    "description",
    "keywords",
    "grouping",
    "lyrics",
    "show",
    "narrator",
)
_LABELS = {"albumartist": "Album artist", "comment": "", "description": "", "lyrics": ""}
_NUMBERED = re.compile(r"\(?\d{1,3}\)?")  # a genre that only its number tells


def read_audio(source: Source) -> Document:
    return _read(source, "audio")


def read_video(source: Source) -> Document:
    return _read(source, "video")


def _read(source: Source, kind: str) -> Document:
    from tinytag import ParseError, TinyTag, UnsupportedFormatError

    if source.depth:
        raise UnreadableKind(f"{kind} inside another file")
    file, size = excerpt.opened(source.data)
    try:
        tag = TinyTag.get(file_obj=file)
    except UnsupportedFormatError:
        if _is_none(file):
            raise ExtractionFailed(f"damaged: it does not begin as {kind} does") from None
        said = ", ".join((kind.capitalize(), ending(source.name), _bytes(size)))
        return document(source, kind, title=None, lines=[said], notes=(_UNREAD,))
    except ParseError as error:
        raise ExtractionFailed(f"damaged: its tags are broken ({error})") from error
    # in Ogg the length is the time of the last page, which is not found from an excerpt
    length = None if size != len(source.data) and _is_ogg(file) else _length(tag.duration)
    lines = [
        *(_line(name, getattr(tag, name)) for name in _NAMED),
        *(_line(name, "; ".join(tag.other.get(name, ()))) for name in _OTHERS),
        _line("track", tag.track),
        _line("year", tag.year),
        ", ".join(filter(None, (kind.capitalize(), ending(source.name), length))),
    ]
    return document(source, kind, title=tag.title, lines=lines, date=_date(tag.year))


def _is_ogg(file: Any) -> bool:
    file.seek(0)
    return bool(file.read(4) == b"OggS")


def _is_none(file: Any) -> bool:
    """Whether nothing but zeros or text begins the file: no program plays that."""
    file.seek(0)
    head = file.read(512)
    return not any(head) or head.isascii()


def _line(name: str, value: Any) -> str | None:
    if value in (None, "") or (name == "genre" and _NUMBERED.fullmatch(str(value))):
        return None
    label = _LABELS.get(name, name.capitalize())
    return f"{label}: {value}" if label else str(value)


def _date(year: str | None) -> str | None:
    """A tag's year, or its whole date where it has one."""
    match = re.match(r"\s*(\d{4})(?!\d)", year or "")
    return iso_date(year) or (iso_date(f"{match[1]}-01-01") if match else None)


def _length(seconds: float | None) -> str | None:
    if not seconds or not 0 < seconds < 1e7:
        return None
    minutes, rest = divmod(max(round(seconds), 1), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02} h" if hours else f"{minutes}:{rest:02} min"


def _bytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, size >> 10)} KB"
