"""The model in use, and the way to another one with what the move costs."""

from __future__ import annotations

import streamlit as st

from searcher.models import hub
from searcher.models.profiles import PROFILES, Profile
from ui.page import units
from ui.page.frame import words
from ui.page.highlight import plain, with_commands
from ui.page.strings import Words
from ui.service import get_service

_SECONDS_A_PASSAGE = {"starter": 0.08, "qwen3-0.6b": 1.3, "qwen3-4b": 8.0, "qwen3-8b": 15.0}  # two cores


def section() -> None:
    w = words()
    known = get_service().status()
    model = known.get("model") or {}
    st.html(f'<h2 class="section">{plain(w("section_model"))}</h2>{_in_use(model, w)}')
    names = [*PROFILES]
    current = model.get("name", "")
    chosen = st.selectbox(
        w("model_other"),
        names,
        index=names.index(current) if current in names else None,
        format_func=lambda name: _label(PROFILES[name], w),
        key="model-choice",
        placeholder=w("model_own"),
    )
    if chosen and chosen != current:
        _cost(PROFILES[chosen], known.get("chunks", 0), w)
    dims = _dimensions(PROFILES.get(current))
    if len(dims) > 1:
        dim = model.get("dim")
        st.segmented_control(
            w("set_dim"),
            dims,
            default=dim if dim in dims else None,
            key="set-dim",
            on_change=_store_dim,
            help=w("dim_hint"),
        )


def _in_use(model: dict[str, object], w: Words) -> str:
    rows = [
        (w("model_name"), model.get("name")),
        (w("set_dim"), model.get("dim")),
        (w("fingerprint"), model.get("fingerprint")),
    ]
    items = "".join(f"<dt>{plain(k)}</dt><dd>{plain(v)}</dd>" for k, v in rows if v)
    note = f'<p class="quiet">{with_commands(model["note"])}</p>' if model.get("note") else ""
    return f'<dl class="facts">{items}</dl>{note}'


def _label(profile: Profile, w: Words) -> str:
    here = profile.name == "starter" or hub.local(get_service().home, profile) is not None
    where = w("model_here") if here else w("model_fetch", size=units.size(profile.size_mb * 1e6, w))
    return f"{profile.name} · {where}"


def _cost(profile: Profile, passages: int, w: Words) -> None:
    """What moving to `profile` means, and the button that does it."""
    seconds = passages * _SECONDS_A_PASSAGE.get(profile.name, 1.0)
    said = w("model_cost", n=w.number(passages), time=units.duration(seconds, w))
    st.html(f'<p class="notice">{plain(said)}</p>')
    st.button(w("model_switch"), type="primary", on_click=_switch, args=(profile.name,))


def _switch(name: str) -> None:
    from ui.page.settings import save

    save(model=name)


def _dimensions(profile: Profile | None) -> list[int]:
    if profile is None or not profile.mrl:
        return []
    return [dim for dim in (64, 128, 256, 512, 768, 1024) if dim <= profile.native_dim]


def _store_dim() -> None:
    from ui.page.settings import save

    if st.session_state["set-dim"]:
        save(dim=int(st.session_state["set-dim"]))
