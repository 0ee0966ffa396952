"""Adding a folder to the library: the one way that the command line, the API and the page go."""

from __future__ import annotations

import os
from collections.abc import Iterable

from indexer.care.forgetting import recall
from searcher import folders
from searcher.home import Home


def add_folder(
    home: Home, path: str | os.PathLike[str], *, include: Iterable[str] = (), exclude: Iterable[str] = ()
) -> folders.Folder:
    """Add a folder or replace its globs; what was forgotten in it is read again. Raises FolderError."""
    folder = folders.add(home, path, include=tuple(include), exclude=tuple(exclude))
    recall(home, folder.path)
    return folder


def add_missing(home: Home, paths: Iterable[str | os.PathLike[str]]) -> None:
    """Add those that are not in the library; one that is keeps its globs, and what was forgotten in it stays
    so. Raises FolderError."""
    for path in paths:
        name = folders.named(path)
        if all(folder.path != name for folder in folders.everything(home)):
            add_folder(home, path)
