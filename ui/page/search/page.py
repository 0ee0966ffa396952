"""The search page: a box, results as cards, and what is known about the library."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.records import Answer
from ui.page import memory
from ui.page.frame import words
from ui.page.history import HISTORY
from ui.page.html.highlight import plain, with_commands
from ui.page.search import cards, filters, first_run, links, preview, status, whereabouts
from ui.page.session import session
from ui.page.state import State
from ui.service import get_service


def render() -> None:
    if not get_service().folder_paths():
        first_run.render()
        return
    _search()
    status.line()


@st.fragment
def _search() -> None:
    w = words()
    st.text_input(
        w("search_label"),
        key="q",
        type="search",
        placeholder=w("search_placeholder"),
        label_visibility="collapsed",
        live="200ms",
        bind="query-params",
        on_change=links.forget_place,
    )
    links.mount()
    state = links.current()
    with st.container(key="panes"):
        left, right = st.container(key="results"), st.container(key="beside")
    with left:
        _results(state)
    with right:
        if state.doc:
            preview.render(state)
        else:
            # said, for a browser can miss that an element is gone when runs follow closely
            st.empty()


def _results(state: State) -> None:
    if not state.q.strip():
        _welcome()
        st.empty()
        return
    preparing = get_service().preparing
    if preparing:
        st.html(f'<p class="notice" role="status">{with_commands(preparing)}</p>')
        return
    try:
        answer = ask(state)
        HISTORY.query(answer.took_ms.get("total", 0.0))
    except SearcherError as error:
        st.html(f'<p class="notice error" role="alert">{with_commands(error)}</p>')
        return
    session().hits = {hit.chunk_id: hit for hit in answer.results}
    st.html(_unless_shown(state, answer))
    whereabouts.section(state)


def _unless_shown(state: State, answer: Answer) -> str:
    """The same results are the same HTML, so that looking again for changes moves nothing on the page."""
    what = (
        state,
        answer.results,
        answer.facets,
        answer.good,
        answer.notes,
        answer.did_you_mean,
        answer.total,
    )
    shown = session().shown
    if shown is None or shown[0] != what:
        w = words()
        folders = get_service().folder_paths()
        body = cards.results(answer, state, w, folders) if answer.results else _nothing(state, answer)
        shown = session().shown = (what, filters.chips(answer, state, w) + body)
    return str(shown[1])


def ask(state: State) -> Answer:
    """The state's query, filtered before anything is ranked. Raises SearcherError."""
    service = get_service()
    narrow: dict[str, Any] = {"types": state.type}
    if state.folder:
        narrow["folder"] = state.folder
    if state.lang:
        narrow["lang"] = state.lang
    if state.since:
        narrow["since"] = state.since
    return service.search(
        state.q,
        limit=state.n or service.settings.limit,
        mode=state.mode or service.settings.mode,
        task=service.settings.task,
        sort=state.sort,
        **narrow,
    )


def _welcome() -> None:
    """Before anything is typed: what can be asked, and the searches of before."""
    w = words()
    known = memory.load(get_service().home)
    lists = _searches(w("saved"), known.saved) + _searches(w("recent"), known.recent)
    if known.recent:
        lists += f'<p><button type="button" data-do="forget">{plain(w("forget_recent"))}</button></p>'
    st.html(
        f'<div class="empty"><h2>{plain(w("start_title"))}</h2><p>{plain(w("start_hint"))}</p></div>'
        f'<div class="searches">{lists}</div>'
    )


def _searches(title: str, searches: tuple[str, ...]) -> str:
    if not searches:
        return ""
    rows = "".join(f'<li><a href="{plain(link)}">{plain(_spoken(link))}</a></li>' for link in searches)
    return f"<section><h3>{plain(title)}</h3><ul>{rows}</ul></section>"


def _spoken(link: str) -> str:
    """A link as a person would say it: the query, then its filters."""
    state = State.parse(link)
    narrowed = (*state.type, PurePath(state.folder).name, state.lang, state.since)
    return " · ".join(part for part in (state.q, *narrowed) if part)


def _nothing(state: State, answer: Answer) -> str:
    w = words()
    title = w("none_filtered") if state.filtered else w("none", query=state.q)
    said = cards.remarks(answer, state, w)
    return (
        f'<div class="empty" role="status"><h2>{plain(title)}</h2><p>{plain(w("none_hint"))}</p></div>{said}'
    )
