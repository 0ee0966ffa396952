"""Which model file is used, and the one line that tells a person why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from searcher.errors import DownloadFailed, ModelNotFound, UsageError
from searcher.home import Home
from searcher.models import gguf_file, hub, starter
from searcher.models.download import Progress
from searcher.models.profiles import BEST, PROFILES, STARTER, Profile, of_gguf
from searcher.settings import Settings

_BETTER = f"`searcher models fetch {BEST.name}` gets the better one ({BEST.size_mb} MB)"
TO_COME = f"`searcher up` fetches the better one ({BEST.name}, {BEST.size_mb} MB) while this one answers"


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """The model in use. `note` is the plain line for terminal and page."""

    path: Path
    profile: Profile
    name: str
    note: str


def resolve(
    home: Home,
    settings: Settings,
    *,
    announce: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> ResolvedModel:
    """A path or profile the person named > Qwen3 in the local cache > the starter > Qwen3 from the hub.

    The starter comes before a download, so that nobody waits for one: the indexer fetches the better model
    while it follows the folders, and builds its index behind the one that answers.

    Raises ModelNotFound or ModelBroken for what was named, DownloadFailed when a named profile cannot be
    fetched. Without a name, a hub that cannot be reached costs seconds once and is remembered.
    """
    chosen = (
        _named(home, settings.model, settings, announce, progress)
        if settings.model
        else _best(home, settings, announce, progress)
    )
    if announce:
        announce(chosen.note)
    return chosen


def scan_dim(profile: Profile, dim: int) -> int:
    """The dimension to search at: `dim`, or the profile's own for 0. Raises UsageError."""
    if dim == 0:
        return profile.default_dim
    if not 32 <= dim <= profile.native_dim:
        raise UsageError(f"dimension {dim} is not possible: {profile.name} gives 32 to {profile.native_dim}")
    return dim


def _named(
    home: Home,
    name: str,
    settings: Settings,
    announce: Callable[[str], None] | None,
    progress: Progress | None,
) -> ResolvedModel:
    profile = PROFILES.get(name.lower())
    if profile is None:
        path = Path(name).expanduser().absolute()
        if not path.is_file():
            names = ", ".join(PROFILES)
            raise ModelNotFound(f"no model {name!r}: neither a GGUF file nor one of {names}")
        profile = of_gguf(gguf_file.read(path))
        return ResolvedModel(path, profile, profile.name, f"model: {profile.name}, from {path}")
    if profile is STARTER:
        return _starter(home, progress, "as set")
    path_at_hand = hub.local(home, profile)
    if path_at_hand is None:
        if not settings.hub:
            raise ModelNotFound(
                f"{profile.name} is not on this machine and the hub is switched off; "
                f"run `searcher models fetch {profile.name}`"
            )
        _say(announce, f"fetching {profile.name} ({profile.size_mb} MB) from {hub.endpoint()}")
        path_at_hand = hub.fetch(home, profile.name, progress)
    return ResolvedModel(path_at_hand, profile, profile.name, f"model: {profile.name}")


def _best(
    home: Home,
    settings: Settings,
    announce: Callable[[str], None] | None,
    progress: Progress | None,
) -> ResolvedModel:
    path = hub.local(home, BEST)
    if path is None and not starter.is_possible(home) and _may_fetch(home, settings):
        _say(announce, f"fetching {BEST.name} ({BEST.size_mb} MB) from {hub.endpoint()}")
        try:
            path = hub.fetch(home, BEST.name, progress)
        except DownloadFailed as error:
            _say(announce, str(error))
    if path is not None:
        return ResolvedModel(path, BEST, BEST.name, f"model: {BEST.name}")
    return _starter(home, progress, TO_COME if _may_fetch(home, settings) else _BETTER)


def up_to_date(note: str, home: Home, settings: Settings) -> str:
    """The line of a model in use as it is now: a fetch that it promises may have failed since."""
    return note if is_better_to_come(home, settings) else note.replace(TO_COME, _BETTER)


def is_better_to_come(home: Home, settings: Settings) -> bool:
    """Whether the choice is left to searcher and the best model could be fetched, but is not here yet."""
    chosen = settings.model or settings.embed_url
    return not chosen and _may_fetch(home, settings) and hub.local(home, BEST) is None


def to_fetch(home: Home, settings: Settings) -> Profile | None:
    """The model that can be fetched while another one answers: the best, unless the hub could not be reached
    lately, or the one that was named, for which that is tried again."""
    if is_better_to_come(home, settings):
        return BEST
    named = PROFILES.get(settings.model.lower())
    if named is None or not named.repo or settings.embed_url or not settings.hub or hub.offline():
        return None
    return named if hub.local(home, named) is None else None


def _may_fetch(home: Home, settings: Settings) -> bool:
    return settings.hub and not hub.offline() and not hub.failed_lately(home)


def _starter(home: Home, progress: Progress | None, why: str) -> ResolvedModel:
    path = starter.build(home, progress)
    return ResolvedModel(path, STARTER, STARTER.name, f"model: {STARTER.name} (multilingual-e5-small); {why}")


def _say(announce: Callable[[str], None] | None, line: str) -> None:
    if announce:
        announce(line)
