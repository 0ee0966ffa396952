"""The recognising process: it is given a file, says which of its pages are pictures of text, and reads them.

RapidOCR's settings are those that keep it at some 400 MB: its own take twice as much.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
from collections.abc import Iterator
from typing import Any

from indexer.extraction.serving import take_pipes
from indexer.formats import kinds
from indexer.formats.pdf.pages import is_picture_of_text
from indexer.formats.pictured import pictures
from indexer.formats.recognised import Line
from indexer.recognition import tesseract
from searcher.system import restrain
from searcher.text import language

MEMORY = 1536 << 20  # bytes of address space
_LONGER_SIDE = 2000  # pixels of a page that is drawn
_MOST_PIXELS = 64_000_000  # of a picture that is decoded
_SURE = 0.6  # of what is recognised; below, it is seldom a word
_DOUBTFUL = 0.85  # mean of a page's lines: it may be turned
_DOUBTFUL_TESSERACT = 0.7  # mean of its lines: the script was mistaken
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

        self._engine = RapidOCR(params=_SETTINGS)

    def lines(self, image: Any) -> list[Line]:
        """The lines of a picture as it lies or, where that gives little, as it lies when turned upright.
        Where tesseract is there, it tells the way up and the script, and reads those that RapidOCR cannot."""
        width, height = image.size
        turn, script = tesseract.sight(image)
        if known := tesseract.languages(script):
            lines, sure = _by_tesseract(image, turn, known)
            if lines and sure >= _DOUBTFUL_TESSERACT:
                return _placed(lines, width, height, turn)
        ways = []
        for angle in dict.fromkeys((turn, 0, 90, 180, 270)):
            lines, sure, flat = self._read(image.rotate(angle, expand=True) if angle else image)
            ways.append((_worth(lines, sure, flat=flat), angle, lines))
            if len(ways) == 1 and (not lines or (sure >= _DOUBTFUL and flat)):
                break
        _, angle, lines = max(ways, key=lambda way: way[0])
        if tesseract.reads_vietnamese() and language.detect("\n".join(text for text, _ in lines)) == "vi":
            lines = _by_tesseract(image, angle, tesseract.VIETNAMESE)[0] or lines
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


def _by_tesseract(image: Any, angle: int, languages: str) -> tuple[list[tuple[str, Any]], float]:
    """Texts with their corners in pixels of the picture when it is turned, and how sure they are."""
    import numpy as np

    lines = tesseract.read(image.rotate(angle, expand=True) if angle else image, languages)
    letters = sum(len(text) for text, _, _ in lines)
    sure = sum(len(text) * sure for text, _, sure in lines) / max(letters, 1)
    corners = [(text, np.array([(a, b), (c, b), (c, d), (a, d)])) for text, (a, b, c, d), _ in lines]
    return corners, sure


def _worth(lines: list[tuple[str, Any]], sure: float, *, flat: bool) -> float:
    """Lines that stand upright are read as well, but in the wrong order."""
    return sum(len(text) for text, _ in lines) * sure * (1.0 if flat else 0.7)


def _placed(lines: list[tuple[str, Any]], width: int, height: int, turned: int) -> list[Line]:
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
    """The pages of a file that are pictures, or the pictures in it, from 1; a picture is one page."""

    def __init__(self, name: str, data: bytes) -> None:
        self._pdf: Any = None
        self._pictures = [data]
        kind = kinds.by_name(name) or kinds.by_content(data)
        if data[:1024].find(b"%PDF-") >= 0:
            import pypdfium2

            self._pdf = pypdfium2.PdfDocument(data)
            self.numbers = [n + 1 for n in range(len(self._pdf)) if is_picture_of_text(self._pdf, n)]
        else:
            if kind != "picture":
                self._pictures = [inside.data for inside in pictures(kind, data)]
            self.numbers = [n + 1 for n in range(len(self._pictures))]

    def images(self, number: int) -> Iterator[Any]:
        from PIL import Image, ImageOps

        if self._pdf is not None:
            page = self._pdf[number - 1]
            scale = min(_LONGER_SIDE / max(*page.get_size(), 1), 4)
            yield page.render(scale=scale).to_pil().convert("RGB")
            page.close()
            return
        with Image.open(io.BytesIO(self._pictures[number - 1])) as image:
            if image.width * image.height > _MOST_PIXELS:
                return
            image.draft("RGB", (_LONGER_SIDE, _LONGER_SIDE))  # JPEG is decoded smaller
            upright = ImageOps.exif_transpose(image).convert("RGB")
            upright.thumbnail((_LONGER_SIDE, _LONGER_SIDE))
            yield upright


def serve() -> None:
    """Answer until the other end closes its pipe: `file NAME` and its bytes, or `page` and its number. A file
    that cannot be opened has no pages, a page that cannot be drawn no lines."""
    messages = take_pipes()
    logging.disable(logging.WARNING)  # RapidOCR tells of each model that it opens
    with contextlib.suppress(EOFError, BrokenPipeError):
        restrain(MEMORY)
        recogniser: Recogniser | None = None
        pages: Pages | None = None
        while True:
            what, given = messages.receive_bytes(), messages.receive_bytes()
            if what.startswith(b"file "):
                pages = _opened(os.fsdecode(what[5:]), given)
                messages.send(pages.numbers if pages else [])
            else:
                recogniser = recogniser or Recogniser()
                messages.send(_lines(recogniser, pages, int(given)))


def _opened(name: str, data: bytes) -> Pages | None:
    try:
        return Pages(name, data)
    except Exception:  # a parser may raise anything on damaged input
        return None


def _lines(recogniser: Recogniser, pages: Pages | None, number: int) -> list[Line]:
    try:
        return [line for image in (pages.images(number) if pages else ()) for line in recogniser.lines(image)]
    except Exception:
        return []
