"""The library: its folders and what state they are in, what is being read, what could not be."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.paths import doc_id
from searcher.runtime import is_paused, read_indexer_state
from ui.page import units
from ui.page.frame import fragment, notice, words
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.library import add_folder, progress, remedies
from ui.page.session import session
from ui.page.strings import Words
from ui.service import get_service

_MOST = 200  # files of a list


def render() -> None:
    w = words()
    st.html(Html('<h1 class="title">{}</h1>').format(w("nav_library")))
    progress.panel()
    _folders()
    st.html(Html('<h2 class="section">{}</h2>').format(w("folder_add")))
    add_folder.form("library")
    _problems()


@fragment("3s")
def _folders() -> None:
    w = words()
    service = get_service()
    state = read_indexer_state(service.home)
    _removed(w)
    for folder in service.folders():
        condition = (state.folders.get(folder["path"], "") if state else "") or "stopped"
        if condition == "stopped" and state:
            condition = "reading"  # new: the indexer has not come to it yet
        if condition != "offline" and is_paused(service.home):
            condition = "paused"
        key = doc_id(folder["path"])[:12]
        with st.container(key=f"folder-{key}", horizontal=True, vertical_alignment="center", wrap=False):
            st.html(_folder(folder, condition, w))
            with st.popover(w("folder_menu"), type="tertiary", key=f"menu-{key}"):
                _menu(key, folder, w)


def _folder(folder: dict[str, Any], condition: str, w: Words) -> Html:
    files, away = folder.get("files", 0), folder.get("offline", 0)
    facts = [w("file_indexed") if files == 1 else w("files_indexed", n=w.number(files))]
    if away:
        deeper = [place for place in folder.get("offline_at", {}) if place != folder["path"]]
        where = w("files_away_in", n=w.number(away), path=", ".join(deeper))
        facts = [where if deeper else w("files_away", n=w.number(away)), *(facts if files else ())]
    if folder.get("bytes"):
        facts.append(units.size(folder["bytes"], w))
    if folder.get("changed"):
        facts.append(w("last_change", when=units.ago(folder["changed"], time.time(), w)))
    rules = [*folder.get("include", ()), *(f"−{glob}" for glob in folder.get("exclude", ()))]
    if rules:
        facts.append(" ".join(rules))
    return Html(
        '<div class="folder"><p class="name">{}</p>'
        '<p class="where"><span class="state {}">{}</span>{}</p></div>'
    ).format(
        folder["path"],
        condition,
        w(f"state_{condition}"),
        joined(Html("<span>{}</span>").format(fact) for fact in facts),
    )


def _menu(key: str, folder: dict[str, Any], w: Words) -> None:
    path = folder["path"]
    with st.form(f"rules-{key}", border=False):
        include = st.text_input(
            w("rules_include"), ", ".join(folder.get("include", ())), placeholder="*.md, *.pdf"
        )
        exclude = st.text_input(
            w("rules_exclude"), ", ".join(folder.get("exclude", ())), placeholder="drafts/**"
        )
        if st.form_submit_button(w("rules_save")):
            _change(lambda s: s.add_folder(path, _globs(include), _globs(exclude)))
    st.caption(w("remove_hint"))
    if session().removing != path:
        st.button(w("remove"), key=f"remove-{key}", on_click=_ask, args=(path,))
        return
    notice(w("remove_sure", name=path))
    if st.button(w("remove_yes"), key=f"sure-{key}"):
        session().removing, session().removed = "", folder
        _change(lambda s: s.remove_folder(path))


def _ask(path: str) -> None:
    session().removing = path


def _removed(w: Words) -> None:
    """What was removed last, until it is brought back or the page is left."""
    folder = session().removed
    if folder is None:
        return
    with st.container(key="removed", horizontal=True, vertical_alignment="center"):
        notice(w("removed", path=folder["path"]))
        if st.button(w("undo")):
            session().removed = None
            _change(lambda s: s.add_folder(folder["path"], folder["include"], folder["exclude"]))


def _globs(text: str | None) -> tuple[str, ...]:
    return tuple(glob.strip() for glob in (text or "").split(",") if glob.strip())


def _change(call: Any) -> None:
    try:
        call(get_service())
    except SearcherError as error:
        notice(error, "error")
    else:
        st.rerun()


@fragment("5s")
def _problems() -> None:
    w = words()
    status = get_service().status()
    if not status["readable"]:
        notice(status["problem"], "error")
    parts = [
        _list(w("failed_title"), status.get("failed", []), w, opened=True),
        _list(w("in_part_title"), status.get("in_part", []), w, opened=False),
        _list(w("skipped_title"), status.get("skipped", []), w, opened=False),
    ]
    if count := status.get("by_words"):
        most = w.number(status["mass_passages"])
        hint = w("by_words_hint", n=w.number(count), most=most)
        parts.append(Html('<p class="quiet">{}</p>').format(hint))
    if any(parts):
        st.html(joined(parts))


def _list(title: str, entries: list[dict[str, Any]], w: Words, *, opened: bool) -> Html:
    if not entries:
        return Html("")
    row = Html(
        '<li><span class="path">{}</span><span class="quiet">{}</span><span class="remedy">{}</span></li>'
    )
    rows = joined(
        row.format(
            entry.get("path", ""),
            with_commands(w.reason(entry["reason"])),
            with_commands(w(remedies.remedy(entry["reason"], entry.get("rule")))),
        )
        for entry in entries[:_MOST]
    )
    if len(entries) > _MOST:
        rows += Html('<li class="quiet">{}</li>').format(w("and_more", n=len(entries) - _MOST))
    return Html(
        '<details class="problems"{}><summary>{} <span class="n">{}</span></summary><ul>{}</ul></details>'
    ).format(Html(" open") if opened else "", title, len(entries), rows)
