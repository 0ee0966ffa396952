"""Links that change the page's state without loading it again, and the keyboard: scripts in static."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import PurePath
from typing import Any

import streamlit as st

from indexer.formats.recognised import REGION
from searcher.errors import SearcherError
from searcher.records import Hit
from ui.changes import Moment
from ui.page import memory
from ui.page.frame import STATIC, words
from ui.page.html.highlight import escape_markdown
from ui.page.session import session
from ui.page.state import CLOSED, State, anchor, place_of
from ui.service import get_service


@cache
def _component() -> Callable[..., Any]:
    parts = ("passage.js", "suggest.js", "facets.js", "reader.js", "keys.js")
    script = "".join((STATIC / name).read_text("utf-8") for name in parts)
    return st.components.v2.component("searcher_keys", js=script)


def mount() -> None:
    _component()(
        key="keys",
        data={"serial": session().serial},
        on_go_change=_follow,
        on_act_change=_act,
        height="content",
    )


@cache
def _ticker() -> Callable[..., Any]:
    return st.components.v2.component("searcher_tick", js=(STATIC / "tick.js").read_text("utf-8"))


def mount_ticker(now: Moment, *, looks: bool) -> None:
    """Runs the fragment it is in when the mark is another, looked at once a second, or each second when there
    is to be a look anyway. A fragment's own timer would also run while a link is on its way, and its call,
    which carries the box as it was, would undo the link."""
    data = {"digest": now.digest, "looks": looks}
    _ticker()(key="tick", data=data, on_tick_change=lambda: None, height="content")


def current() -> State:
    """The state in the address bar; the box's own text is ahead of it while one types."""
    return State.read(st.query_params, st.session_state.get("q") or "")


def left(state: State) -> None:
    """Where the bar leads back to from the other pages."""
    session().left = state.params() or None


def go(state: State) -> None:
    """Show `state`. The box writes its own parameter, all others are written here."""
    params = state.params()
    st.session_state["q"] = params.pop("q", "")
    for name in [name for name in st.query_params if name != "q" and name not in params]:
        del st.query_params[name]
    for name, value in params.items():
        if st.query_params.get(name) != value:
            st.query_params[name] = value


def _follow() -> None:
    link = st.session_state["keys"].go
    _answered()
    if isinstance(link, str):
        state = State.parse(link)
        if state.doc:
            remember(state)
        go(state)


def _answered() -> None:
    """Tells the browser with the next rendering that what it sent has arrived."""
    session().serial += 1


def remember(state: State) -> None:
    """Among the recent searches, without the document that is open."""
    if state.q.strip():
        search = state.searched()
        home = get_service().home
        if memory.load(home).recent[:1] != (search,):
            memory.update(home, lambda m: memory.searched(m, search))


def settled() -> None:
    """Called once a second: a query that has stood for three is a search, what passed by was typing."""
    state = current()
    q, since = session().typed
    now = time.monotonic()
    if state.q != q:
        session().typed = (state.q, now)
    elif 3 < now - since < 5:
        remember(state)


def forget_place() -> None:
    """Another query: the document that was open and the results unfolded belong to the old one."""
    for name in (*CLOSED, "n", "like"):
        if name in st.query_params:
            del st.query_params[name]


def _act() -> None:
    """A button that does something: open on this machine, keep for the brief, save or forget searches."""
    event = st.session_state["keys"].act
    _answered()
    if not isinstance(event, dict):
        return
    home, state = get_service().home, current()
    match event.get("do"):
        case "open" | "reveal" as way:
            _outside(str(event.get("path") or state.doc), way)
        case "keep":
            hit = session().hits.get(str(event.get("id")))
            if hit:
                memory.update(home, lambda m: memory.added(m, _brief_item(hit, state)))
                st.toast(words()("kept"))
        case "save":
            search = state.searched()
            saved = search in memory.update(home, lambda m: memory.toggled(m, search)).saved
            st.toast(words()("saved_toast" if saved else "unsaved_toast"))
        case "pin":
            path = str(event.get("path"))
            is_pinned = memory.Pin(path) in memory.update(home, lambda m: memory.pinned(m, path)).pinned
            st.toast(words()("pinned_toast" if is_pinned else "unpinned_toast"))
        case "forget_file":
            _forget(str(event.get("path")), state)
        case "recall":
            path, _ = session().forgot
            session().forgot = ("", "")
            if path:
                get_service().recall(path)
                st.toast(words()("recalled_toast"))
        case "forget":
            memory.update(home, lambda m: replace(m, recent=()))


def _forget(path: str, state: State) -> None:
    """Take a file out of the index; what is open of it is closed."""
    try:
        get_service().forget(path)
    except SearcherError as error:
        st.toast(escape_markdown(words().reason(str(error))))
        return
    session().forgot = (path, state.q)
    if state.doc == path or state.like == path:
        go(replace(state, **CLOSED, like=""))


def _outside(path: str, way: str) -> None:
    """Open a document on this machine, or show it in its folder."""
    service = get_service()
    try:
        (service.open_file if way == "open" else service.reveal_file)(path)
    except SearcherError as error:
        st.toast(escape_markdown(words().reason(str(error))))
    else:
        st.toast(words()("opened_toast"))


def _brief_item(hit: Hit, state: State) -> memory.Quotation:
    return memory.Quotation(
        path=hit.path,
        at=anchor(place_of(hit)),
        title=hit.title or PurePath(hit.path).name,
        where=REGION.sub("", hit.anchor or ""),
        passage=hit.snippet,
        query=state.q,
        added=date.today().isoformat(),
    )
