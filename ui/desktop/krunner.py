"""org.kde.krunner1, as KRunner and Plasma's launcher call it."""

from __future__ import annotations

from searcher.home import Home
from ui.desktop import finding
from ui.desktop.interface import Interface, Method

_POSSIBLE = 30  # Plasma::QueryMatch::PossibleMatch
_REVEAL = "path"
Match = tuple[str, str, str, int, float, dict[str, tuple[str, str]]]


def interface(home: Home) -> Interface:
    def match(query: str) -> list[Match]:
        return [
            (one.place, one.name, "text-x-generic", _POSSIBLE, one.score, {"subtext": ("s", one.about)})
            for one in finding.find(query)
        ]

    def run(place: str, action: str) -> None:
        if action == _REVEAL:
            finding.reveal(home, place)
        else:
            finding.open_file(home, place)

    return Interface(
        "org.kde.krunner1",
        {
            "Match": Method("s", "a(sssida{sv})", match),
            "Actions": Method("", "a(sss)", lambda: [(_REVEAL, "Show the folder", "document-open-folder")]),
            "Run": Method("ss", "", run),
            "Teardown": Method("", "", lambda: None),
        },
    )
