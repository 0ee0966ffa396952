"""The library's folders: which there are, and whether a path lies inside one of them. An address of an object
store may be one too; what lies there can be read and not be watched or opened."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from searcher.errors import FolderError
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.objects import SCHEMES, is_address
from searcher.system import is_of_the_system


@dataclass(frozen=True, slots=True)
class Folder:
    """An absolute, resolved folder and the globs that narrow it."""

    path: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return Path(self.path).name or self.path


def load(home: Home) -> list[Folder]:
    """Those on this machine."""
    return [folder for folder in everything(home) if not is_address(folder.path)]


def everything(home: Home) -> list[Folder]:
    """Those in object stores too."""
    entries = read_json(home.folders) or []
    return [Folder(e["path"], tuple(e.get("include", ())), tuple(e.get("exclude", ()))) for e in entries]


def out_of_reach(home: Home) -> list[str]:
    """Those that are not there, or empty as a drive leaves its place, and such places further down: nothing
    below them can be opened."""
    places = dict.fromkeys([*(folder.path for folder in load(home)), *unmounted(home)])
    return [place for place in places if not _holds_anything(place)]


def unmounted(home: Home) -> list[str]:
    """Where drives were out at the last scan."""
    value = read_json(home.unmounted)
    return [place for place in value if isinstance(place, str)] if isinstance(value, list) else []


def _holds_anything(path: str) -> bool:
    try:
        with os.scandir(path) as entries:
            return next(entries, None) is not None
    except PermissionError:
        return True
    except OSError:
        return False


def add(
    home: Home, path: str | os.PathLike[str], *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> Folder:
    """Add a folder, or replace its globs. One that contains the home is fine: the home is left out when it is
    read. Raises FolderError for what is not a readable folder, or lies in the home."""
    if is_address(path):
        return _added(home, Folder(_address(os.fspath(path)), include, exclude))
    place = resolved(path)
    if not place.is_dir():
        reason = "it is a file" if place.exists() else "it does not exist"
        raise FolderError(f"cannot add {path}: {reason}; give the path of a folder")
    if is_of_the_system(place):
        raise FolderError(
            f"cannot add {place}: the system shows itself there, no files; choose another folder"
        )
    if not os.access(place, os.R_OK | os.X_OK):
        raise FolderError(f"cannot add {place}: no permission to read it; change its permissions")
    if place.is_relative_to(home.root.resolve()):
        raise FolderError(f"cannot add {place}: searcher keeps its own data there; choose another folder")
    return _added(home, Folder(str(place), include, exclude))


def _added(home: Home, folder: Folder) -> Folder:
    save(home, [*(other for other in everything(home) if other.path != folder.path), folder])
    return folder


def named(path: str | os.PathLike[str]) -> str:
    """What the folder at a path is called in the library. Raises FolderError."""
    return _address(os.fspath(path)) if is_address(path) else str(resolved(path))


def _address(text: str) -> str:
    """Raises FolderError for one that names no bucket."""
    address = text.rstrip("/")
    if not is_address(address + "/") or not all(address.partition("://")[2].split("/")):
        raise FolderError(
            f"{text[:200]!r} is not the address of objects; it must be like {SCHEMES[0]}bucket/prefix"
        )
    return address


def resolved(path: str | os.PathLike[str]) -> Path:
    """Absolute, links followed. Raises FolderError for what no folder is called, and what the system's own
    calls would choke on."""
    try:
        place = Path(path).expanduser()
        os.path.lexists(place)
        if all(len(os.fsencode(part)) < 256 for part in place.parts) and "\0" not in os.fspath(path):
            return place.resolve()
    except (OSError, ValueError, RuntimeError):
        pass
    raise FolderError(f"{os.fspath(path)[:200]!r} is not a folder; give the path of one")


def remove(home: Home, path: str | os.PathLike[str]) -> Folder:
    """Take a folder out of the library. Raises FolderError when it is not in it."""
    names = {os.fspath(path), named(path)}
    present = everything(home)
    for folder in present:
        if folder.path in names:
            save(home, [other for other in present if other is not folder])
            return folder
    raise FolderError(f"{path} is not a folder of the library; `searcher folders list` shows them")


def save(home: Home, folders: list[Folder]) -> None:
    home.create()
    write_json(home.folders, [asdict(folder) for folder in folders])


def containing(folders: list[Folder], path: str | os.PathLike[str]) -> Folder | None:
    """The innermost folder that holds `path` once every link in it is followed, or None."""
    resolved = Path(path).resolve()
    inside = [folder for folder in folders if resolved.is_relative_to(folder.path)]
    return max(inside, key=lambda folder: len(folder.path), default=None)
