"""Word's styles: which of them are headings, which are lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_NAME, _BASE, _PROPERTIES = W + "name", W + "basedOn", W + "pPr"
_HEADING = re.compile(r"heading ([1-9])")


@dataclass(slots=True)
class Styles:
    levels: dict[str, int] = field(default_factory=dict)  # of headings by style id; 0 is the document's title
    listed: dict[str, tuple[str, int]] = field(default_factory=dict)  # list and level by style id

    @classmethod
    def of(cls, root: Any) -> Styles:
        styles = cls()
        based: dict[str, str] = {}
        for style in root.iter(W + "style") if root is not None else ():
            parts = {child.tag: child for child in reversed(style)}
            name = _value(parts.get(_NAME)).lower()
            key = style.get(W + "styleId") or ""
            properties = parts.get(_PROPERTIES)
            level = _outline_level(properties)
            if match := _HEADING.fullmatch(name):
                styles.levels[key] = int(match[1])
            elif name == "title":
                styles.levels[key] = 0
            elif level is not None:
                styles.levels[key] = level
            elif parent := _value(parts.get(_BASE)):
                based[key] = parent
            numbering = properties.find(W + "numPr") if properties is not None and len(properties) else None
            if numbering is not None and key not in styles.levels:
                styles.listed[key] = (_value(numbering.find(W + "numId")), _depth(numbering))
        for key, parent in based.items():
            seen = {key}
            while parent in based and parent not in seen:
                seen.add(parent)
                parent = based[parent]
            if parent in styles.levels:
                styles.levels[key] = styles.levels[parent]
        return styles

    def level(self, paragraph: Any) -> int:
        """1 to 9 for a heading, 0 for the title, -1 for any other paragraph."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return -1
        own = _outline_level(properties)
        return own if own is not None else self.levels.get(_value(properties.find(W + "pStyle")), -1)

    def listing(self, paragraph: Any) -> tuple[str | None, int]:
        """Of a list's paragraph the list's number, which may be empty, and the level, 0-based; None for any
        other."""
        properties = paragraph.find(W + "pPr")
        if properties is None:
            return None, 0
        numbering = properties.find(W + "numPr")
        number, depth = self.listed.get(_value(properties.find(W + "pStyle")), (None, 0))
        if numbering is None:
            return number, depth
        own = numbering.find(W + "numId")
        level = _depth(numbering) if numbering.find(W + "ilvl") is not None else depth
        return (_value(own) if own is not None else number or ""), level


def _depth(numbering: Any) -> int:
    value = _value(numbering.find(W + "ilvl"))
    return min(int(value), 8) if value.isascii() and value.isdigit() else 0


def _outline_level(properties: Any) -> int | None:
    if properties is None or not len(properties):
        return None
    value = _value(properties.find(W + "outlineLvl"))
    return int(value) + 1 if value.isdigit() and int(value) < 9 else None


def _value(element: Any) -> str:
    return (element.get(W + "val") or "") if element is not None else ""
