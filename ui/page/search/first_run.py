"""Nothing configured yet: a folder, the model, go."""

from __future__ import annotations

import streamlit as st

from searcher.models.profiles import BEST
from ui.page import units
from ui.page.frame import fragment, words
from ui.page.html.highlight import plain, with_commands
from ui.page.library import add_folder
from ui.service import get_service


@fragment("2s")
def _model() -> None:
    """Which model will answer; the better one may still be on its way."""
    w = words()
    service = get_service()
    hint = service.preparing or service.note or w("step_model_hint", size=units.size(BEST.size_mb * 1e6, w))
    st.html(f'<p class="quiet">{with_commands(hint)}</p>')


def render() -> None:
    w = words()
    st.html(f'<div class="empty"><h1>{plain(w("first_title"))}</h1><p>{plain(w("first_hint"))}</p></div>')
    with st.container(key="steps"):
        _step(1, w("step_folder"))
        path = add_folder.chosen("first")
        _step(2, w("step_model"))
        _model()
        _step(3, w("step_go"))
        add_folder.button("first", path)
    st.html(f'<p class="quiet after">{plain(w("step_go_hint"))}</p>')


def _step(number: int, title: str) -> None:
    st.html(f'<h2 class="step"><span aria-hidden="true">{number}</span>{plain(title)}</h2>')
