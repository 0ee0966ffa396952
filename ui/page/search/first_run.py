"""Nothing configured yet: a folder, the model, go."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from searcher.models import hub, starter
from searcher.models.profiles import BEST, PROFILES, STARTER, Profile
from searcher.models.resolve import to_fetch, up_to_date
from searcher.settings import Settings
from ui.page import choices, units
from ui.page.frame import fragment, words
from ui.page.html.blocks import QUIET
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html
from ui.page.library import add_folder
from ui.page.settings import model_costs
from ui.page.settings.saving import save
from ui.page.strings import Words
from ui.service import get_service


@fragment("2s")
def _model(tokens: int) -> None:
    """The models that can be had here, each with what it costs; `tokens` are those of the chosen folder."""
    w, service = words(), get_service()
    settings = service.settings
    offered = _offered(settings)
    chosen = _taken(settings)
    if len(offered) > 1 and chosen in offered and not settings.embed_url:
        names = {name: w(f"model_is_{name}") for name in offered}
        costs = [_cost(profile, tokens, w) for profile in offered.values()]
        name = st.radio(
            w("step_model"),
            list(offered),
            list(offered).index(chosen),
            format_func=names.__getitem__,
            captions=costs,
            label_visibility="collapsed",
            key=choices.named(f"first-model-{chosen}", names),
        )
        if name != chosen:
            left_open = replace(settings, model="")
            save(model=None if name == _taken(left_open) else name)
            st.rerun()
        if STARTER.name in offered:
            st.html(QUIET.format(w("model_meanwhile")))
        return
    hint = up_to_date(service.note, service.home, settings) or w(
        "step_model_hint", size=units.size(BEST.size_mb * 1e6, w)
    )
    if chosen in offered:
        hint += f" · {_cost(offered[chosen], tokens, w)}"
    st.html(QUIET.format(with_commands(w("preparing_model") if service.preparing else w.reason(hint))))


def _offered(settings: Settings) -> dict[str, Profile]:
    """Those that are here or can be fetched, and that the memory holds; the small one first."""
    home = get_service().home
    found = {}
    for profile in sorted(PROFILES.values(), key=lambda profile: profile.size_mb):
        if profile is STARTER:
            can_be_had = starter.is_possible(home)
        else:
            named = replace(settings, model=profile.name)
            in_reach = not hub.failed_lately(home) and to_fetch(home, named) is not None
            can_be_had = in_reach or hub.local(home, profile) is not None
        if can_be_had and model_costs.fits(profile.size_mb):
            found[profile.name] = profile
    return found


def _taken(settings: Settings) -> str:
    """The model that these settings come to in the end."""
    home = get_service().home
    if settings.model:
        return settings.model.lower()
    is_best = hub.local(home, BEST) is not None or to_fetch(home, settings) is not None
    return BEST.name if is_best else STARTER.name


def _cost(profile: Profile, tokens: int, w: Words) -> str:
    """Where it is, how fast, and how long the folder takes."""
    home = get_service().home
    here = profile is STARTER or hub.local(home, profile) is not None
    speed, is_measured = model_costs.speed(profile.name)
    facts = [
        w("model_here") if here else w("model_fetch", size=units.size(profile.size_mb * 1e6, w)),
        w("speed_measured" if is_measured else "speed_about", n=w.number(_rounded(speed))),
    ]
    if tokens:
        facts.append(w("folder_takes", time=units.duration(tokens / speed, w)))
    return " · ".join(facts)


def _rounded(speed: float) -> int:
    """To two digits: more would look exact."""
    step: int = 10 ** max(len(str(int(speed))) - 2, 0)
    return max(round(speed / step) * step, 1)


def render() -> None:
    w = words()
    welcome = Html('<div class="empty first"><h1>{}</h1><p>{}</p></div>')
    st.html(welcome.format(w("first_title"), w("first_hint")))
    with st.container(key="steps"):
        _step(1, w("step_folder"))
        path, cost = add_folder.chosen("first")
        _step(2, w("step_model"))
        _model(cost.get("tokens", 0))
        _step(3, w("step_go"))
        add_folder.button("first", path)
    st.html(Html('<p class="quiet after">{}</p>').format(w("step_go_hint")))


def _step(number: int, title: str) -> None:
    st.html(Html('<h2 class="step"><span aria-hidden="true">{}</span>{}</h2>').format(number, title))
