"""One page of a PDF, a slide or a picture, with the passage marked, drawn in a process of its own, with the
memory a reader of files may have: a broken file costs that picture only."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from indexer.formats.recognised import Box
from indexer.recognition.kept import Lines
from searcher.system import give_way, restrain
from ui.page.html.finding import matches
from ui.page.quote import find

if TYPE_CHECKING:
    from indexer.formats.office.package import Package

T = TypeVar("T")
Pixels: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom

_SECONDS, _PATIENCE = 15, 60  # of processor time, and by the clock, for one picture
_WIDTH, _HEIGHT = 1100, 4400  # pixels at most, so that no page is drawn at more than 5 million
_MARKER, _CURRENT = (255, 214, 64, 80), (255, 140, 0, 120)
_COVERS = ("docProps/thumbnail.jpeg", "docProps/thumbnail.png", "Thumbnails/thumbnail.png")
_COVER_BYTES = 8_000_000
_FINE = 720  # pixels across, in which a slide at least is drawn before it is made smaller
_BLANK = 16  # of 255, by which the lightest and the darkest of a blank cover differ less
_MOST_PIXELS = 64_000_000  # of a picture that is decoded
_SHORTEST = 12  # letters of a line that is looked for by itself
_REMEMBERED, _BYTES = 400, 12_000_000  # pictures
_AT_ONCE = 2  # drawn


@dataclass(frozen=True, slots=True)
class Picture:
    """WebP of a page, its size in pixels, and how far down the passage begins, in [0, 1]."""

    data: bytes
    width: int
    height: int
    top: float | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A 1-based page, what is marked in it, and how wide the picture may be. `passage` is a stretch of the
    text; of `find` every place is marked, number `nth` (0-based) more than the others; so are `words`."""

    page: int = 1
    passage: str = ""
    find: str = ""
    nth: int = 0
    width: int = _WIDTH
    words: tuple[str, ...] = ()
    strip: bool = False  # only the stretch around the first place that is marked


