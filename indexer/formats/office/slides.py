"""The picture that a slide is made of, where it is one picture that fills most of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.formats.office.drawing import A, R
from indexer.formats.office.package import Package, Relation

P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_SHARE = 0.4  # of the slide's area, that a picture at least fills which stands for it
_DRAWN = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")


def area(presentation: Any) -> int:
    """Of a slide, in the file's units; 0 where it is not said."""
    size = next(presentation.iter(P + "sldSz"), None) if presentation is not None else None
    return _product(size)


def main_picture(slide: Any, relations: Sequence[Relation], area: int) -> str | None:
    """The part that holds the one picture which fills most of the slide."""
    targets = {relation.id: relation.target for relation in relations if relation.kind == "image"}
    large = [
        target
        for shape in slide.iterfind(f"{P}cSld/{P}spTree/{P}pic")
        if area and _product(next(shape.iter(A + "ext"), None)) >= _SHARE * area
        for blip in shape.iter(A + "blip")
        if (target := targets.get(blip.get(R + "embed") or ""))
    ]
    return large[0] if len(large) == 1 and large[0].lower().endswith(_DRAWN) else None


def names(package: Package, main: str) -> list[str]:
    """Names of the slides' parts in the order they are shown."""
    root = package.root(main)
    targets = {r.id: r.target for r in package.relations(main) if r.kind == "slide"}
    shown = [e.get(R + "id") for e in root.iter(P + "sldId")] if root is not None else []
    found = [targets[id] for id in shown if id in targets]
    every = [name for name in package.names("ppt/slides/") if name.endswith(".xml") and "/_rels/" not in name]
    return found or every


def picture_of(package: Package, number: int) -> bytes | None:
    """What slide `number`, 1-based, shows where that is one picture. Raises ExtractionFailed."""
    main = package.main("ppt/presentation.xml")
    slide = names(package, main)[number - 1 : number]
    root = package.root(slide[0]) if slide else None
    if root is None:
        return None
    part = main_picture(root, package.relations(slide[0]), area(package.root(main)))
    return package.data(part) if part else None


def _product(size: Any) -> int:
    try:
        return int(size.get("cx")) * int(size.get("cy"))
    except (AttributeError, TypeError, ValueError):
        return 0
