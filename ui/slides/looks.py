"""What shapes take over from the slide's layout and its master: places, sizes of letters, colours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.formats.office.drawing import A
from indexer.formats.office.package import Package
from indexer.formats.office.slides import P
from ui.slides.colours import RGBA, Theme
from ui.slides.text import Box, Paragraph, Run

_POINT = 12_700  # of the file's units; sizes of letters are given in hundredths of it
_STYLES = {"title": "titleStyle", "body": "bodyStyle"}
_BLACK: RGBA = (0, 0, 0, 255)
_INSETS = (("lIns", 91_440), ("tIns", 45_720), ("rIns", 91_440), ("bIns", 45_720))


@dataclass(frozen=True, slots=True)
class Layer:
    """A slide, its layout or its master."""

    root: Any
    name: str
    targets: Mapping[str, str]  # of its relations by their ids

    @classmethod
    def of(cls, package: Package, slide: str) -> list[Layer]:
        """The slide's own layer and those below it; empty where it cannot be read."""
        layers: list[Layer] = []
        name: str | None = slide
        for below in ("slideLayout", "slideMaster", ""):
            root = package.root(name) if name else None
            if root is None or name is None:
                break
            relations = package.relations(name)
            layers.append(cls(root, name, {one.id: one.target for one in relations}))
            name = next((one.target for one in relations if one.kind == below), None)
        return layers

    def related(self, package: Package, kind: str) -> Any:
        target = next((one.target for one in package.relations(self.name) if one.kind == kind), None)
        return package.root(target) if target else None


def placeholder(shape: Any) -> tuple[str, str] | None:
    """Type and index of the place in the layout that a shape fills."""
    found = next(shape.iter(P + "ph"), None)
    return (found.get("type") or "body", found.get("idx") or "") if found is not None else None


