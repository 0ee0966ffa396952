"""The library's folders: which there are, and whether a path lies inside one of them."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path

from searcher.errors import FolderError
from searcher.files import read_json, write_json
from searcher.home import Home


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
    entries = read_json(home.folders) or []
    return [Folder(e["path"], tuple(e.get("include", ())), tuple(e.get("exclude", ()))) for e in entries]


def add(
    home: Home, path: str | os.PathLike[str], *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> Folder:
    """Add a folder, or replace its globs. Raises FolderError for what is not a readable folder, contains
    the home, or lies inside it."""
    resolved = Path(path).expanduser().resolve()
    if not resolved.is_dir():
        reason = "it is a file" if resolved.exists() else "it does not exist"
        raise FolderError(f"cannot add {path}: {reason}; give the path of a folder")
    if not os.access(resolved, os.R_OK | os.X_OK):
        raise FolderError(f"cannot add {resolved}: no permission to read it; change its permissions")
    home_root = home.root.resolve()
    if resolved.is_relative_to(home_root):
        raise FolderError(f"cannot add {resolved}: searcher keeps its own data there; choose another folder")
    folder = Folder(str(resolved), include, exclude)
    kept = [known for known in load(home) if known.path != folder.path]
    save(home, [*kept, folder])
    return folder


def remove(home: Home, path: str | os.PathLike[str]) -> Folder:
    """Take a folder out of the library. Raises FolderError when it is not in it."""
    wanted = {os.fspath(path), str(Path(path).expanduser().resolve())}
    known = load(home)
    for folder in known:
        if folder.path in wanted:
            save(home, [other for other in known if other is not folder])
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
