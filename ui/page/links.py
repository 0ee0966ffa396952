"""Links that change the state of the page without loading it again, and the keyboard: static/keys.js."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from ui.page.frame import STATIC
from ui.page.state import State


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("searcher_keys", js=(STATIC / "keys.js").read_text("utf-8"))


def mount() -> None:
    _component()(key="keys", on_go_change=_follow, height="content")


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
