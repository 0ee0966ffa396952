"""Adding a folder: its path typed or pasted, looked at before it is taken."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from ui.page import units
from ui.page.frame import notice, words
from ui.page.html.highlight import escape_markdown
from ui.page.library import places
from ui.page.paste import typed_path
from ui.page.session import session
from ui.service import get_service


def form(key: str) -> None:
    """A box for the path; what it would cost; and the button that adds it."""
    path, _ = chosen(key)
    button(key, path)


def chosen(key: str) -> tuple[str, dict[str, Any]]:
    """The path that was typed, when it is a folder, and what adding it costs, which is shown, or what is
    wrong."""
    w = words()
    failed = session().folder_errors.pop(key, None)
    if failed:
        notice(failed, "error")
    typed = st.text_input(
        w("folder_label"), key=f"{key}-path", placeholder=w("folder_placeholder"), live="500ms"
    )
    path = typed_path(typed or "")
    if not path:
        _offer(key)
        return "", {}
    try:
        with st.spinner(w("looking")):
            cost = get_service().preview_folder(path)
    except SearcherError as error:
        notice(error, "error")
        return "", {}
    files = w("file_indexed") if cost["files"] == 1 else w("files_indexed", n=w.number(cost["files"]))
    size, time = units.size(cost["bytes"], w), units.duration(cost["seconds"], w)
    said = w("folder_cost", files=files, size=size, time=time)
    if cost["pictures"]:
        count, long = w.number(cost["pictures"]), units.duration(cost["picture_seconds"], w)
        said += ". " + w("folder_pictures", n=count, time=long)
    notice(said)
    return path, cost


def _offer(key: str) -> None:
    """The usual places of this machine with what is in them; one is taken into the box by a click."""
    w, taken = words(), set(get_service().folder_paths())
    offered = [place for place in map(str, places.usual()) if place not in taken]
    if not offered:
        return
    with st.container(key=f"{key}-places", horizontal=True, gap="small"):
        for number, place in enumerate(offered):
            size = _size(place)
            label = escape_markdown(PurePath(place).name) + (f" · {units.size(size, w)}" if size else "")
            st.button(label, key=f"{key}-place-{number}", help=place, on_click=_take, args=(key, place))


@st.cache_data(show_spinner=False, max_entries=20, ttl=600)
def _size(place: str) -> int | None:
    try:
        return int(get_service().preview_folder(place)["bytes"])
    except SearcherError:
        return None


def _take(key: str, place: str) -> None:
    st.session_state[f"{key}-path"] = place


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
