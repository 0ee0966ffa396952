"""The library: its folders and what state they are in, what is being read, what could not be."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.runtime import is_paused, read_indexer_state
from ui.page import units
from ui.page.frame import words
from ui.page.html.highlight import escape_markdown, plain, with_commands
from ui.page.library import add_folder, progress, remedies
from ui.page.strings import Words
from ui.service import get_service


def render() -> None:
    w = words()
    st.html(f'<h1 class="title">{plain(w("nav_library"))}</h1>')
    progress.panel()
    _folders()
    st.html(f'<h2 class="section">{plain(w("folder_add"))}</h2>')
    add_folder.form("library")
    _problems()


@st.fragment(run_every="3s")
def _folders() -> None:
    w = words()
    service = get_service()
    state = read_indexer_state(service.home)
    for number, folder in enumerate(service.folders()):
        condition = (state.folders.get(folder["path"], "") if state else "") or "stopped"
        if is_paused(service.home):
            condition = "paused"
        with st.container(key=f"folder-{number}", horizontal=True, vertical_alignment="center", wrap=False):
            st.html(_folder(folder, condition, w))
            with st.popover(w("folder_menu"), type="tertiary"):
                _menu(number, folder, w)


def _folder(folder: dict[str, Any], condition: str, w: Words) -> str:
    files = folder.get("files", 0)
    facts = [w("file_indexed") if files == 1 else w("files_indexed", n=w.number(files))]
    if folder.get("bytes"):
        facts.append(units.size(folder["bytes"], w))
    if folder.get("changed"):
        facts.append(w("last_change", when=units.ago(folder["changed"], time.time(), w)))
    rules = [*folder.get("include", ()), *(f"−{glob}" for glob in folder.get("exclude", ()))]
    if rules:
        facts.append(" ".join(rules))
    said = "".join(f"<span>{plain(fact)}</span>" for fact in facts)
    return (
        f'<div class="folder"><p class="name">{plain(folder["path"])}</p>'
        f'<p class="where"><span class="state {plain(condition)}">{plain(w(f"state_{condition}"))}</span>'
        f"{said}</p></div>"
    )


def _menu(number: int, folder: dict[str, Any], w: Words) -> None:
    with st.form(f"rules-{number}", border=False):
        include = st.text_input(
            w("rules_include"), ", ".join(folder.get("include", ())), placeholder="*.md, *.pdf"
        )
        exclude = st.text_input(
            w("rules_exclude"), ", ".join(folder.get("exclude", ())), placeholder="drafts/**"
        )
        if st.form_submit_button(w("rules_save")):
            _change(lambda s: s.add_folder(folder["path"], _globs(include), _globs(exclude)))
    st.caption(w("remove_hint"))
    if st.button(w("remove"), key=f"remove-{number}", type="primary"):
        _change(lambda s: s.remove_folder(folder["path"]))


def _globs(text: str | None) -> tuple[str, ...]:
    return tuple(glob.strip() for glob in (text or "").split(",") if glob.strip())


def _change(call: Any) -> None:
    try:
        call(get_service())
    except SearcherError as error:
        st.error(escape_markdown(error))
    else:
        st.rerun()


@st.fragment(run_every="5s")
def _problems() -> None:
    w = words()
    known = get_service().status()
    parts = [
        _list(w("failed_title"), known.get("failed", []), w, opened=True),
        _list(w("skipped_title"), known.get("skipped", []), w, opened=False),
    ]
    if any(parts):
        st.html("".join(parts))


def _list(title: str, entries: list[dict[str, Any]], w: Words, *, opened: bool) -> str:
    if not entries:
        return ""
    rows = "".join(
        f'<li><span class="path">{plain(entry.get("path", ""))}</span>'
        f'<span class="quiet">{with_commands(entry["reason"])}</span>'
        f'<span class="remedy">{plain(w(remedies.remedy(entry["reason"], entry.get("rule"))))}</span></li>'
        for entry in entries[:200]
    )
    more = (
        f'<li class="quiet">{plain(w("and_more", n=len(entries) - 200))}</li>' if len(entries) > 200 else ""
    )
    return (
        f'<details class="problems"{" open" if opened else ""}>'
        f'<summary>{plain(title)} <span class="n">{len(entries)}</span></summary>'
        f"<ul>{rows}{more}</ul></details>"
    )
