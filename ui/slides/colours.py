"""Colours of Open XML: of the theme, by name or as numbers, lighter or darker as the file says."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from indexer.formats import xml
from indexer.formats.office.drawing import A

RGBA: TypeAlias = tuple[int, int, int, int]

_USUAL = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
_OFFICE = {"dk1": "000000", "lt1": "FFFFFF", "dk2": "44546A", "lt2": "E7E6E6", "accent1": "4472C4"}
_PARTS = 100_000  # of the whole, in which shares are given


@dataclass(frozen=True, slots=True)
class Theme:
    """Hexadecimal colours by the names that slides use."""

    named: Mapping[str, str]

    @classmethod
    def of(cls, theme: Any, master: Any) -> Theme:
        """`theme` and `master` are root elements, or None."""
        scheme = dict(_OFFICE)
        for entry in next(xml.named(theme, "clrScheme"), ()) if theme is not None else ():
            value = next(iter(entry), None)
            if value is not None:
                scheme[xml.local(entry)] = value.get("lastClr") or value.get("val") or "000000"
        listed = next(xml.named(master, "clrMap"), None) if master is not None else None
        mapped = _USUAL | (dict(listed.attrib) if listed is not None else {})
        return cls(scheme | {name: scheme.get(target, "000000") for name, target in mapped.items()})

    def fill(self, holder: Any, inherited: RGBA | None = None) -> RGBA | None:
        """What a shape, a line or a background is filled with, of a gradient its middle; None for nothing.
        `inherited` is what it has where it says nothing itself."""
        for child in holder if holder is not None else ():
            match xml.local(child):
                case "solidFill":
                    return self.colour(child)
                case "gradFill":
                    stops = [c for stop in child.iter(A + "gs") if (c := self.colour(stop))]
                    if not stops:
                        return None
                    red, green, blue, alpha = (sum(part) // len(stops) for part in zip(*stops, strict=True))
                    return red, green, blue, alpha
                case "pattFill":
                    return self.colour(next(child.iter(A + "bgClr"), None))
                case "noFill":
                    return None
        return inherited

    def colour_named(self, name: str) -> RGBA:
        number = int(self.named.get(name, "808080"), 16)
        return number >> 16 & 255, number >> 8 & 255, number & 255, 255

    def colour(self, holder: Any) -> RGBA | None:
        """The first colour that an element holds."""
        for element in holder if holder is not None else ():
            match xml.local(element):
                case "srgbClr":
                    number = element.get("val") or ""
                case "sysClr":
                    number = element.get("lastClr") or ""
                case "schemeClr":
                    number = self.named.get(element.get("val") or "", "")
                case "prstClr":
                    number = _by_name(element.get("val") or "")
                case _:
                    continue
            try:
                whole = int(number, 16) if len(number) == 6 else 0x808080
            except ValueError:
                whole = 0x808080
            return _changed((whole >> 16, whole >> 8 & 255, whole & 255, 255), element)
        return None


def _by_name(name: str) -> str:
    from PIL import ImageColor

    try:
        red, green, blue = ImageColor.getrgb(name.lower())[:3]
    except ValueError:
        return ""
    return f"{red:02x}{green:02x}{blue:02x}"


def _changed(colour: RGBA, element: Any) -> RGBA:
    """As its modifiers have it: luminance, shade and tint, opacity."""
    hue, light, saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour[:3]))
    opacity = 1.0
    for change in element:
        try:
            share = int(change.get("val") or _PARTS) / _PARTS
        except ValueError:
            continue
        match xml.local(change):
            case "lumMod" | "shade":
                light *= share
            case "lumOff":
                light += share
            case "tint":
                light = 1 - (1 - light) * share
            case "satMod":
                saturation *= share
            case "alpha":
                opacity = share
    mixed = colorsys.hls_to_rgb(hue, *(min(max(part, 0.0), 1.0) for part in (light, saturation)))
    red, green, blue, alpha = (round(part * 255) for part in (*mixed, min(max(opacity, 0.0), 1.0)))
    return red, green, blue, alpha
