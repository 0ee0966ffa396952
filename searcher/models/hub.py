"""Model files on the Hugging Face hub and in its local cache."""

from __future__ import annotations

import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from searcher.errors import DownloadFailed, ModelNotFound
from searcher.files import read_json, write_json
from searcher.home import Home
from searcher.models.profiles import PROFILES, RERANKERS, Profile

Progress = Callable[[int, int], None]  # bytes done, bytes in all

_PROBE_SECONDS = 4.0
_REMEMBER_SECONDS = 6 * 3600.0


def offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def local(home: Home, profile: Profile) -> Path | None:
    """The profile's file where it already lies: in the home, else in the hub's cache."""
    for name in profile.files:
        if (home.models / name).is_file():
            return home.models / name
    for name in profile.files:
        cached = _cached(profile.repo, name)
        if cached:
            return cached
    return None


def _cached(repo: str, name: str) -> Path | None:
    if not repo or not (_cache() / f"models--{repo.replace('/', '--')}").is_dir():
        return None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(repo, name, cache_dir=_cache())
    return Path(found) if isinstance(found, str) and Path(found).is_file() else None


def _cache() -> Path:
    """The hub's cache folder; spelled out because importing the hub's package costs a second."""
    explicit = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if explicit:
        return Path(explicit).expanduser()
    base = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    return Path(base).expanduser() / "hub"


def failed_lately(home: Home) -> bool:
    """True when the hub could not be reached in the last hours, so that not every start waits for it."""
    memory = read_json(home.models / "hub.json")
    return (
        isinstance(memory, dict)
        and memory.get("endpoint") == endpoint()
        and 0 <= time.time() - float(memory.get("failed", 0)) < _REMEMBER_SECONDS
    )


def remember_failure(home: Home) -> None:
    write_json(home.create().models / "hub.json", {"endpoint": endpoint(), "failed": time.time()})


def fetch(home: Home, name: str, progress: Progress | None = None) -> Path:
    """Download a profile's file into the hub's cache, resuming what an earlier attempt left.

    Gives up within seconds when the hub cannot be reached. Raises ModelNotFound for an unknown name or one
    that is not fetched, DownloadFailed with the reason otherwise.
    """
    profile = PROFILES.get(name) or RERANKERS.get(name)
    if profile is None:
        raise ModelNotFound(f"there is no model profile {name!r}; `searcher models list` shows them")
    if not profile.repo:
        from searcher.models import starter

        return starter.build(home, progress)
    file = profile.files[0]
    if offline():
        raise DownloadFailed(f"cannot fetch {name}: HF_HUB_OFFLINE is set; unset it and try again")
    reason = _unreachable(f"{endpoint()}/{profile.repo}/resolve/main/{file}")
    if reason:
        remember_failure(home)
        raise DownloadFailed(
            f"cannot fetch {name} from {endpoint()}: {reason}; "
            "set HF_ENDPOINT to a mirror, or SEARCHER_MODEL to a GGUF file"
        )
    try:
        from huggingface_hub import hf_hub_download

        path = hf_hub_download(profile.repo, file, cache_dir=_cache(), tqdm_class=_bar(progress))
    except Exception as error:
        remember_failure(home)
        raise DownloadFailed(
            f"cannot fetch {name} from {endpoint()}: {_line(error)}; try again, it resumes where it stopped"
        ) from error
    (home.models / "hub.json").unlink(missing_ok=True)
    return Path(path)


def _unreachable(url: str) -> str | None:
    """Why `url` does not answer, or None. In a thread: resolving a name has no time limit of its own."""
    outcome: list[str | None] = []

    def probe() -> None:
        request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "searcher"})
        try:
            with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):
                outcome.append(None)
        except urllib.error.HTTPError as error:
            outcome.append(f"it answered {error.code} {error.reason}")
        except (OSError, ValueError) as error:
            outcome.append(_line(getattr(error, "reason", error)))

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(_PROBE_SECONDS + 1)
    return outcome[0] if outcome else f"no answer within {_PROBE_SECONDS + 1:.0f} s"


def _line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _bar(progress: Progress | None) -> type | None:
    """A tqdm class that tells `progress` instead of drawing."""
    if progress is None:
        return None
    from tqdm.auto import tqdm

    tell = progress

    class Quiet(tqdm):  # type: ignore[type-arg]
        def __init__(self, *args: object, **kwargs: object) -> None:
            kwargs["disable"] = False
            kwargs["file"] = open(os.devnull, "w")  # noqa: SIM115 - tqdm keeps it as long as the bar lives
            super().__init__(*args, **kwargs)

        def update(self, n: float | None = 1) -> bool | None:
            drawn = super().update(n)
            tell(int(self.n), int(self.total or 0))
            return drawn

    return Quiet
