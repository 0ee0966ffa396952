"""The files by which a desktop learns of the search: one each for the session bus, GNOME and KRunner."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from searcher.home import Home
from ui.desktop.bus import NAME, PLACE

# GNOME Shell looks in the folders of the system alone
GNOME_FOLDER = Path("/usr/local/share/gnome-shell/search-providers")


def files(home: Home) -> dict[Path, str]:
    """Place and text of each that a user may write."""
    base = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser()
    return {
        base / "dbus-1" / "services" / f"{NAME}.service": service(home),
        base / "krunner" / "dbusplugins" / "searcher.desktop": KRUNNER,
        base / "gnome-shell" / "search-providers" / "searcher.ini": GNOME,
    }


def service(home: Home) -> str:
    """For the bus: how to start what answers (D-Bus specification, Message Bus Starting Services)."""
    parts = (sys.executable, "-P", "-m", "ui.cli.main", "desktop", "serve", "--home", str(home.root))
    return f"[D-BUS Service]\nName={NAME}\nExec={' '.join(map(_quoted, parts))}\n"


def _quoted(argument: str) -> str:
    """A word of the bus' own command lines, which are split as a shell would."""
    return "'" + argument.replace("'", "'\\''") + "'"


GNOME = f"""\
[Shell Search Provider]
DesktopId=searcher.desktop
BusName={NAME}
ObjectPath={PLACE}
Version=2
"""

KRUNNER = f"""\
[Desktop Entry]
Type=Service
Name=searcher
Comment=Find your own files by meaning
Comment[de]=Eigene Dateien nach ihrer Bedeutung finden
Icon=searcher
X-KDE-ServiceTypes=Plasma/Runner
X-KDE-PluginInfo-Name=searcher
X-KDE-PluginInfo-EnabledByDefault=true
X-Plasma-API=DBus
X-Plasma-DBusRunner-Service={NAME}
X-Plasma-DBusRunner-Path={PLACE}
X-Plasma-Request-Actions-Once=true
"""
