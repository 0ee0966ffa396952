"""The recognising process: it is given a file, says which of its pages are pictures of text, and reads them.

RapidOCR's settings are those that keep it at some 400 MB: its own take twice as much.
"""

from __future__ import annotations

import contextlib
import io
import logging
from collections.abc import Iterator
from typing import Any

from indexer.extraction.serving import take_pipes
from indexer.formats.pdf.pages import is_picture_of_text
from searcher.system import restrain

MEMORY = 1536 << 20  # bytes of address space
TextLine = tuple[str, tuple[float, float, float, float]]  # left, top, right, bottom as shares of the page
_LONGER_SIDE = 2000  # pixels of a page that is drawn
_MOST_PIXELS = 64_000_000  # of a picture that is decoded
_SURE = 0.6  # of what is recognised; below, it is seldom a word
_DOUBTFUL = 0.85  # mean of a page's lines: it may be turned
_SETTINGS = {
    "Global.use_cls": False,
    "Global.log_level": "error",
    "Rec.rec_batch_num": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": 960,
    "EngineConfig.onnxruntime.enable_cpu_mem_arena": False,
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


class Recogniser:
    def __init__(self) -> None:
        from rapidocr import RapidOCR

        logging.disable(logging.WARNING)
        self._engine = RapidOCR(params=_SETTINGS)

    def lines(self, image: Any) -> list[TextLine]:
        """The lines of a picture as it lies or, where that gives little, as it lies when turned upright."""
        width, height = image.size
        lines, sure, flat = self._read(image)
        if not lines or (sure >= _DOUBTFUL and flat):
            return _placed(lines, width, height, 0)
        ways = [(_worth(lines, sure, flat=flat), 0, lines)]
        for angle in (90, 180, 270):
            lines, sure, flat = self._read(image.rotate(angle, expand=True))
            ways.append((_worth(lines, sure, flat=flat), angle, lines))
        _, angle, lines = max(ways, key=lambda way: way[0])
        return _placed(lines, width, height, angle)

    def _read(self, image: Any) -> tuple[list[tuple[str, Any]], float, bool]:
        """Texts with their corners in pixels, how sure they are on average, whether they lie flat."""
        import numpy as np

        found: Any = self._engine(np.asarray(image)[:, :, ::-1])
        if found is None or not found.txts:
            return [], 0.0, True
        rows = [
            (text, box, score)
            for text, box, score in zip(found.txts, found.boxes, found.scores, strict=True)
            if score >= _SURE and text.strip()
        ]
        if not rows:
            return [], 0.0, True
        tall = sum(np.ptp(box[:, 1]) > 1.5 * np.ptp(box[:, 0]) for text, box, _ in rows if len(text) > 2)
        sure = sum(score * len(text) for text, _, score in rows) / sum(len(text) for text, _, _ in rows)
        return [(text, box) for text, box, _ in rows], float(sure), tall * 2 < len(rows)


def _worth(lines: list[tuple[str, Any]], sure: float, *, flat: bool) -> float:
    """Lines that stand upright are read as well, but in the wrong order."""
    return sum(len(text) for text, _ in lines) * sure * (1.0 if flat else 0.7)


def _placed(lines: list[tuple[str, Any]], width: int, height: int, turned: int) -> list[TextLine]:
    """Boxes as shares of the picture as it lies, whichever way it was turned to be read."""
    result = []
    for text, box in lines:
        xs, ys = box[:, 0], box[:, 1]
        if turned == 90:
            xs, ys = width - ys, xs
        elif turned == 180:
            xs, ys = width - xs, height - ys
        elif turned == 270:
            xs, ys = ys, height - xs
        place = (xs.min() / width, ys.min() / height, xs.max() / width, ys.max() / height)
        left, top, right, bottom = (min(max(float(share), 0.0), 1.0) for share in place)
        result.append((text, (left, top, right, bottom)))
    return result


class Pages:
    """The pages of a file that are pictures, by number from 1; a picture is one page."""

    def __init__(self, data: bytes) -> None:
        self._data, self._pdf = data, None
        self.numbers = [1]
        if data[:1024].find(b"%PDF-") >= 0:
            import pypdfium2

            self._pdf = pypdfium2.PdfDocument(data)
            self.numbers = [n + 1 for n in range(len(self._pdf)) if is_picture_of_text(self._pdf, n)]

    def images(self, number: int) -> Iterator[Any]:
        from PIL import Image, ImageOps

        if self._pdf is not None:
            page = self._pdf[number - 1]
            scale = min(_LONGER_SIDE / max(*page.get_size(), 1), 4)
            yield page.render(scale=scale).to_pil().convert("RGB")
            page.close()
            return
        with Image.open(io.BytesIO(self._data)) as image:
            if image.width * image.height > _MOST_PIXELS:
                return
            image.draft("RGB", (_LONGER_SIDE, _LONGER_SIDE))  # JPEG is decoded smaller
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((_LONGER_SIDE, _LONGER_SIDE))
            yield upright


def serve() -> None:
    """Answer until the other end closes its pipe: `file` and its bytes, or `page` and its number. A file that
    cannot be opened has no pages, a page that cannot be drawn no lines."""
    messages = take_pipes()
    with contextlib.suppress(EOFError, BrokenPipeError):
        restrain(MEMORY)
        recogniser: Recogniser | None = None
        pages: Pages | None = None
        while True:
            what, given = messages.receive_bytes(), messages.receive_bytes()
            if what == b"file":
                pages = _opened(given)
                messages.send(pages.numbers if pages else [])
            else:
                recogniser = recogniser or Recogniser()
                messages.send(_lines(recogniser, pages, int(given)))


def _opened(data: bytes) -> Pages | None:
    try:
        return Pages(data)
    except Exception:  # a parser may raise anything on damaged input
        return None


def _lines(recogniser: Recogniser, pages: Pages | None, number: int) -> list[TextLine]:
    try:
        return [line for image in (pages.images(number) if pages else ()) for line in recogniser.lines(image)]
    except Exception:
        return []
