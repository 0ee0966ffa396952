"""What keeps the library to its owner: paths inside the folders, calls from this machine's own page."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from searcher.descent import open_below
from searcher.errors import FolderError, HomeError
from searcher.folders import Folder
from searcher.home import Home
from searcher.system import NOFOLLOW, user
from searcher.trouble import explained


def inside(folders: Iterable[Folder], path: str | os.PathLike[str]) -> Path:
    """`path` with every link followed, when it is a file inside a folder of the library.

    Raises FolderError, with the same words whether the file exists elsewhere or not.
    """
    refused = FolderError(f"{os.fspath(path)!r} is not a file of the library's folders")
    text = os.fspath(path)
    if "\0" in text or not os.path.isabs(text):
        raise refused
    try:
        resolved = Path(text).resolve(strict=True)
    except (OSError, RuntimeError):
        raise refused from None
    if _root(folders, resolved) is None or not resolved.is_file():
        raise refused
    return resolved


def open_inside(folders: Iterable[Folder], path: str | os.PathLike[str]) -> tuple[Path, BinaryIO]:
    """The file's resolved path and the file, open for reading.

    It is reached from the folder's root one name at a time without following links, so a link that is
    swapped in after the check is refused and not followed. Raises FolderError.
    """
    listed = list(folders)
    resolved = inside(listed, path)
    root = _root(listed, resolved)
    assert root is not None
    try:
        return resolved, open_below(root, resolved)
    except OSError as error:
        raise FolderError(f"{os.fspath(path)!r} cannot be read: {error.strerror}") from error


def _root(folders: Iterable[Folder], resolved: Path) -> Path | None:
    holding = [Path(folder.path) for folder in folders if resolved.is_relative_to(folder.path)]
    return max(holding, key=lambda root: len(root.parts), default=None)


def token(home: Home) -> str:
    """The secret of state-changing calls; made when missing, for its owner alone. Raises HomeError."""
    home.create()
    with explained(home.root):
        _make_token(home.token)
    try:
        if user() is not None and home.token.stat().st_mode & 0o077:
            home.token.chmod(0o600)
        text = home.token.read_text("ascii").strip()
    except (OSError, ValueError) as error:
        raise HomeError(f"cannot read {home.token}: {error}; remove it and start again") from error
    if len(text) < 20:
        raise HomeError(f"{home.token} holds no secret; remove it and start again")
    return text


def _make_token(path: Path) -> None:
    """Unless it is there."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NOFOLLOW, 0o600)
    except FileExistsError:
        return
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    except OSError:  # a full disk
        path.unlink()
        raise


def same_secret(given: str, expected: str) -> bool:
    """Compared in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode("utf-8"))


def is_loopback(host: str) -> bool:
    """Whether a host name or address, brackets allowed, can only mean this machine."""
    from ipaddress import ip_address

    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
