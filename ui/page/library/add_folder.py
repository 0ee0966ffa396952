"""Adding a folder: its path typed or pasted, looked at before it is taken."""

from __future__ import annotations

import streamlit as st

from searcher.errors import SearcherError
from ui.page import units
from ui.page.frame import notice, words
from ui.page.paste import typed_path
from ui.page.session import session
from ui.service import get_service


def form(key: str) -> None:
    """A box for the path; what it would cost; and the button that adds it."""
    button(key, chosen(key))


def chosen(key: str) -> str:
    """The path that was typed, when it is a folder; shows what adding it costs, or what is wrong."""
    w = words()
    failed = session().folder_errors.pop(key, None)
    if failed:
        notice(failed, "error")
    typed = st.text_input(
        w("folder_label"), key=f"{key}-path", placeholder=w("folder_placeholder"), live="500ms"
    )
    path = typed_path(typed or "")
    if not path:
        return ""
    try:
        with st.spinner(w("looking")):
            cost = get_service().preview_folder(path)
    except SearcherError as error:
        notice(error, "error")
        return ""
    files = w("file_indexed") if cost["files"] == 1 else w("files_indexed", n=w.number(cost["files"]))
    size, time = units.size(cost["bytes"], w), units.duration(cost["seconds"], w)
    said = w("folder_cost", files=files, size=size, time=time)
    if cost["pictures"]:
        count, long = w.number(cost["pictures"]), units.duration(cost["picture_seconds"], w)
        said += ". " + w("folder_pictures", n=count, time=long)
    notice(said)
    return path


def button(key: str, path: str) -> None:
    """Adds what stands in the box when it is pressed, also what was not entered yet."""
    st.button(
        words()("folder_add"),
        type="primary" if path else "secondary",
        key=f"{key}-add",
        on_click=_add,
        args=(key,),
    )


def _add(key: str) -> None:
    path = typed_path(st.session_state.get(f"{key}-path") or "")
    if not path:
        return
    try:
        get_service().add_folder(path)
    except SearcherError as error:
        session().folder_errors[key] = str(error)
    else:
        st.session_state[f"{key}-path"] = ""
