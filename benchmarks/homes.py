"""The home of a benchmark: empty, with the model of another."""

from __future__ import annotations

from pathlib import Path

from searcher.home import Home


def home_like(source: Home, root: Path) -> Home:
    """What is made of a model lies in the new home alone."""
    home = Home(root).create()
    for file in filter(Path.is_file, source.models.iterdir() if source.models.is_dir() else ()):
        (home.models / file.name).symlink_to(file)
    return home
