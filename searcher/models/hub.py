"""Model files on the Hugging Face hub and in its local cache."""

from __future__ import annotations

import os
import time
from pathlib import Path

from searcher.errors import DownloadFailed, ModelNotFound
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.models.download import Progress, download
from searcher.models.profiles import PROFILES, RERANKERS, Profile

_REMEMBER_SECONDS = 6 * 3600.0


def offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def local(home: Home, profile: Profile) -> Path | None:
    """The profile's file where it already lies: in the home, else in the hub's cache."""
    for name in profile.files:
        if (path := home.model(name)).is_file():
            return path
    for name in profile.files:
        cached = _cached(profile.repo, name)
        if cached:
            return cached
    return None


def _cached(repo: str, name: str) -> Path | None:
    if not repo:
        return None
    paths = (_cache() / f"models--{repo.replace('/', '--')}" / "snapshots").glob(f"*/{name}")
    return max(
        (path for path in paths if path.is_file()), key=lambda path: path.stat().st_mtime, default=None
    )


def _cache() -> Path:
    """The cache that the hub's own tools share."""
    explicit = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if explicit:
        return Path(explicit).expanduser()
    base = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(base).expanduser() / "hub"


def failed_lately(home: Home) -> bool:
    """True when the hub could not be reached in the last hours, so that not every start waits for it."""
    memory = read_json(home.hub)
    return (
        isinstance(memory, dict)
        and memory.get("endpoint") == endpoint()
        and 0 <= time.time() - float(memory.get("failed", 0)) < _REMEMBER_SECONDS
    )


def fetch(home: Home, name: str, progress: Progress | None = None) -> Path:
    """Download a profile's file into the home, going on from what an earlier attempt left.

    Gives up within seconds when the hub cannot be reached. Raises ModelNotFound for an unknown name,
    DownloadFailed with the reason otherwise.
    """
    profile = PROFILES.get(name) or RERANKERS.get(name)
    if profile is None:
        raise ModelNotFound(f"there is no model profile {name!r}; `searcher models list` shows them")
    if not profile.repo:
        from searcher.models import starter

        return starter.build(home, progress)
    if offline():
        raise DownloadFailed(f"cannot fetch {name}: HF_HUB_OFFLINE is set; unset it and try again")
    file = profile.files[0]
    path = home.create().model(file)
    if path.is_file():
        return path
    try:
        path = download(f"{endpoint()}/{profile.repo}/resolve/main/{file}", path, progress)
    except DownloadFailed as error:
        write_json(home.hub, {"endpoint": endpoint(), "failed": time.time()})
        raise DownloadFailed(
            f"cannot fetch {name} from {endpoint()}: {error}; "
            "set HF_ENDPOINT to a mirror or SEARCHER_MODEL to a file"
        ) from error
    home.hub.unlink(missing_ok=True)
    return path
