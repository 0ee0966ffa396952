"""What Word, PowerPoint and Excel draw alike: text in shapes, charts, SmartArt, descriptions of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.formats import xml
from indexer.formats.office.package import Package

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_FILE_NAME = re.compile(r"^\S+\.\w{3,4}$|^(?:picture|image|grafik|bild|shape|graphic)\s*\d*$", re.I)
_BY_MACHINE = re.compile(
    r"\s*(?:Description automatically generated|Automatisch generierte Beschreibung).*$", re.S
)
_POINTS = 500  # of a chart
_SIGNS = {"sSup": "^", "sSub": "_", "f": "/"}


def chosen(alternatives: Any) -> Any:
    """Of the versions of a thing for newer and older programs, one that holds something; None without one."""
    for version in alternatives:
        if xml.local(version) in ("Choice", "Fallback") and len(version):
            return version
    return None


def paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs of a shape's text."""
    for paragraph in body.iter(A + "p"):
        text = paragraph_text(paragraph).strip()
        if text:
            yield text


def paragraph_text(paragraph: Any) -> str:
    parts: list[str] = []
    for child in paragraph:
        if child.tag == A + "r":
            parts.extend(t.text or "" for t in child.iterchildren(A + "t"))
        elif child.tag == A + "br":
            parts.append("\n")
        elif child.tag == A + "fld":
            if child.get("type") != "slidenum":
                parts.extend(t.text or "" for t in child.iter(A + "t"))
        elif isinstance(child.tag, str) and xml.local(child) not in ("pPr", "endParaRPr"):
            version = chosen(child) if child.tag == MC + "AlternateContent" else child
            if version is not None:
                parts.append(math_text(version))
    return "".join(parts)


def math_text(element: Any) -> str:
    """An equation on one line: `a^2/(b+c)`."""
    if xml.local(element) == "t":
        return element.text or ""
    inner = [math_text(child) for child in element if isinstance(child.tag, str)]
    sign = _SIGNS.get(xml.local(element))
    if sign and element.tag.startswith(M):
        return sign.join(
            f"({part})" if len(part) > 1 and sign != "_" else part for part in filter(None, inner)
        )
    if element.tag == M + "nary":
        return _large_operator(element)
    if element.tag == M + "m":
        return f"({'; '.join(inner)})"
    if element.tag == M + "mr":
        return " ".join(inner)
    if element.tag == M + "rad":
        return f"\u221a({''.join(inner)})"
    if element.tag == M + "d":
        return f"({''.join(inner)})"
    return "".join(inner)


def _large_operator(element: Any) -> str:
    """A sum or an integral with its limits: `∑_(i=1)^n k`."""
    sign = element.find(f"{M}naryPr/{M}chr")
    shown = (sign.get(M + "val") if sign is not None else None) or "∫"
    for limit, mark in (("sub", "_"), ("sup", "^")):
        holder = element.find(M + limit)
        if holder is not None and (text := math_text(holder)):
            shown += mark + (f"({text})" if len(text) > 1 else text)
    body = element.find(M + "e")
    return f"{shown} {math_text(body)}" if body is not None else shown


def description(properties: Any) -> str | None:
    """What a picture's author says it shows; None for a file name or nothing."""
    text = " ".join(
        (properties.get("descr") or properties.get("alt") or properties.get("title") or "").split()
    )
    text = _BY_MACHINE.sub("", text)
    return None if not text or _FILE_NAME.match(text) else text


def chart_lines(root: Any) -> Iterator[str]:
    """A chart's title, axes and values as the lines of a table."""
    for title in root.iter(_C + "title"):
        text = " ".join(paragraphs(title))
        if text:
            yield text
    names: list[str] = []
    columns: list[list[str]] = []
    categories: list[str] = []
    for series in root.iter(_C + "ser"):
        named = series.find(_C + "tx")
        names.append(" ".join(_points(named)) if named is not None else "")
        values = series.find(_C + "val")
        values = series.find(_C + "yVal") if values is None else values
        columns.append(_points(values) if values is not None else [])
        place = series.find(_C + "cat")
        place = series.find(_C + "xVal") if place is None else place
        if place is not None and not categories:
            categories = _points(place)
    if any(names):
        yield " | ".join(["", *names] if categories else names).strip(" |")
    for number in range(min(max(map(len, [categories, *columns]), default=0), _POINTS)):
        row = [categories[number] if number < len(categories) else ""]
        row += [column[number] if number < len(column) else "" for column in columns]
        yield " | ".join(row).strip()


def _points(holder: Any) -> list[str]:
    """Cached values; of categories in levels the innermost."""
    level = holder.find(f".//{_C}lvl")
    points = (holder if level is None else level).iter(_C + "pt")
    values = (next((v.text for v in point if v.tag == _C + "v"), None) for point in points)
    return [" ".join((value or "").split()) for value in values] or [
        v.text.strip() for v in holder.iter(_C + "v") if v.text
    ]


def diagram_lines(root: Any) -> Iterator[str]:
    """The texts of a SmartArt graphic."""
    for point in root.iter(_DGM + "pt"):
        if point.get("type") not in ("pres", "parTrans", "sibTrans"):
            text = " ".join(paragraphs(point))
            if text:
                yield text


def related_lines(package: Package, frame: Any, targets: dict[str, str]) -> list[str]:
    """The lines of the chart or the SmartArt that a frame shows; `targets` are its part's relations by id."""
    for element in xml.named(frame, "chart", "relIds"):
        if xml.local(element) == "chart" and (name := targets.get(element.get(R + "id") or "")):
            root = package.root(name)
            return list(chart_lines(root)) if root is not None else []
        if xml.local(element) == "relIds" and (name := targets.get(element.get(R + "dm") or "")):
            root = package.root(name)
            return list(diagram_lines(root)) if root is not None else []
    return []
