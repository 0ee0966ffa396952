"""The search page: a box, results as cards, and what is known about the library."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import IndexMissing, SearcherError
from searcher.records import Answer
from ui.page import memory
from ui.page.frame import fragment, guarded, notice, words
from ui.page.history import HISTORY
from ui.page.html.safe import Html, joined
from ui.page.search import (
    cards,
    facets,
    filters,
    first_run,
    links,
    offers,
    out_of_reach,
    preview,
    sheet,
    status,
    whereabouts,
)
from ui.page.session import session
from ui.page.state import State
from ui.service import get_service

_ASKED = 5  # saved searches that are asked for what is new


def render() -> None:
    service = get_service()
    if not service.folder_paths() and not service.searches_elsewhere:
        first_run.render()
        return
    status.begin()
    _search()
    status.line()


@fragment()
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
    st.html(offers.html(w, memory.load(get_service().home)))
    # filled by static/suggest.js
    st.html(Html('<p class="suggested" role="group" aria-label="{}"></p>').format(w("suggested")))
    links.mount()
    with st.container(key="sheet"):
        st.html(sheet.html(w))
    state = links.current()
    links.left(state)
    with st.container(key="panes"):
        left, right = st.container(key="results"), st.container(key="beside")
    with left:
        guarded(_results)(replace(state, find="", nth=0))  # another match changes nothing there
    with right:
        if state.doc:
            guarded(preview.render)(state)
        else:
            # said, for a browser can miss that an element is gone when runs follow closely
            st.empty()


def _results(state: State) -> None:
    _forgotten(state)
    if not state.q.strip() and not state.like:
        _welcome()
        st.empty()
        return
    if get_service().preparing:
        notice(words()("preparing"))
        return
    try:
        answer = _alike(state) if state.like else _counted(state, ask(state))
    except IndexMissing:  # the indexer is starting, or cannot
        if trouble := get_service().trouble:
            notice(trouble, "error")
        else:
            notice(words()("first_files"))
        return
    HISTORY.query(answer.took_ms.get("total", 0.0))
    session().hits = {hit.chunk_id: hit for hit in answer.results}
    _seen(state, answer)
    st.html(_unless_shown(state, answer))
    if not state.like:
        whereabouts.section(state)


def _forgotten(state: State) -> None:
    """The file that was forgotten last, until it is brought back or something else is asked for."""
    path, query = session().forgot
    if not path or query != state.q:
        session().forgot = ("", "")
        st.empty()
        return
    note = Html(
        '<p class="notice forgot" role="status">{} <button type="button" data-do="recall">{}</button></p>'
    )
    st.html(note.format(words()("forgotten", path=path), words()("undo")))


def _unless_shown(state: State, answer: Answer) -> str:
    """The same results are the same HTML, so that looking again for changes moves nothing on the page."""
    lacking = (*out_of_reach.lines(words()), out_of_reach.incomplete(words()))
    what = (state, replace(answer, took_ms={}, marking={}), lacking)
    shown = session().shown
    if shown is None or shown[0] != what:
        shown = session().shown = (what, _listed(state, answer, [line for line in lacking if line]))
    return shown[1]


def _listed(state: State, answer: Answer, lacking: list[str]) -> Html:
    w, service = words(), get_service()
    if not answer.results:
        if state.filtered or state.like:  # to take them back
            return _filters(state, answer) + _nothing(state, answer)
        return _nothing(state, answer)
    lines = joined(Html('<p class="notice">{}</p>').format(line) for line in lacking)
    results = cards.results(answer, state, w, service.folder_paths(), service.settings.editor)
    return _filters(state, answer) + lines + results


def _alike(state: State) -> Answer:
    """Documents that say the like; no query, so that the box stays free for one."""
    service = get_service()
    answer = service.similar(state.like, limit=state.n or service.settings.limit)
    return replace(answer, query="")


def _filters(state: State, answer: Answer) -> Html:
    if state.like:
        back = Html('<nav class="chips"><a class="chip" aria-current="true" href="{}">{}</a></nav>')
        return back.format(state.link(like=""), words()("like", name=PurePath(state.like).name))
    return filters.chips(answer, state, words()) + facets.panel(answer, state, words())


def _counted(state: State, answer: Answer) -> Answer:
    """With the counts of every other value too where a filter is set, so that another one can be chosen."""
    counts, at_least = dict(answer.facets), answer.facets_at_least
    without = {"type": replace(state, type=()), "folder": replace(state, folder="")}
    without |= {"language": replace(state, lang=""), "month": replace(state, since="", until="")}
    for facet, other in without.items():
        if other != state:
            wider = ask(other, limit=0)
            counts[facet], at_least = wider.facets[facet], at_least or wider.facets_at_least
    return replace(answer, facets=counts, facets_at_least=at_least)


def ask(state: State, limit: int | None = None) -> Answer:
    """The state's query, filtered before anything is ranked. Raises SearcherError."""
    service = get_service()
    narrow: dict[str, Any] = {"types": state.type}
    if state.folder:
        narrow["folder"] = state.folder
    if state.lang:
        narrow["lang"] = state.lang
    for name in ("since", "until"):
        if value := getattr(state, name):
            narrow[name] = value
    return service.search(
        state.q,
        asker=id(session()),
        limit=(state.n or service.settings.limit) if limit is None else limit,
        mode=state.mode or service.settings.mode,
        task=service.settings.task,
        sort=state.sort,
        **narrow,
    )


