"""Nothing configured yet: a folder, the model, go."""

from __future__ import annotations

import streamlit as st

from searcher.models.profiles import BEST
from ui.page import units
from ui.page.frame import fragment, words
from ui.page.html.blocks import QUIET
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html
from ui.page.library import add_folder
from ui.service import get_service


@fragment("2s")
def _model() -> None:
    """Which model will answer; the better one may still be on its way."""
    w = words()
    service = get_service()
    hint = service.preparing or service.note or w("step_model_hint", size=units.size(BEST.size_mb * 1e6, w))
    st.html(QUIET.format(with_commands(w.reason(hint))))


def render() -> None:
    w = words()
    welcome = Html('<div class="empty"><h1>{}</h1><p>{}</p></div>')
    st.html(welcome.format(w("first_title"), w("first_hint")))
    with st.container(key="steps"):
        _step(1, w("step_folder"))
        path = add_folder.chosen("first")
        _step(2, w("step_model"))
        _model()
        _step(3, w("step_go"))
        add_folder.button("first", path)
    st.html(Html('<p class="quiet after">{}</p>').format(w("step_go_hint")))


def _step(number: int, title: str) -> None:
    st.html(Html('<h2 class="step"><span aria-hidden="true">{}</span>{}</h2>').format(number, title))