class Pictures:
    """The last few drawn, by the content of their file; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawing = threading.BoundedSemaphore(_AT_ONCE)
        self._drawn: OrderedDict[Hashable, Picture | None] = OrderedDict()
        self._contents: OrderedDict[Hashable, str] = OrderedDict()  # by the file as it is

    def picture(
        self, file: Hashable, given: Callable[[], tuple[bytes, str, Lines]], wanted: Wanted
    ) -> Picture | None:
        """None when it cannot be drawn. `file` stands for the file as it is, `given` reads what it holds, the
        mark of that content, and the lines that were recognised on the page."""
        with self._lock:
            content = self._contents.get(file)
            if (content, wanted) in self._drawn:
                self._drawn.move_to_end((content, wanted))
                return self._drawn[content, wanted]
        with self._drawing:
            data, content, lines = given()
            with self._lock:
                _keep(self._contents, file, content)
                if (content, wanted) in self._drawn:  # a copy of another file, or drawn meanwhile
                    return self._drawn[content, wanted]
            try:
                drawn = drawn_apart(data, wanted, lines)
            except subprocess.TimeoutExpired:  # by the machine's load, so it may be drawn another time
                return None
        with self._lock:
            _keep(self._drawn, (content, wanted), drawn)
            while self._size() > _BYTES:
                self._drawn.popitem(last=False)
        return drawn

    def _size(self) -> int:
        return sum(len(picture.data) for picture in self._drawn.values() if picture)

    def drop(self) -> None:
        with self._lock:
            self._drawn.clear()
            self._contents.clear()


def _keep(kept: OrderedDict[Hashable, T], key: Hashable, value: T) -> None:
    kept[key] = value
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)


def drawn_apart(data: bytes, wanted: Wanted, lines: Lines = ()) -> Picture | None:
    """A page of a PDF, a slide or a picture, drawn in a process of its own. Raises TimeoutExpired."""
    command = [sys.executable, "-m", "ui.pictures"]
    asked = json.dumps([astuple(wanted), _recognised(lines, wanted)]).encode("ascii", "replace")
    given = len(asked).to_bytes(8, "little") + asked + data
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_PATIENCE, check=False)
    except OSError:
        return None
    facts, _, data = done.stdout.partition(b"\n")
    return Picture(data, **json.loads(facts)) if done.returncode == 0 and data else None


def _recognised(lines: Lines, wanted: Wanted) -> list[Box]:
    """Where in the recognised lines something is to be marked."""
    sought = [wanted.find] if wanted.find else wanted.words
    if sought:
        return [
            _within(text, box, span) for text, box in lines for word in sought for span in matches(text, word)
        ]
    passage = _letters(wanted.passage)
    return [box for text, box in lines if len(_letters(text)) > 2 and _letters(text) in passage]


def _within(text: str, box: Box, span: tuple[int, int]) -> Box:
    """Where characters of a line may stand, for of a line no more is known than its box."""
    left, top, right, bottom = box
    start, end = (left + (right - left) * place / len(text) for place in span)
    return start, top, end, bottom


def _letters(text: str) -> str:
    return "".join(text.split())


def _draw(data: bytes, wanted: Wanted, recognised: list[list[float]]) -> bytes:
    import io

    from PIL import ImageDraw

    places: list[list[Pixels]] = []
    if b"%PDF-" in data[:1024]:
        image, places = _sheet(data, wanted)
    elif data[:4] == b"PK\3\4":
        image = _of_office(data, wanted)
    else:
        image = _shown(data, wanted.width)
    for left, top, right, bottom in recognised:
        across, down = image.width, image.height
        places.append([(int(left * across), int(top * down), int(right * across), int(bottom * down))])
    if wanted.find and places:
        nth = min(wanted.nth, len(places) - 1)
        first: int | None = min(box[1] for box in places[nth])
    else:
        nth, first = -1, min((box[1] for boxes in places for box in boxes), default=None)
    draw = ImageDraw.Draw(image, "RGBA")
    for number, boxes in enumerate(places):
        for box in boxes:
            draw.rectangle(box, fill=_CURRENT if number == nth else _MARKER)
    if wanted.strip and first is not None:
        around = image.width // 10
        image = image.crop((0, max(0, first - around), image.width, min(image.height, first + 2 * around)))
        first = min(first, around)
    facts = {
        "width": image.width,
        "height": image.height,
        "top": None if first is None else first / image.height,
    }
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82)
    return json.dumps(facts).encode() + b"\n" + out.getvalue()


def _of_office(data: bytes, wanted: Wanted) -> Any:
    """A slide; where it cannot be drawn the picture that it is made of, else the cover. Raises KeyError,
    ValueError."""
    with suppress(Exception):  # a file is broken in more ways than can be named
        if (drawn := _drawn(data, wanted)) and not _is_blank(drawn):
            return drawn
    if slide := _slide(data, wanted.page):
        return _shown(slide, wanted.width)
    image = _shown(_cover(data), wanted.width)
    if _is_blank(image):
        raise ValueError("the blank page of a program that never drew one")
    return image


def _is_blank(image: Any) -> bool:
    return all(most - least < _BLANK for least, most in image.getextrema())


def _drawn(office: bytes, wanted: Wanted) -> Any:
    """A slide of PowerPoint's; None for other files. Raises whatever a broken one leads to."""
    from ui.slides.picture import drawn

    with _parts(office) as parts:
        image = drawn(parts, wanted.page, max(wanted.width, _FINE)) if parts.names("ppt/slides/") else None
    if image is not None:
        image.thumbnail((wanted.width, wanted.width * _HEIGHT // _WIDTH))
    return image


def _slide(office: bytes, number: int) -> bytes | None:
    """The picture that a slide of PowerPoint's is made of."""
    from indexer.formats.office import slides
    from searcher.errors import ExtractionFailed

    try:
        with _parts(office) as parts:
            return slides.picture_of(parts, number) if parts.names("ppt/slides/") else None
    except ExtractionFailed:
        return None


def _parts(office: bytes) -> Package:
    from indexer.formats import Limits
    from indexer.formats.office.package import Package
    from indexer.formats.source import Budget, Source

    limits = Limits()
    return Package(Source("", office, limits, 0, Budget.of(limits)))


def _cover(office: bytes) -> bytes:
    """The small picture of its first page that an Office file may hold. Raises KeyError, ValueError."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(office)) as parts:
        inside = set(parts.namelist())
        part = parts.getinfo(next((name for name in _COVERS if name in inside), ""))
        if part.file_size > _COVER_BYTES:
            raise ValueError("too large")
        return parts.read(part)


def _sheet(pdf: bytes, wanted: Wanted) -> tuple[Any, list[list[Pixels]]]:
    """A page, and the boxes of each place that is to be marked in its text."""
    import pypdfium2

    sheet = pypdfium2.PdfDocument(pdf)[wanted.page - 1]
    width, height = sheet.get_size()
    across, down = wanted.width, wanted.width * _HEIGHT // _WIDTH
    bitmap = sheet.render(scale=min(across / max(width, 1), down / max(height, 1)))
    text, place = sheet.get_textpage(), bitmap.get_posconv(sheet)
    places = [
        [_pixels(text.get_rect(n), place) for n in range(text.count_rects(start, end - start))]
        for start, end in _spans(text.get_text_range(), wanted)
    ]
    return bitmap.to_pil().convert("RGB"), [boxes for boxes in places if boxes]


def _spans(written: str, wanted: Wanted) -> list[tuple[int, int]]:
    """Characters of a page's text that are to be marked."""
    if wanted.find or wanted.words:
        return [span for word in (wanted.find, *wanted.words) for span in matches(written, word)]
    whole = find(written, wanted.passage)
    lines = [line for line in wanted.passage.split("\n") if len(_letters(line)) >= _SHORTEST]
    return [whole] if whole else [span for line in lines if (span := find(written, line))]


def _shown(data: bytes, width: int) -> Any:
    """A picture, upright."""
    import io

    from PIL import Image, ImageOps

    from ui.slides.picture import eight_bit

    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        size = (width, width * _HEIGHT // _WIDTH)
        image.draft("RGB", size)
        upright = ImageOps.exif_transpose(eight_bit(image)).convert("RGB")
        upright.thumbnail(size)
        return upright


def _pixels(box: Box, place: Any) -> Pixels:
    (x, y), (other_x, other_y) = place.to_bitmap(box[0], box[1]), place.to_bitmap(box[2], box[3])
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _main() -> None:
    restrain(seconds=_SECONDS)
    give_way()  # a picture comes after the answers
    given = sys.stdin.buffer.read()
    start = 8 + int.from_bytes(given[:8], "little")
    wanted, recognised = json.loads(given[8:start])
    sys.stdout.buffer.write(_draw(given[start:], Wanted(*wanted), recognised))


if __name__ == "__main__":
    _main()
