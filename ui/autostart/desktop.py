"""The entry in the desktop's menu and its icon (freedesktop.org's desktop entry and icon theme)."""

from __future__ import annotations

import os
import sys
from importlib.resources import files as resources
from pathlib import Path

from searcher.system import has_desktop_entries

NAME = "searcher"


def files() -> list[Path]:
    """Where they belong; none on systems with other ways."""
    if not has_desktop_entries():
        return []
    base = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return [base / "applications" / f"{NAME}.desktop", base / "icons/hicolor/256x256/apps" / f"{NAME}.png"]


def install() -> list[Path]:
    """Write them, and say where."""
    places = files()
    if places:
        entry, icon = places
        for place in places:
            place.parent.mkdir(parents=True, exist_ok=True)
        icon.write_bytes((resources("ui") / "page" / "static" / "icon.png").read_bytes())
        entry.write_text(text(), "utf-8")
    return places


def text() -> str:
    """The desktop entry; its action `open` is what a keyboard shortcut may call."""
    command = " ".join(_quoted(part) for part in (sys.executable, "-P", "-m", "ui.cli.main", "open"))
    return f"""\
[Desktop Entry]
Type=Application
Version=1.5
Name=searcher
GenericName=Semantic search
GenericName[de]=Semantische Suche
Comment=Find your own files by meaning
Comment[de]=Eigene Dateien nach ihrer Bedeutung finden
Exec={command}
Icon={NAME}
Terminal=false
Categories=Utility;FileTools;
Keywords=search;find;files;documents;notes;
StartupNotify=false
"""


def _quoted(argument: str) -> str:
    """A quoted argument of Exec: what the format and its string type would read otherwise is escaped."""
    inner = "".join(f"\\{c}" if c in '"`$\\' else c for c in argument).replace("%", "%%")
    return '"' + inner.replace("\\", "\\\\") + '"'
