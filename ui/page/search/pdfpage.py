"""One page of a PDF as a picture with the passage marked, drawn in a process of its own: a broken file costs
that picture only."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ui.page.quote import found

_SECONDS = 15
_WIDTH = 1100  # pixels
_MARKER = (255, 214, 64, 80)
_SHORTEST = 12  # letters of a line that is looked for by itself


@dataclass(frozen=True, slots=True)
class Picture:
    """WebP of a page, its size in pixels, and how far down the passage begins, in [0, 1]."""

    data: bytes
    width: int
    height: int
    top: float | None


def picture(path: Path, page: int, passage: str = "") -> Picture | None:
    """A 1-based page with `passage` marked in it, or None when it cannot be drawn."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return _drawn(str(path), page, passage, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=32)
def _drawn(path: str, page: int, passage: str, mtime_ns: int, size: int) -> Picture | None:
    command = [sys.executable, "-m", "ui.page.search.pdfpage", path, str(page)]
    given = passage.encode("utf-8", "replace")
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    facts, _, data = done.stdout.partition(b"\n")
    return Picture(data, **json.loads(facts)) if done.returncode == 0 and data else None


def _draw(path: str, page: int, passage: str) -> bytes:
    import io

    import pypdfium2
    from PIL import ImageDraw

    document = pypdfium2.PdfDocument(path)
    sheet = document[page - 1]
    bitmap = sheet.render(scale=_WIDTH / max(sheet.get_width(), 1))
    image = bitmap.to_pil().convert("RGB")
    boxes = [_pixels(box, bitmap.get_posconv(sheet)) for box in _boxes(sheet.get_textpage(), passage)]
    draw = ImageDraw.Draw(image, "RGBA")
    for box in boxes:
        draw.rectangle(box, fill=_MARKER)
    top = min((box[1] for box in boxes), default=None)
    facts = {"width": image.width, "height": image.height, "top": None if top is None else top / image.height}
    out = io.BytesIO()
    image.save(out, "WEBP", quality=82)
    return json.dumps(facts).encode() + b"\n" + out.getvalue()


def _boxes(text: Any, passage: str) -> list[tuple[float, float, float, float]]:
    """Where the passage's lines stand: (left, bottom, right, top) in the page's own units."""
    written = text.get_text_range()
    whole = found(written, passage)
    lines = [line for line in passage.split("\n") if len("".join(line.split())) >= _SHORTEST]
    spans = [whole] if whole else [span for line in lines if (span := found(written, line))]
    boxes = []
    for start, end in spans:
        boxes += [text.get_rect(n) for n in range(text.count_rects(start, end - start))]
    return boxes


def _pixels(box: tuple[float, float, float, float], place: Any) -> tuple[int, int, int, int]:
    (x, y), (other_x, other_y) = place.to_bitmap(box[0], box[1]), place.to_bitmap(box[2], box[3])
    return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


if __name__ == "__main__":
    said = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(_draw(sys.argv[1], int(sys.argv[2]), said))