def _seen(state: State, answer: Answer) -> None:
    """What a saved search brings is no news from now on."""
    link = state.searched()
    home = get_service().home
    remembered = memory.load(home)
    now = memory.looked_at(remembered, link, _fitting(answer))
    if link in remembered.saved and set(now.seen) != set(remembered.seen):
        memory.update(home, lambda m: memory.looked_at(m, link, _fitting(answer)))


def _fitting(answer: Answer) -> list[str]:
    return [hit.path for hit in answer.results if hit.match != "weak"]


def _news(remembered: memory.Memory) -> dict[str, int]:
    """By link of a saved search, how many documents it brings that it did not bring when it was looked at."""
    found = {}
    for link in remembered.saved[:_ASKED]:
        with suppress(SearcherError):
            found[link] = memory.news(remembered, link, _fitting(ask(State.parse(link))))
    return found


def _welcome() -> None:
    """Before anything is typed: what can be asked, and the searches of before."""
    w = words()
    remembered = memory.load(get_service().home)
    pinned = tuple(State(doc=pin.path).link() for pin in remembered.pinned)
    lists = (
        _searches(w("pinned"), pinned)
        + _searches(w("saved"), remembered.saved, _news(remembered))
        + _searches(w("recent"), remembered.recent)
    )
    if remembered.recent:
        button = Html('<p><button type="button" data-do="forget">{}</button></p>')
        lists += button.format(w("forget_recent"))
    st.html(
        Html('<div class="empty"><h2>{}</h2><p>{}</p></div><div class="searches">{}</div>').format(
            w("start_title"), w("start_hint"), lists
        )
    )


def _searches(title: str, searches: tuple[str, ...], news: Mapping[str, int] | None = None) -> Html:
    if not searches:
        return Html("")
    rows = joined(
        Html('<li><a href="{}" title="{}" dir="auto">{}{}</a></li>').format(link, label, label, new)
        for link in searches
        for label in (_spoken(link),)
        for n in ((news or {}).get(link, 0),)
        for new in (Html(' <span class="new">{}</span>').format(words()("new_since", n=n)) if n else "",)
    )
    return Html("<section><h3>{}</h3><ul>{}</ul></section>").format(title, rows)


def _spoken(link: str) -> str:
    """A link as a person would say it: the query, then its filters."""
    state = State.parse(link)
    dates = f"{state.since} – {state.until}" if state.until else state.since
    narrowed = (*state.type, PurePath(state.folder).name, state.lang, dates)
    return " · ".join(part for part in (state.q, *narrowed) if part) or PurePath(state.doc).name


def _nothing(state: State, answer: Answer) -> Html:
    """Why there may be nothing: what is out of reach comes before advice about words."""
    w = words()
    lacking = [*out_of_reach.lines(w), out_of_reach.incomplete(w)]
    title = w("none_so_far", query=state.q) if lacking[-1] else w("none", query=state.q)
    if state.filtered or state.like:
        title = w("none_filtered")
    if len(lacking) > 1:
        title = w("offline_none")
    hints = [line for line in lacking if line] or [w("none_hint")]
    lines = joined(Html("<p>{}</p>").format(line) for line in hints)
    nothing = Html('<div class="empty" role="status" data-q="{}"><h2>{}</h2>{}</div>')
    nothing = nothing.format(state.q, title, lines)
    return nothing + cards.remarks(answer, state, w)
