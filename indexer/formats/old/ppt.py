"""PowerPoint before 2007 (MS-PPT): a mark a slide, its title as heading, notes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.formats.old.compound import Compound
from indexer.formats.source import Source
from indexer.formats.writing import Writer, one_line
from searcher.errors import ExtractionFailed
from searcher.records import Document

_SLIDE, _NOTES = 0x03EE, 0x03F0
_SLIDE_LIST, _PERSIST, _NOTES_ATOM = 0x0FF0, 0x03F3, 0x03F1
_CHARS, _BYTES, _HEADER, _REFERENCE, _TEXTBOX = 0x0FA0, 0x0FA8, 0x0F9F, 0x0F9E, 0xF00D
_USER_EDIT, _DIRECTORY = 0x0FF5, 0x1772
_TITLES, _NOTE_TEXT = (0, 6), 2  # kinds of text
_LOCKED = 0xF3D1C4DF
_DEPTH, _EDITS = 30, 1_000
_MACHINE = {"\x2a": ""}


@dataclass(slots=True)
class _Slide:
    persist: int
    id: int
    outline: list[tuple[int, str]] = field(default_factory=list)  # (kind, text) of its placeholders


def read(source: Source) -> Document:
    with Compound(source) as file:
        data, user = file.stream("PowerPoint Document"), file.stream("Current User")
        title, date = file.properties()
    if not data or not user or len(user) < 20:
        raise ExtractionFailed("damaged: it has no slides")
    token, edit = struct.unpack_from("<II", user, 12)
    if token == _LOCKED:
        raise ExtractionFailed("encrypted with a password")
    places, main = _directory(data, edit)
    writer = Writer(source)
    slides, notes = _lists(data, places, main)
    first: str | None = None
    for number, slide in enumerate(slides, 1):
        texts = _texts(data, places.get(slide.persist), slide.outline)
        heading = next((one_line(text) for kind, text in texts if kind in _TITLES and text.strip()), None)
        first = first or heading
        path = (heading,) if heading else ()
        writer.mark(anchor=f"slide {number}", heading=path)
        body = "\n\n".join(text for _, text in texts if text.strip())
        if body and not writer.write(body + "\n\n"):
            break
        note = notes.get(slide.id)
        speaker = (
            [t for k, t in _texts(data, note, []) if k == _NOTE_TEXT and t.strip()]
            if note is not None
            else []
        )
        if speaker:
            writer.mark(anchor=f"slide {number}, notes", heading=path)
            writer.write("\n".join(speaker) + "\n\n")
    named = None if title in (None, "PowerPoint Presentation", "Slide 1") else title
    return writer.document("ppt", title=named or first, date=date)


def _records(data: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """(type, instance, start, end) of the records inside [start, end), those of containers included."""
    at = start
    while at + 8 <= end:
        head, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        stop = min(at + size, end)
        yield kind, head >> 4, at, stop
        if head & 15 == 15 and depth < _DEPTH:
            yield from _records(data, at, stop, depth + 1)
        at += size


def _directory(data: bytes, edit: int) -> tuple[dict[int, int], int]:
    """Where each numbered object lies by the newest edit that wrote it, and the document's number."""
    places: dict[int, int] = {}
    main = 0
    for _ in range(_EDITS):
        if edit + 28 > len(data):
            break
        _, kind, _, _, _, earlier, directory, number = struct.unpack_from("<HHIIIIII", data, edit)
        if kind != _USER_EDIT:
            break
        main = main or number
        for key, place in _entries(data, directory):
            places.setdefault(key, place)
        if not earlier:
            break
        edit = earlier
    if main not in places:
        raise ExtractionFailed("damaged: its list of slides is lost")
    return places, main


def _entries(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    if at + 8 > len(data):
        return
    _, kind, size = struct.unpack_from("<HHI", data, at)
    if kind != _DIRECTORY:
        return
    at, end = at + 8, min(at + 8 + size, len(data))
    while at + 4 <= end:
        (entry,) = struct.unpack_from("<I", data, at)
        first, count = entry & 0xFFFFF, entry >> 20
        at += 4
        for number in range(count):
            if at + 4 > end:
                return
            yield first + number, struct.unpack_from("<I", data, at)[0]
            at += 4


def _span(data: bytes, place: int) -> tuple[int, int]:
    (size,) = struct.unpack_from("<I", data, place + 4)
    return place + 8, min(place + 8 + size, len(data))


def _lists(data: bytes, places: dict[int, int], main: int) -> tuple[list[_Slide], dict[int, int]]:
    """The slides in their order, and where the notes of each lie by the slide's id."""
    slides: list[_Slide] = []
    notes: dict[int, int] = {}
    start, end = _span(data, places[main])
    for kind, instance, low, high in _records(data, start, end):
        if kind != _SLIDE_LIST or instance not in (0, 2):
            continue
        text_kind = 4
        for inner, _, a, b in _records(data, low, high):
            if inner == _PERSIST and b - a >= 16:
                persist, _, _, id = struct.unpack_from("<IIII", data, a)
                if instance == 0:
                    slides.append(_Slide(persist, id))
                elif persist in places and (owner := _owner(data, places[persist])) is not None:
                    notes[owner] = places[persist]
            elif instance == 0 and slides and inner == _HEADER:
                (text_kind,) = struct.unpack_from("<I", data, a)
            elif instance == 0 and slides and inner in (_CHARS, _BYTES):
                slides[-1].outline.append((text_kind, _decoded(data[a:b], inner)))
    return slides, notes


def _owner(data: bytes, place: int) -> int | None:
    """The id of the slide that a page of notes belongs to."""
    for kind, _, a, b in _records(data, *_span(data, place)):
        if kind == _NOTES_ATOM and b - a >= 4:
            return int(struct.unpack_from("<I", data, a)[0])
    return None


def _texts(data: bytes, place: int | None, outline: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """(kind, text) of the shapes of a slide, in their order; placeholders refer to the outline."""
    if place is None or place + 8 > len(data):
        return outline
    texts: list[tuple[int, str]] = []
    used: set[int] = set()
    kind_of_text = 4
    for kind, _, a, b in _records(data, *_span(data, place)):
        if kind == _TEXTBOX:
            for inner, _, low, high in _records(data, a, b):
                if inner == _HEADER and high - low >= 4:
                    (kind_of_text,) = struct.unpack_from("<I", data, low)
                elif inner in (_CHARS, _BYTES):
                    texts.append((kind_of_text, _decoded(data[low:high], inner)))
                elif inner == _REFERENCE and high - low >= 4:
                    (number,) = struct.unpack_from("<I", data, low)
                    if number < len(outline):
                        used.add(number)
                        texts.append(outline[number])
    texts.extend(text for number, text in enumerate(outline) if number not in used)
    return [(kind, text) for kind, text in texts if text.strip() not in ("", "*")]


def _decoded(raw: bytes, kind: int) -> str:
    text = raw.decode("utf-16-le", "replace") if kind == _CHARS else raw.decode("latin-1")
    return text.replace("\r", "\n").replace("\v", "\n").strip()
