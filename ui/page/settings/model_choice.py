"""The model in use, the way to another model, dimension or passage size, and how far the move has come."""

from __future__ import annotations

import streamlit as st

from searcher.home import Home
from searcher.models import hub
from searcher.models.profiles import PROFILES, Profile
from searcher.runtime import read_indexer_state
from searcher.settings import RECENT, Settings
from searcher.store.table import Live, read_live
from ui.page import choices, units
from ui.page.frame import fragment, words
from ui.page.html.blocks import QUIET, SECTION
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.library import progress
from ui.page.session import session
from ui.page.settings import model_costs
from ui.page.settings.saving import save
from ui.page.strings import Words
from ui.service import get_service

_TOKENS_A_PASSAGE = 130  # where it is not known how many there are
_DIMENSIONS = (64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 2560, 3072, 4096)
_SIZES = (96, 128, 160, 224, 320, 448, 640, 896)  # tokens of a passage


def section() -> None:
    w = words()
    st.html(SECTION.format(w("section_model")))
    _in_use()
    live = read_live(get_service().home)
    if live is not None:
        _choice(live, w)


@fragment("1s")
def _in_use() -> None:
    """What answers now; while another index is built, how far it is. The page follows when it takes over."""
    w = words()
    service = get_service()
    live = read_live(service.home)
    if live is None:
        return
    rows = [
        (w("model_name"), live.model),
        (w("set_dim"), live.dim),
        (w("set_chunk_tokens"), w("tokens", n=chunk_tokens(live))),
        (w("fingerprint"), live.fingerprint),
    ]
    items = joined(Html("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in rows)
    note = "" if live.model not in service.note else QUIET.format(with_commands(w.reason(service.note)))
    work = Html("")
    if _is_due(service.home, live):
        state = read_indexer_state(service.home)
        said = progress.rebuilding(state, service.trouble, w, begun=service.home.building.exists())
        work = Html('<div class="rebuild">{}</div>').format(said)
    st.html(Html('<dl class="facts">{}</dl>{}{}').format(items, note, work))
    before, session().live = session().live, live
    if before is not None and before != live:
        st.rerun()


def chunk_tokens(live: Live) -> int:
    """The size its passages aim at."""
    return int(live.chunker.rpartition(":")[2] or 0)


def _is_due(home: Home, live: Live) -> bool:
    """Whether another index is being built, or will be as soon as the indexer has read the settings."""
    if home.building.exists():
        return True
    settings = get_service().settings
    profile = PROFILES.get(settings.model or live.model)
    if profile is None:
        return bool(settings.model) and settings.model != live.source
    size = min(settings.chunk_tokens or profile.chunk_tokens, profile.max_tokens)
    chosen = (profile.name, settings.dim or profile.default_dim, size)
    return chosen != (live.model, live.dim, chunk_tokens(live))


def _choice(live: Live, w: Words) -> None:
    """Three boxes that say what is; the button comes with the first that says something else."""
    current = live.model if live.model in PROFILES else None
    left, middle, right = st.columns([2, 1, 1])
    with left:
        name = choices.select(
            w("model_other"),
            {name: _label(profile, w) for name, profile in PROFILES.items()},
            current,
            key=f"model-choice-{live.table}",
            placeholder=w("model_own"),
        )
    profile = PROFILES[name] if name else None
    same = name == current
    native = profile.native_dim if profile else live.native_dim
    dim, size = live.dim, chunk_tokens(live)
    if profile and not same:
        dim, size = profile.default_dim, profile.chunk_tokens
    with middle:
        chosen = _number(w("set_dim"), _DIMENSIONS, dim, native, f"dim-{name}-{live.table}", w("dim_hint"))
    with right:
        most = profile.max_tokens if profile else size
        tokens = _number(
            w("set_chunk_tokens"), _SIZES, size, most, f"size-{name}-{live.table}", w("chunk_tokens_hint")
        )
    if (same, chosen, tokens) == (True, live.dim, chunk_tokens(live)):
        _way_back(live, w)
        return
    again = not same or tokens != chunk_tokens(live)
    values: dict[str, object] = {"dim": chosen, "chunk_tokens": tokens}
    if profile:  # what the model takes by itself needs no setting
        usual = {"dim": profile.default_dim, "chunk_tokens": profile.chunk_tokens}
        values = {setting: None if usual[setting] == value else value for setting, value in values.items()}
    if not same:
        values["model"] = name
    if _chosen(values):  # it is being built
        _way_back(live, w)
        return
    _cost(profile, again, chosen, live, w)
    st.button(w("model_switch"), type="primary", on_click=_switch, args=(values,))


def _way_back(live: Live, w: Words) -> None:
    """While another index is on its way, or cannot come: to stay with the one that answers."""
    if not _is_due(get_service().home, live):
        return
    values: dict[str, object] = {"model": live.source, "dim": live.dim, "chunk_tokens": chunk_tokens(live)}
    profile = PROFILES.get(live.model)
    if profile or live.source.startswith("http"):
        values["model"] = live.model
    if profile:  # what the model takes by itself needs no setting
        usual = {"dim": profile.default_dim, "chunk_tokens": profile.chunk_tokens}
        values |= {name: None for name, value in usual.items() if values[name] == value}
    with st.container(horizontal=True):
        st.button(w("model_stay", name=live.model), on_click=_switch, args=(values,))
        first = {item.strip() for item in get_service().settings.embed_first.split(",") if item.strip()}
        if RECENT in first:
            others = ",".join(sorted(first - {RECENT}))
            st.button(w("recent_usual"), on_click=_switch, args=({"embed_first": others or None},))
        else:
            now = ",".join([RECENT, *sorted(first)])
            st.button(
                w("recent_first"), help=w("recent_first_hint"), on_click=_switch, args=({"embed_first": now},)
            )


def _number(label: str, options: tuple[int, ...], value: int, most: int, key: str, hint: str) -> int:
    numbers = sorted({value, *(option for option in options if option <= most)})
    labels = {number: str(number) for number in numbers}
    return choices.select(label, labels, value, key=key, help=hint) or value


def _label(profile: Profile, w: Words) -> str:
    here = profile.name == "starter" or hub.local(get_service().home, profile) is not None
    where = w("model_here") if here else w("model_fetch", size=units.size(profile.size_mb * 1e6, w))
    return f"{profile.name} · {where}"


def _cost(profile: Profile | None, again: bool, dim: int, live: Live, w: Words) -> None:
    """What the move means: everything embedded once more, or vectors that are only cut."""
    passages = get_service().status().get("chunks", 0)
    if again:
        seconds = _seconds(passages, profile, live)
        cost = w("model_cost", n=w.number(passages), time=units.duration(seconds, w))
    else:
        cost = w("dim_cost", n=w.number(passages))
    if profile and not profile.mrl and dim < profile.native_dim:
        cost += " " + w("dim_untrained")
    st.html(Html('<p class="notice" role="status">{}</p>').format(cost))


def _seconds(passages: int, profile: Profile | None, live: Live) -> float:
    """By what the present model took on this machine, where that is known, and how the models compare; else
    as two cores would."""
    name = profile.name if profile else live.model
    again = get_service().embedding_again()
    if again is None:
        return passages * _TOKENS_A_PASSAGE / model_costs.speed(name)[0]
    return again * model_costs.beside(name, live.model)


def _chosen(values: dict[str, object]) -> bool:
    settings, default = get_service().settings, Settings()
    return all(
        getattr(settings, name) == (getattr(default, name) if value is None else value)
        for name, value in values.items()
    )


def _switch(values: dict[str, object]) -> None:
    save(**values)
