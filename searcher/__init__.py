"""Semantic search over a person's own files.

import searcher

with searcher.open() as library:
    for hit in library.search("where are the passwords checked?"):
        print(hit.path, hit.line_start, hit.snippet)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from searcher.library import Library

__all__ = ["open"]


def open(home: str | os.PathLike[str] | None = None) -> Library:
    """The library in `home`, else in $SEARCHER_HOME, else in the user's data folder."""
    from searcher.home import Home
    from searcher.library import Library
    from searcher.settings import Settings

    place = Home.locate(home)
    return Library(place, Settings.load(place))
