"""One page of a PDF, or a picture, with the passage marked, drawn in a process of its own, with the memory a
reader of files may have: a broken file costs that picture only."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from indexer.recognition.kept import Lines
from searcher.system import restrain
from ui.page.quote import find

_SECONDS = 15
_WIDTH, _HEIGHT = 1100, 4400  # pixels at most, so that no page is drawn at more than 5 million
_MARKER = (255, 214, 64, 80)
_MOST_PIXELS = 64_000_000  # of a picture that is decoded
_SHORTEST = 12  # letters of a line that is looked for by itself
_REMEMBERED = 32  # pictures
_AT_ONCE = 2  # drawn


@dataclass(frozen=True, slots=True)
class Picture:
    """WebP of a page, its size in pixels, and how far down the passage begins, in [0, 1]."""

    data: bytes
    width: int
    height: int
    top: float | None


class Pictures:
    """The last few drawn; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._drawing = threading.BoundedSemaphore(_AT_ONCE)
        self._drawn: OrderedDict[Hashable, Picture | None] = OrderedDict()

    def picture(
        self, key: Hashable, data: Callable[[], tuple[bytes, Lines]], page: int, passage: str = ""
    ) -> Picture | None:
        """A 1-based page with `passage` marked in it, or None when it cannot be drawn. `key` stands for the
        file as it is, `data` gives what it holds and the lines that were recognised on the page."""
        which = (key, page, passage)
        with self._lock:
            if which in self._drawn:
                self._drawn.move_to_end(which)
                return self._drawn[which]
        with self._drawing:
            given, lines = data()
            drawn = drawn_apart(given, page, passage, lines)
        with self._lock:
            self._drawn[which] = drawn
            while len(self._drawn) > _REMEMBERED:
                self._drawn.popitem(last=False)
        return drawn

    def drop(self) -> None:
        with self._lock:
            self._drawn.clear()


def drawn_apart(data: bytes, page: int, passage: str = "", lines: Lines = ()) -> Picture | None:
    """A page of a PDF or a picture, drawn in a process of its own."""
    command = [sys.executable, "-m", "ui.pictures", str(page)]
    said = [box for text, box in lines if len(_letters(text)) > 2 and _letters(text) in _letters(passage)]
    asked = json.dumps([passage, said]).encode("ascii", "replace")
    given = len(asked).to_bytes(8, "little") + asked + data
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    facts, _, data = done.stdout.partition(b"\n")
    return Picture(data, **json.loads(facts)) if done.returncode == 0 and data else None


def _letters(text: str) -> str:
    return "".join(text.split())


def _draw(data: bytes, page: int, passage: str, recognised: list[list[float]]) -> bytes:
    import io

    from PIL import ImageDraw

    image, boxes = _sheet(data, page, passage) if b"%PDF-" in data[:1024] else (_shown(data), [])
    for left, top, right, bottom in recognised:
        across, down = image.width, image.height
        boxes.append((int(left * across), int(top * down), int(right * across), int(bottom * down)))
    draw = ImageDraw.Draw(image, "RGBA")
    for box in boxes:
        draw.rectangle(box, fill=_MARKER)
    first = min((box[1] for box in boxes), default=None)
    facts = {
        "width": image.width,
        "height": image.height,
        "top": None if first is None else first / image.height,
    }
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82)
    return json.dumps(facts).encode() + b"\n" + out.getvalue()


def _sheet(pdf: bytes, page: int, passage: str) -> tuple[Any, list[tuple[int, int, int, int]]]:
    """A page, and where the passage stands in its text, in pixels."""
    import pypdfium2

    sheet = pypdfium2.PdfDocument(pdf)[page - 1]
    width, height = sheet.get_size()
    bitmap = sheet.render(scale=min(_WIDTH / max(width, 1), _HEIGHT / max(height, 1)))
    boxes = [_pixels(box, bitmap.get_posconv(sheet)) for box in _boxes(sheet.get_textpage(), passage)]
    return bitmap.to_pil().convert("RGB"), boxes


def _shown(data: bytes) -> Any:
    """A picture, upright."""
    import io

    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(data)) as image:
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError("too many pixels")
        image.draft("RGB", (_WIDTH, _HEIGHT))
        upright = ImageOps.exif_transpose(image).convert("RGB")
        upright.thumbnail((_WIDTH, _HEIGHT))
        return upright


def _boxes(text: Any, passage: str) -> list[tuple[float, float, float, float]]:
    """Where the passage's lines stand: (left, bottom, right, top) in the page's own units."""
    written = text.get_text_range()
    whole = find(written, passage)
    lines = [line for line in passage.split("\n") if len("".join(line.split())) >= _SHORTEST]
    spans = [whole] if whole else [span for line in lines if (span := find(written, line))]
    boxes = []
    for start, end in spans:
        boxes += [text.get_rect(n) for n in range(text.count_rects(start, end - start))]
    return boxes


def _pixels(box: tuple[float, float, float, float], place: Any) -> tuple[int, int, int, int]:
    (x, y), (other_x, other_y) = place.to_bitmap(box[0], box[1]), place.to_bitmap(box[2], box[3])
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


def _main() -> None:
    restrain()
    given = sys.stdin.buffer.read()
    start = 8 + int.from_bytes(given[:8], "little")
    passage, recognised = json.loads(given[8:start])
    sys.stdout.buffer.write(_draw(given[start:], int(sys.argv[1]), passage, recognised))


if __name__ == "__main__":
    _main()
