"""The forms of shapes: polygons in shares of their box, and those that a file draws by itself."""

from __future__ import annotations

from typing import Any

from indexer.formats.office.drawing import A
from ui.slides.colours import RGBA
from ui.slides.looks import number
from ui.slides.text import Box

_MOST = 2_000  # corners
_ROUND = ("roundRect", "round2SameRect", "flowChartAlternateProcess")
_CORNERS: dict[str, list[tuple[float, float]]] = {
    "triangle": [(0.5, 0), (1, 1), (0, 1)],
    "rtTriangle": [(0, 0), (1, 1), (0, 1)],
    "diamond": [(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)],
    "flowChartDecision": [(0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)],
    "hexagon": [(0.2, 0), (0.8, 0), (1, 0.5), (0.8, 1), (0.2, 1), (0, 0.5)],
    "parallelogram": [(0.2, 0), (1, 0), (0.8, 1), (0, 1)],
    "homePlate": [(0, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0, 1)],
    "chevron": [(0, 0), (0.75, 0), (1, 0.5), (0.75, 1), (0, 1), (0.25, 0.5)],
    "rightArrow": [(0, 0.25), (0.7, 0.25), (0.7, 0), (1, 0.5), (0.7, 1), (0.7, 0.75), (0, 0.75)],
    "leftArrow": [(1, 0.25), (0.3, 0.25), (0.3, 0), (0, 0.5), (0.3, 1), (0.3, 0.75), (1, 0.75)],
    "downArrow": [(0.25, 0), (0.25, 0.7), (0, 0.7), (0.5, 1), (1, 0.7), (0.75, 0.7), (0.75, 0)],
    "upArrow": [(0.25, 1), (0.25, 0.3), (0, 0.3), (0.5, 0), (1, 0.3), (0.75, 0.3), (0.75, 1)],
}


def draw(
    canvas: Any, shape: Any, box: Box, fill: RGBA | None, line: RGBA | None, thick: int, transform: Any
) -> None:
    """A shape in its box; one of a form that is not known as the box itself."""
    left, top, right, bottom = box
    properties = next((child for child in shape if child.tag.endswith("}spPr")), None)
    named = properties.find(A + "prstGeom") if properties is not None else None
    form = (named.get("prst") if named is not None else None) or "rect"
    look: dict[str, Any] = {"fill": fill, "outline": line, "width": thick if line else 0}
    if properties is not None and (path := next(properties.iter(A + "path"), None)) is not None:
        corners = _drawn(path, box)
        if fill and len(corners) > 2:
            canvas.polygon(corners, fill)
        if line and len(corners) > 1:
            canvas.line(corners, line, thick)
    elif "onnector" in form or form == "line":
        rises = (transform.get("flipV") == "1") != (transform.get("flipH") == "1")
        canvas.line((left, bottom, right, top) if rises else box, line or fill, thick)
    elif form in _CORNERS:
        wide, high = right - left, bottom - top
        canvas.polygon([(left + x * wide, top + y * high) for x, y in _CORNERS[form]], **look)
    elif right < left + 1 or bottom < top + 1:
        canvas.line(box, line or fill, thick)
    elif form == "ellipse":
        canvas.ellipse(box, **look)
    elif form in _ROUND:
        canvas.rounded_rectangle(box, min(right - left, bottom - top) / 6, **look)
    else:
        canvas.rectangle(box, **look)


def _drawn(path: Any, box: Box) -> list[tuple[float, float]]:
    """Corners of a form that the file draws; a curve by its end."""
    wide, high = number(path, "w") or 1, number(path, "h") or 1
    ends = [found[-1] for step in path if (found := list(step.iter(A + "pt")))]
    across, down = (box[2] - box[0]) / wide, (box[3] - box[1]) / high
    return [(box[0] + number(end, "x") * across, box[1] + number(end, "y") * down) for end in ends[:_MOST]]
