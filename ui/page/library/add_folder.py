"""Adding a folder: its path typed or pasted, looked at before it is taken."""

from __future__ import annotations

import streamlit as st

from searcher.errors import SearcherError
from ui.page import units
from ui.page.frame import words
from ui.page.html.highlight import plain
from ui.page.paste import typed_path
from ui.page.session import session
from ui.service import get_service


def form(key: str) -> None:
    """A box for the path; then what it would cost, and the button that adds it."""
    path = chosen(key)
    if path:
        button(key, path)


def chosen(key: str) -> str:
    """The path that was typed, when it is a folder; shows what adding it costs, or what is wrong."""
    w = words()
    failed = session().folder_errors.pop(key, None)
    if failed:
        _say(failed, "error")
    typed = st.text_input(w("folder_label"), key=f"{key}-path", placeholder=w("folder_placeholder"))
    path = typed_path(typed or "")
    if not path:
        return ""
    try:
        with st.spinner(w("looking")):
            cost = get_service().preview_folder(path)
    except SearcherError as error:
        _say(str(error), "error")
        return ""
    files = w("file_indexed") if cost["files"] == 1 else w("files_indexed", n=w.number(cost["files"]))
    size, time = units.size(cost["bytes"], w), units.duration(cost["seconds"], w)
    _say(w("folder_cost", files=files, size=size, time=time))
    return path


def button(key: str, path: str) -> None:
    label = words()("folder_add")
    st.button(label, type="primary", key=f"{key}-add", disabled=not path, on_click=_add, args=(path, key))


def _say(text: str, kind: str = "") -> None:
    role = "alert" if kind else "status"
    st.html(f'<p class="notice {kind}" role="{role}">{plain(text)}</p>')


def _add(path: str, key: str) -> None:
    try:
        get_service().add_folder(path)
    except SearcherError as error:
        session().folder_errors[key] = str(error)
    else:
        st.session_state[f"{key}-path"] = ""
