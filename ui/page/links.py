"""Links that change the state of the page without loading it again, and the keyboard: static/keys.js."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from searcher.errors import SearcherError
from ui.page.frame import STATIC
from ui.page.highlight import escape_markdown
from ui.page.state import State, parse_anchor
from ui.service import get_service


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("searcher_keys", js=(STATIC / "keys.js").read_text("utf-8"))


def mount() -> None:
    _component()(key="keys", on_go_change=_follow, on_act_change=_act, height="content")


def current() -> State:
    """The state in the address bar; the box's own text is ahead of it while one types."""
    return State.read(st.query_params, st.session_state.get("q") or "")


def go(state: State) -> None:
    """Show `state`. The box writes its own parameter, all others are written here."""
    wanted = state.params()
    st.session_state["q"] = wanted.pop("q", "")
    for name in [name for name in st.query_params if name != "q" and name not in wanted]:
        del st.query_params[name]
    for name, value in wanted.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def _follow() -> None:
    link = st.session_state["keys"].go
    if isinstance(link, str):
        go(State.read(dict(parse_qsl(link.removeprefix("?")))))


def forget_place() -> None:
    """Another query: the document that was open and the results unfolded belong to the old one."""
    for name in ("doc", "at", "n"):
        if name in st.query_params:
            del st.query_params[name]


def _act() -> None:
    """A button that does something on this machine."""
    state = current()
    if st.session_state["keys"].act == "open" and state.doc:
        try:
            get_service().open_file(state.doc, parse_anchor(state.at).first)
        except SearcherError as error:
            st.toast(escape_markdown(str(error)), icon=":material/error:")
