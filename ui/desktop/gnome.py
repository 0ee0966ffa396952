"""org.gnome.Shell.SearchProvider2, as GNOME Shell's overview calls it."""

from __future__ import annotations

from typing import Any

from searcher.home import Home
from ui.desktop import finding
from ui.desktop.finding import Found
from ui.desktop.interface import Interface, Method

ICON = "text-x-generic"


def interface(home: Home) -> Interface:
    seen: dict[str, Found] = {}

    def initial(terms: list[str]) -> list[str]:
        found = finding.find(" ".join(terms))
        seen.clear()
        seen.update((one.place, one) for one in found)
        return list(seen)

    def narrower(_: list[str], terms: list[str]) -> list[str]:
        return initial(terms)

    def described(places: list[str]) -> list[dict[str, Any]]:
        return [_described(seen[place]) for place in places if place in seen]

    def activate(place: str, _: list[str], __: int) -> None:
        finding.open_file(home, place)

    def launch(terms: list[str], _: int) -> None:
        finding.open_page(" ".join(terms))

    return Interface(
        "org.gnome.Shell.SearchProvider2",
        {
            "GetInitialResultSet": Method("as", "as", initial),
            "GetSubsearchResultSet": Method("asas", "as", narrower),
            "GetResultMetas": Method("as", "aa{sv}", described),
            "ActivateResult": Method("sasu", "", activate),
            "LaunchSearch": Method("asu", "", launch),
        },
    )


def _described(found: Found) -> dict[str, tuple[str, str]]:
    """Each value with its D-Bus type."""
    return {
        "id": ("s", found.place),
        "name": ("s", found.name),
        "description": ("s", found.about),
        "gicon": ("s", ICON),
        "clipboardText": ("s", str(found.path)),
    }
