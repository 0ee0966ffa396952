"""The package this is part of."""

from __future__ import annotations

# `searcher` on the public index is another project's: the command and the modules keep their name, the
# distribution has this one
DISTRIBUTION = "searcher-desktop"


def version() -> str:
    """Of the installed package; "unknown" where it runs from a folder that was never installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
