"""The places of this machine where people keep what they look for."""

from __future__ import annotations

from pathlib import Path

_NAMES = (
    "Notes",
    "notes",
    "Projects",
    "projects",
    "code",
    "src",
    "Dropbox",
    "Nextcloud",
    "OneDrive",
    "Zotero",
)
_MOST = 6


def usual() -> list[Path]:
    """Those that are there and hold something; the system says where documents and the like are."""
    import platformdirs

    own = (
        platformdirs.user_documents_dir(),
        platformdirs.user_desktop_dir(),
        platformdirs.user_downloads_dir(),
        platformdirs.user_pictures_dir(),
    )
    home = Path.home()
    candidates = dict.fromkeys([*map(Path, own), *(home / name for name in _NAMES)])
    return [place for place in candidates if place != home and _holds_anything(place)][:_MOST]


def _holds_anything(place: Path) -> bool:
    try:
        return any(not entry.name.startswith(".") for entry in place.iterdir())
    except OSError:
        return False