class Looks:
    def __init__(self, layers: Sequence[Layer], presentation: Any, theme: Theme) -> None:
        self._layers, self._presentation, self._theme = layers, presentation, theme

    def _like(self, shape: Any) -> Iterator[Any]:
        """The shape, then those of the layers below that it takes over from."""
        if shape is None:
            return
        yield shape
        place = placeholder(shape)
        if place is None:
            return
        kind, index = place
        for layer in self._layers[1:]:
            there = [(placeholder(other), other) for other in layer.root.iter(P + "sp")]
            same = [other for its, other in there if its and index and its[1] == index]
            alike = [other for its, other in there if its and _family(its[0]) == _family(kind)]
            for other in (same or alike)[:1]:
                yield other
                its = placeholder(other)
                kind = its[0] if its else kind

    def transform(self, shape: Any) -> Any:
        """The first that says where the shape lies; None without one."""
        for other in self._like(shape):
            if other.tag == P + "graphicFrame" and (found := other.find(P + "xfrm")) is not None:
                return found
            properties = other.find(P + "spPr")
            found = properties.find(A + "xfrm") if properties is not None else None
            if found is not None and found.find(A + "ext") is not None:
                return found
        return None

    def look(self, shape: Any) -> tuple[RGBA | None, RGBA | None, float]:
        """Fill, outline, and how thick that is in the file's units."""
        style = shape.find(P + "style")
        by_style = {}
        for name in ("fillRef", "lnRef"):
            reference = style.find(A + name) if style is not None else None
            drawn = reference is not None and reference.get("idx") not in (None, "0")
            by_style[name] = self._theme.colour(reference) if drawn else None
        fill, line, thick = by_style["fillRef"], by_style["lnRef"], 9_525.0
        for other in reversed(list(self._like(shape))):
            properties = other.find(P + "spPr")
            fill = self._theme.fill(properties, fill)
            outline = properties.find(A + "ln") if properties is not None else None
            if outline is not None:
                line = self._theme.fill(outline, line)
                thick = number(outline, "w", thick)
        return fill, line, thick

    def anchor(self, shape: Any) -> str:
        return self._of_body(shape, "anchor") or "t"

    def inset(self, shape: Any, box: Box, scale: float) -> Box:
        """The box without its margins."""
        left, top, right, bottom = (
            float(self._of_body(shape, name) or usual) * scale for name, usual in _INSETS
        )
        return box[0] + left, box[1] + top, max(box[2] - right, box[0] + left + 1), box[3] - bottom

    def _of_body(self, shape: Any, name: str) -> str | None:
        for other in self._like(shape):
            body = other.find(P + "txBody")
            properties = body.find(A + "bodyPr") if body is not None else None
            if properties is not None and properties.get(name):
                return str(properties.get(name))
        return None

    def paragraphs(
        self, shape: Any, body: Any, scale: float, most: int, colour: RGBA | None = None
    ) -> tuple[list[Paragraph], int]:
        """With sizes in pixels, and how many letters they have, `most` at most."""
        found: list[Paragraph] = []
        letters = 0
        colour = colour or self._of_style(shape)
        for paragraph in body.iterchildren(A + "p"):
            own = paragraph.find(A + "pPr")
            level = int(number(own, "lvl", 0)) if own is not None else 0
            below = list(self._levels(shape, body, level))
            properties = [own, *below] if own is not None else below
            defaults = [one.find(A + "defRPr") for one in properties]
            runs = []
            for run in paragraph:
                words = _words(run)[: most - letters]
                if words:
                    letters += len(words)
                    looks = [one for one in (run.find(A + "rPr"), *defaults) if one is not None]
                    runs.append(self._run(words, looks, scale, colour))
            if not runs:
                end = [one for one in (paragraph.find(A + "endParaRPr"), *defaults) if one is not None]
                runs = [self._run("", end, scale, colour)]
            found.append(_paragraph(runs, properties, scale))
        return found, letters

    def _run(self, words: str, looks: Sequence[Any], scale: float, colour: RGBA | None) -> Run:
        size = next((float(one.get("sz")) for one in looks if (one.get("sz") or "").isdigit()), 1800.0)
        bold = next((one.get("b") for one in looks if one.get("b")), "0") in ("1", "true")
        own = self._theme.fill(looks[0]) if looks else None
        others = (c for one in looks[1:] if (c := self._theme.fill(one)))
        return Run(words, size / 100 * _POINT * scale, own or colour or next(others, _BLACK), bold)

    def _of_style(self, shape: Any) -> RGBA | None:
        style = shape.find(P + "style") if shape is not None else None
        reference = style.find(A + "fontRef") if style is not None else None
        return self._theme.colour(reference)

    def _levels(self, shape: Any, body: Any, level: int) -> Iterator[Any]:
        """What is said of paragraphs of a level, the nearest first."""
        name = f"{A}lvl{min(max(level, 0), 8) + 1}pPr"
        bodies = [body, *(other.find(P + "txBody") for other in list(self._like(shape))[1:])]
        holders = [one.find(A + "lstStyle") for one in bodies if one is not None]
        place = placeholder(shape) if shape is not None else None
        kind = _STYLES.get(_family(place[0]), "otherStyle") if place else "otherStyle"
        holders.append(next(self._layers[-1].root.iter(P + kind), None))
        if self._presentation is not None:
            holders.append(next(self._presentation.iter(P + "defaultTextStyle"), None))
        for holder in holders:
            found = holder.find(name) if holder is not None else None
            if found is not None:
                yield found


def _paragraph(runs: Sequence[Run], properties: Sequence[Any], scale: float) -> Paragraph:
    def said(name: str, usual: str = "") -> str:
        return next((one.get(name) for one in properties if one.get(name)), usual)

    bullet = ""
    for one in properties:
        marks = [child for child in one if child.tag in (A + "buNone", A + "buChar", A + "buAutoNum")]
        if marks:
            bullet = "" if marks[0].tag == A + "buNone" else "•"
            break
    spaces = [one.find(f"{A}spcBef/{A}spcPct") for one in properties]
    share = next((number(one, "val", 0) / 100_000 for one in spaces if one is not None), 0.0)
    indent = max(float(said("marL", "0")), 0.0) * scale
    hanging = max(-float(said("indent", "0")), 0.0) * scale
    before = min(share, 1.0) * max((run.size for run in runs), default=0.0)
    align = "r" if said("rtl") == "1" and said("algn", "l") == "l" else said("algn", "l")
    return Paragraph(runs, align, indent, hanging, bullet if any(run.text for run in runs) else "", before)


def _words(run: Any) -> str:
    if run.tag == A + "br":
        return "\n"
    if run.tag not in (A + "r", A + "fld"):
        return ""
    return "".join(part.text or "" for part in run.iterchildren(A + "t")).replace("\v", "\n")


def _family(kind: str) -> str:
    return {"ctrTitle": "title", "subTitle": "body", "obj": "body"}.get(kind, kind)


def number(element: Any, name: str, usual: float = 0.0) -> float:
    """An attribute; what is usual where it is missing or none."""
    try:
        return float(element.get(name) or usual)
    except ValueError:
        return usual
