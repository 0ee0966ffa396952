"""Adding a folder: its path typed or pasted, looked at before it is taken."""

from __future__ import annotations

import streamlit as st

from searcher.errors import SearcherError
from ui.page import units
from ui.page.frame import words
from ui.page.highlight import plain
from ui.page.paste import typed_path
from ui.service import get_service


def form(key: str) -> None:
    """A box for the path; then what it would cost, and the button that adds it."""
    w = words()
    typed = st.text_input(w("folder_label"), key=f"{key}-path", placeholder=w("folder_placeholder"))
    path = typed_path(typed or "")
    if not path:
        return
    service = get_service()
    try:
        with st.spinner(w("looking")):
            cost = service.preview_folder(path)
    except SearcherError as error:
        st.html(f'<p class="notice error" role="alert">{plain(error)}</p>')
        return
    facts = w(
        "folder_cost",
        n=w.number(cost["files"]),
        size=units.size(cost["bytes"], w),
        time=units.duration(cost["seconds"], w),
    )
    st.html(f'<p class="notice" role="status">{plain(facts)}</p>')
    st.button(w("folder_add"), type="primary", key=f"{key}-add", on_click=_add, args=(path, key))


def _add(path: str, key: str) -> None:
    try:
        get_service().add_folder(path)
    except SearcherError as error:
        st.session_state["_folder_error"] = str(error)
    else:
        st.session_state[f"{key}-path"] = ""
