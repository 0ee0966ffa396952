"""Which model an index is asked with: the one it was built with, whatever the settings have come to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from searcher.embedding import Prepared, prepare
from searcher.errors import (
    DownloadFailed,
    ModelBroken,
    ModelMismatch,
    ModelNotFound,
    SearcherError,
    UsageError,
)
from searcher.home import Home
from searcher.models.resolve import to_fetch
from searcher.runtime import takes_requests
from searcher.settings import Settings
from searcher.store import place
from searcher.store.table import Live, read_live


def names_the_model(settings: Settings) -> tuple[object, ...]:
    """What of the settings decides which index they ask for."""
    return settings.model, settings.dim, settings.weights, settings.embed_url


def differ_from_the_file(home: Home, settings: Settings) -> bool:
    """Whether they name another model than settings.toml: by the environment, a flag or a program."""
    try:
        text = home.settings.read_text("utf-8")
    except OSError:
        text = ""
    return names_the_model(Settings.parse(text, str(home.settings))) != names_the_model(settings)


def model_of(home: Home, settings: Settings, live: Live, *, strict: bool = False) -> tuple[Prepared, str]:
    """The model of the index `live`, and a note where the settings name another one.

    What cannot be fetched, has gone or is broken is no dead end as long as the index's own model is there.
    Nothing is fetched. With `strict` another model is refused, unless an index of it is being built. Raises
    ModelMismatch, and for the model that the settings name whatever `prepare` raises.
    """
    try:
        chosen = prepare(home, replace(settings, hub=False))
    except SearcherError as error:
        if strict:
            raise
        own = _own(home, settings, live)
        if own is None:
            raise
        if settings.model and (wanted := to_fetch(home, settings)):
            return own, f"{live.model} answers until {wanted.name} is fetched and its index is built"
        return own, f"{live.model} answers, which the index was built with: {error}"
    if (chosen.model.fingerprint, chosen.model.dim) == (live.fingerprint, live.dim):
        return chosen, ""
    being_built = home.building.exists() or takes_requests(home)
    if strict and not being_built:
        raise _mismatch(home, live, chosen)
    own = chosen if chosen.model.fingerprint == live.fingerprint else _own(home, settings, live)
    if own is None:
        raise _mismatch(home, live, chosen)
    if owner := place.owned_by_another(home):
        return (
            own,
            f"{live.model} at {live.dim} dimensions answers: {owner} owns the index and chooses its model",
        )
    named = f"{chosen.model.name} at {chosen.model.dim} dimensions"
    wait = "is complete" if being_built else "is built; run `searcher index`"
    return own, f"{live.model} at {live.dim} dimensions answers until the index of {named} {wait}"


def model_to_index_with(home: Home, settings: Settings) -> tuple[Prepared, str]:
    """The model that the settings name, fetched where they allow it; and where that cannot be had, the one
    of the present index with the reason, so that files are followed meanwhile.

    Where there is an index, nobody waits for a download: the index's model goes on until that has come. An
    endpoint that does not answer is waited for. Raises what `prepare` raises.
    """
    live = read_live(home)
    if (
        live is not None
        and settings.model
        and to_fetch(home, settings)
        and (own := _as_it_was(home, settings, live))
    ):
        return own, ""
    try:
        return prepare(home, settings), ""
    except (DownloadFailed, ModelNotFound, ModelBroken, UsageError) as error:
        own = None if live is None else _as_it_was(home, settings, live)
        if live is None or own is None:
            raise
        return own, f"{live.model} stays in use: {error}"


def _as_it_was(home: Home, settings: Settings, live: Live) -> Prepared | None:
    """The index's own model, with passages of the size that it has."""
    tokens = int(live.chunker.rpartition(":")[2] or 0)
    return _own(home, replace(settings, chunk_tokens=tokens), live)


def _own(home: Home, settings: Settings, live: Live) -> Prepared | None:
    """The model that the index was built with, if it is still there."""
    for candidate in _sources(settings, live):
        try:
            prepared = prepare(home, candidate)
        except SearcherError:
            continue
        if prepared.model.fingerprint == live.fingerprint:
            return prepared
    return None


def _sources(settings: Settings, live: Live) -> Iterator[Settings]:
    """Settings that lead to the model of `live`; which numbers it was computed with is not written down."""
    if not live.source:
        return
    if live.source.startswith(("http://", "https://")):
        yield replace(settings, embed_url=live.source, model=live.model, dim=live.dim, hub=False)
        return
    for weights in ("file", "bf16"):
        yield replace(settings, embed_url="", model=live.source, dim=live.dim, weights=weights, hub=False)


def _mismatch(home: Home, live: Live, chosen: Prepared) -> ModelMismatch:
    if owner := place.owned_by_another(home):
        return ModelMismatch(
            f"the index in {place.of(home).address} was built with {live.model} at {live.dim} dimensions, "
            f"not with {chosen.model.name} at {chosen.model.dim}; {owner} owns it and chooses, so run "
            f"`searcher models use {live.model}`"
        )
    return ModelMismatch(
        f"the index in {home.root} was built with {live.model} at {live.dim} dimensions, "
        f"not with {chosen.model.name} at {chosen.model.dim}; run `searcher index` to rebuild it, "
        f"or `searcher models use {live.model}`"
    )
