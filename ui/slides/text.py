"""Text in a box: runs of words in their sizes and colours, wrapped, placed as paragraphs say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

from ui.slides.colours import RGBA

Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom, in pixels

_OWN = re.compile(
    r"[\t -\u052f\u1e00-\u20bf\u2100-\u2193\u2212\u2260-\u2265\u25a0-\u25cf]*"
)  # Source Sans has
_FONT = "static/static/media/SourceSansVF-Upright*.woff2"
_OTHERS = ("NotoSansCJK-Regular.ttc", "DejaVuSans.ttf", "Arial Unicode.ttf", "msyh.ttc", "arial.ttf")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")  # may be parted anywhere
_PIECE = re.compile(rf"\n|{_WIDE.pattern}|[^\S\n]+|(?:(?!{_WIDE.pattern})\S)+")
_SMALLEST = 0.45  # of its size, to which text that does not fit is shrunk
_LEADING = 1.18  # heights of letters from line to line


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look; `size` in pixels."""

    text: str
    size: float
    colour: RGBA
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Sequence[Run]
    align: str = "l"  # l | ctr | r
    indent: float = 0.0  # pixels from the left
    hanging: float = 0.0  # of the first line, before that
    bullet: str = ""
    before: float = 0.0  # pixels above it


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    run: Run
    width: float


def draw(canvas: Any, box: Box, said: Sequence[Paragraph], anchor: str) -> None:
    """Into a box; too much text is made smaller. `anchor` is t, ctr or b."""
    left, top, right, bottom = box
    scale, lines = 1.0, list(_lines(said, right - left, 1.0))
    while (height := sum(line[1] for line in lines)) > bottom - top + 1 and scale > _SMALLEST:
        scale -= 0.1
        lines = list(_lines(said, right - left, scale))
    spare = max(bottom - top - height, 0)
    y = top + spare * {"ctr": 0.5, "b": 1.0}.get(anchor, 0.0)
    for pieces, height, paragraph, start in lines:
        free = right - left - start - sum(piece.width for piece in pieces)
        x = left + start + free * {"ctr": 0.5, "r": 1.0}.get(paragraph.align, 0.0)
        size = max((piece.run.size for piece in pieces), default=0.0) * scale
        baseline = y + height - size * (_LEADING - 0.95)
        for piece in pieces:
            font = _font(round(piece.run.size * scale), piece.run.bold, _is_own(piece.text))
            if font and piece.text.strip():
                canvas.text((x, baseline), piece.text, piece.run.colour, font=font, anchor="ls")
            elif piece.text.strip():  # no font has it: as a reader far away would see it
                half = piece.run.size * scale * 0.3
                canvas.rectangle((x, baseline - half, x + piece.width, baseline), (*piece.run.colour[:3], 90))
            x += piece.width
        y += height


def _lines(
    said: Sequence[Paragraph], width: float, scale: float
) -> Iterator[tuple[list[_Piece], float, Paragraph, float]]:
    """(pieces, height, paragraph, pixels that it starts further right)."""
    for paragraph in said:
        room = width - paragraph.indent
        line: list[_Piece] = []
        start = paragraph.indent
        if paragraph.bullet and paragraph.runs:
            first = paragraph.runs[0]
            start = max(paragraph.indent - paragraph.hanging, 0)
            mark = _measured(paragraph.bullet, first, scale)
            line = [_Piece(mark.text, mark.run, max(mark.width * 1.5, paragraph.indent - start))]
        full, above = sum(piece.width for piece in line) + start - paragraph.indent, paragraph.before * scale
        usual = max((run.size for run in paragraph.runs), default=0.0) * scale * _LEADING
        for run in paragraph.runs:
            for found in _PIECE.findall(run.text):
                piece = _measured("" if found == "\n" else found, run, scale)
                if line and (found == "\n" or (full + piece.width > room and found.strip())):
                    yield line, _height(line, scale) + above, paragraph, start
                    line, full, above, start = [], 0.0, 0.0, paragraph.indent
                if found != "\n" and (line or found.strip()):
                    line.append(piece)
                    full += piece.width
        yield line, (_height(line, scale) or usual) + above, paragraph, start


def _height(line: Sequence[_Piece], scale: float) -> float:
    return max((piece.run.size for piece in line), default=0.0) * scale * _LEADING


def _measured(text: str, run: Run, scale: float) -> _Piece:
    size = round(run.size * scale)
    font = _font(size, run.bold, _is_own(text))
    width = font.getlength(text) if font else len(text) * size * 0.5
    return _Piece(text, run, width)


def _is_own(text: str) -> bool:
    return _OWN.fullmatch(text) is not None


@cache
def _font(size: int, bold: bool, own: bool) -> Any:
    """The page's own, which has Latin, Greek and Cyrillic; else one of the system's, None without any."""
    from PIL import ImageFont

    size = max(size, 1)
    page = find_spec("streamlit")  # imported it would take longer than the picture
    places = page.submodule_search_locations if page else None
    ours = [file for place in places or () for file in Path(place).glob(_FONT)]
    for name in map(str, ours) if own else _OTHERS:
        try:
            engine = ImageFont.Layout.BASIC if own else None  # the other cannot read packed fonts
            font = ImageFont.truetype(name, size, layout_engine=engine)
            if own:
                font.set_variation_by_axes([700 if bold else 400])
        except OSError:
            continue
        return font
    return ImageFont.load_default(size) if own else None
