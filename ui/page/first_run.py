"""Nothing configured yet: the page asks for a folder."""

from __future__ import annotations

import streamlit as st

from searcher.errors import SearcherError
from ui.page.frame import words
from ui.page.highlight import plain
from ui.service import get_service


def render() -> None:
    w = words()
    st.html(f'<div class="empty"><h2>{plain(w("first_title"))}</h2><p>{plain(w("first_hint"))}</p></div>')
    with st.form("first-folder", border=False):
        path = st.text_input(w("folder_label"), key="first_folder", placeholder=w("folder_placeholder"))
        if st.form_submit_button(w("folder_add"), type="primary"):
            add(path or "")


def add(path: str) -> None:
    """Add what was typed; a path as a file manager copies it may come in quotes or as file://."""
    from ui.page.paste import typed_path

    w = words()
    cleaned = typed_path(path)
    if not cleaned:
        st.html(f'<p class="notice error" role="alert">{plain(w("folder_missing"))}</p>')
        return
    try:
        get_service().add_folder(cleaned)
    except SearcherError as error:
        st.html(f'<p class="notice error" role="alert">{plain(error)}</p>')
        return
    st.rerun()
