"""Drawing a slide: background, then shapes, pictures, tables and texts in their order."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from indexer.formats import xml
from indexer.formats.office import slides
from indexer.formats.office.drawing import MC, A, R, chosen, related_lines
from indexer.formats.office.package import Package
from indexer.formats.office.slides import P
from ui.slides import forms, text
from ui.slides.colours import RGBA, Theme
from ui.slides.looks import Layer, Looks, number, placeholder
from ui.slides.text import Box

_SHAPES, _PICTURES, _LETTERS = 400, 30, 6_000  # of a slide, that are drawn
_PIXELS = 40_000_000  # of a picture on it
_USUAL_SIZE = (9_144_000.0, 6_858_000.0)  # of a slide, in the file's units
_GREY: RGBA = (128, 128, 128, 60)


@dataclass(frozen=True, slots=True)
class _Frame:
    """How units of the file become pixels: those of a group are units of its own."""

    x: float
    y: float
    across: float
    down: float

    def box(self, transform: Any) -> Box | None:
        offset, size = (next(transform.iterchildren(A + name), None) for name in ("off", "ext"))
        if offset is None or size is None:
            return None
        left = self.x + number(offset, "x") * self.across
        top = self.y + number(offset, "y") * self.down
        return left, top, left + number(size, "cx") * self.across, top + number(size, "cy") * self.down

    def within(self, group: Any) -> _Frame:
        transform = next(group.iter(A + "xfrm"), None)
        box = self.box(transform) if transform is not None else None
        if transform is None or box is None:
            return self
        start, size = (transform.find(A + name) for name in ("chOff", "chExt"))
        if start is None or size is None:
            return self
        wide, high = number(size, "cx"), number(size, "cy")
        across = (box[2] - box[0]) / wide if wide else self.across
        down = (box[3] - box[1]) / high if high else self.down
        x, y = number(start, "x") * across, number(start, "y") * down
        return _Frame(box[0] - x, box[1] - y, across, down)


def drawn(package: Package, which: int, width: int) -> Any:
    """Slide `which`, 1-based, as an image of so many pixels across; None where there is none. Raises
    ExtractionFailed."""
    from PIL import Image

    main = package.main("ppt/presentation.xml")
    names = slides.names(package, main)[which - 1 : which]
    presentation = package.root(main)
    size = next(presentation.iter(P + "sldSz"), None) if presentation is not None else None
    layers = Layer.of(package, names[0]) if names else []
    if not layers:
        return None
    wide, high = (number(size, name) if size is not None else 0.0 for name in ("cx", "cy"))
    wide, high = (wide, high) if wide > 0 and high > 0 else _USUAL_SIZE
    height = min(max(round(width * high / wide), 1), width * 4)
    image = Image.new("RGB", (width, height), "white")
    _Drawing(package, layers, presentation, image, width / wide).draw()
    return image


class _Drawing:
    def __init__(
        self, package: Package, layers: list[Layer], presentation: Any, image: Any, scale: float
    ) -> None:
        from PIL import ImageDraw

        self._package, self._layers, self._image, self._scale = package, layers, image, scale
        theme = layers[-1].related(package, "theme")
        self._theme = Theme.of(theme, layers[-1].root)
        self._looks = Looks(layers, presentation, self._theme)
        self._canvas = ImageDraw.Draw(image, "RGBA")
        self._shapes, self._pictures, self._letters = _SHAPES, _PICTURES, _LETTERS

    def draw(self) -> None:
        self._background()
        whole = _Frame(0, 0, self._scale, self._scale)
        hidden = any(layer.root.get("showMasterSp") == "0" for layer in self._layers[:1])
        for layer in reversed(self._layers):
            own = layer is self._layers[0]
            if own or not hidden:
                tree = next(layer.root.iter(P + "spTree"), ())
                for shape, frame in _shapes(tree, whole):
                    if own or placeholder(shape) is None:  # what a layout only holds a place for is not shown
                        self._shape(shape, frame, layer)

    def _background(self) -> None:
        for layer in self._layers:
            ground = next(layer.root.iter(P + "bg"), None)
            if ground is None:
                continue
            size = (0.0, 0.0, float(self._image.width), float(self._image.height))
            for element in ground:
                colour = self._theme.fill(element) or self._theme.colour(element)
                blip = next(element.iter(A + "blip"), None)
                if blip is not None:
                    self._paste(blip, size, layer)
                elif colour:
                    self._canvas.rectangle(size, colour)
            return

    def _shape(self, shape: Any, frame: _Frame, layer: Layer) -> None:
        self._shapes -= 1
        transform = self._looks.transform(shape)
        box = frame.box(transform) if transform is not None else None
        if box is None or self._shapes < 0:
            return
        blip = next(shape.iter(A + "blip"), None)
        if blip is None and shape.tag == P + "graphicFrame":
            self._graphic(shape, box, layer)
            return
        if blip is not None:
            self._paste(blip, box, layer, float(transform.get("rot") or 0) / 60_000)
            if shape.tag != P + "sp":
                return
        fill, line, thick = self._looks.look(shape)
        if fill or line:
            edge = max(round(thick * self._scale), 1)
            forms.draw(self._canvas, shape, box, fill, line, edge, transform)
        body = shape.find(P + "txBody")
        if body is not None:
            self._say(shape, body, box)

    def _say(self, shape: Any, body: Any, box: Box) -> None:
        paragraphs, letters = self._looks.paragraphs(shape, body, self._scale, self._letters)
        self._letters -= letters
        if letters:
            inner = self._looks.inset(shape, box, self._scale)
            text.draw(self._canvas, inner, paragraphs, self._looks.anchor(shape))

    def _paste(self, blip: Any, box: Box, layer: Layer, turned: float = 0.0) -> None:
        """A picture into its box; a grey field for one that cannot be read."""
        from PIL import Image

        left, top, right, bottom = (round(edge) for edge in box)
        wide, high = min(right - left, 4 * self._image.width), min(bottom - top, 4 * self._image.height)
        self._pictures -= 1
        if wide < 1 or high < 1 or self._pictures < 0:
            return
        data = self._package.data(layer.targets.get(blip.get(R + "embed") or "", ""))
        try:
            with Image.open(io.BytesIO(data or b"")) as picture:
                if picture.width * picture.height > _PIXELS:
                    raise ValueError("too many pixels")
                part = _cropped(picture, blip.getparent())
                picture.draft("RGB", (wide * 2, high * 2))
                scale = picture.width / max(part[4], 1)
                cut = eight_bit(picture).convert("RGBA").crop(tuple(round(edge * scale) for edge in part[:4]))
                made = cut.resize((wide, high)).rotate(-turned, expand=True)
        except (OSError, ValueError, MemoryError, Image.DecompressionBombError):
            if layer is self._layers[0]:
                self._canvas.rectangle(box, _GREY)
            return
        shift = ((wide - made.width) // 2, (high - made.height) // 2)
        self._image.paste(made, (left + shift[0], top + shift[1]), made)

    def _graphic(self, frame: Any, box: Box, layer: Layer) -> None:
        """A table as such; of a chart or a diagram what it says."""
        table = next(frame.iter(A + "tbl"), None)
        if table is not None:
            self._table(table, box)
            return
        if layer is not self._layers[0]:
            return
        self._canvas.rectangle(box, _GREY)
        said = related_lines(self._package, frame, dict(layer.targets))[:12]
        lines = [text.Paragraph([text.Run(line, 160_000 * self._scale, (90, 90, 90, 255))]) for line in said]
        left, top, right, bottom = box
        edge = (right - left) / 20
        text.draw(self._canvas, (left + edge, top + edge, right, bottom - edge), lines, "t")

    def _table(self, table: Any, box: Box) -> None:
        columns = [number(column, "w") * self._scale for column in table.iter(A + "gridCol")]
        properties = table.find(A + "tblPr")
        headed = properties is not None and properties.get("firstRow") == "1"
        top, accent = box[1], self._theme.colour_named("accent1")
        for place, row in enumerate(table.iterchildren(A + "tr")):
            left, bottom = box[0], top + number(row, "h") * self._scale
            for width, cell in zip(columns, row.iterchildren(A + "tc"), strict=False):
                spans = max(int(number(cell, "gridSpan")), 1)
                first = headed and place == 0
                fill = self._theme.fill(cell.find(A + "tcPr"), accent if first else None)
                edges = (left, top, left + width * spans, bottom)
                self._canvas.rectangle(edges, fill, (*accent[:3], 110))
                body = cell.find(A + "txBody")
                if body is not None and cell.get("hMerge") != "1":
                    colour = (255, 255, 255, 255) if first else None
                    said, letters = self._looks.paragraphs(None, body, self._scale, self._letters, colour)
                    self._letters -= letters
                    pad = 60_000 * self._scale
                    text.draw(self._canvas, (left + pad, top, edges[2] - pad, bottom), said, "ctr")
                left += width
            top = bottom


def eight_bit(picture: Any) -> Any:
    """Of greys in sixteen bits, which would all be cut to white."""
    return picture.convert("I").point(lambda grey: grey * (1 / 257)) if picture.mode[0] == "I" else picture


def _shapes(tree: Any, frame: _Frame) -> Iterator[tuple[Any, _Frame]]:
    """In the order they lie over each other, with those of groups."""
    for shape in tree:
        version = chosen(shape) if shape.tag == MC + "AlternateContent" else None
        if version is not None:
            yield from _shapes(version, frame)
        elif shape.tag == P + "grpSp":
            yield from _shapes(shape, frame.within(shape.find(P + "grpSpPr")))
        elif shape.tag in (P + "sp", P + "graphicFrame", P + "pic", P + "cxnSp"):
            yield shape, frame


def _cropped(picture: Any, fill: Any) -> tuple[float, float, float, float, float]:
    """The part of it that is shown, and its width."""
    edges = next((e for e in fill if xml.local(e) == "srcRect"), None)
    shares = [number(edges, name) / 100_000 if edges is not None else 0.0 for name in "ltrb"]
    left, top, right, bottom = (min(max(share, 0.0), 0.99) for share in shares)
    wide, high = picture.width, picture.height
    return wide * left, high * top, wide * (1 - right), high * (1 - bottom), wide
