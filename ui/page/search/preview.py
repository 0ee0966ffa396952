"""The document that is open beside the results: its text at the place found, and what can be done with it."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from searcher.errors import SearcherError
from searcher.search.snippets import asked
from ui.page import kinds, openers
from ui.page.brief.citation import citation
from ui.page.frame import words
from ui.page.html.highlight import plain, with_commands
from ui.page.search import spread
from ui.page.search.spread import Spread
from ui.page.session import session
from ui.page.state import Place, State, place_of
from ui.page.strings import Words
from ui.service import get_service
from ui.viewing import DocumentView


def render(state: State) -> None:
    """One element, so that the panel is swapped at once and never half of it."""
    w = words()
    try:
        body = _document(state, w)
    except SearcherError as error:
        head = _head(state, PurePath(state.doc).name, "", w)
        body = f'{head}<p class="notice error" role="alert">{with_commands(error)}</p>'
    where = plain(f"{state.doc} {state.at} {state.cite}")
    label = plain(w("preview"))
    st.html(f'<section class="preview" aria-label="{label}" data-place="{where}">{body}</section>')


def _document(state: State, w: Words) -> str:
    view = get_service().document(state.doc)
    shown = spread.opened(state, view, w)
    title = view.title or PurePath(state.doc).name
    verdict = ""
    if shown.verdict:
        said = plain(w(f"verdict_{shown.verdict}"))
        verdict = f'<p class="cited" role="status"><span class="verdict {shown.verdict}">{said}</span></p>'
    return (
        f"{_head(state, title, view.kind, w)}{_tools(state, shown, title, w)}{verdict}"
        f'<div class="doc" tabindex="0" role="region" aria-label="{plain(title)}" '
        f'data-words="{plain(" ".join(_asked(state, shown.passage, view)))}">'
        f"{shown.body}{_similar(state, shown.place, w)}</div>"
    )


def _asked(state: State, passage: str, view: DocumentView) -> list[str]:
    """The passage's words that the query asks for, as they are written."""
    hits = session().hits.values()
    language = next((hit.language for hit in hits if hit.path == state.doc), None)
    found = asked(state.q, passage, code=view.kind == "code", language=language)
    return sorted({passage[start:end].lower() for start, end in found})


def _head(state: State, title: str, kind: str, w: Words) -> str:
    close = plain(w("close"))
    return (
        f'<header><span class="tile {kinds.family(kind)}" aria-hidden="true">'
        f"{plain(kinds.tile(state.doc, kind))}</span>"
        f'<div class="body"><h2>{plain(title)}</h2><p class="where">{plain(state.doc)}</p></div>'
        f'<a class="close" href="{plain(state.closed())}" aria-label="{close}" title="{close}">✕</a>'
        f"</header>"
    )


def _tools(state: State, shown: Spread, title: str, w: Words) -> str:
    editor = get_service().settings.editor
    link = openers.editor_link(editor, state.doc, shown.place.first)
    command = openers.editor_command(editor, state.doc, shown.place.first)
    buttons = [f'<button type="button" data-do="open">{plain(w("open_system"))}</button>']
    if link:
        label = w("open_editor", editor=w.option("editor", editor))
        buttons.append(f'<button type="button" data-launch="{plain(link)}">{plain(label)}</button>')
    copied = [(command or "", w("copy_command")), (state.doc, w("copy_path"))]
    copied.append((citation(shown.passage, title, state.doc, shown.where), w("copy_citation")))
    buttons += [
        f'<button type="button" data-copy="{plain(text)}">{plain(label)}</button>'
        for text, label in copied
        if text
    ]
    said = f'<span class="copied" role="status" data-text="{plain(w("copied"))}"></span>'
    return f'<div class="tools">{"".join(buttons)}{said}</div>'


def _similar(state: State, place: Place, w: Words) -> str:
    """Documents that say the like; nothing while there are no vectors to compare."""
    try:
        hits = get_service().similar(state.doc, place.first, limit=5).results
    except SearcherError:
        return ""
    if not hits:
        return ""
    rows = "".join(
        f'<li><a href="{plain(state.opened(hit.path, place_of(hit)))}">'
        f'<span class="tile small {kinds.family(hit.kind)}" aria-hidden="true">'
        f"{plain(kinds.tile(hit.path, hit.kind))}</span>"
        f"{plain(hit.title or PurePath(hit.path).name)}</a></li>"
        for hit in hits
    )
    return f'<section class="similar"><h3>{plain(w("similar"))}</h3><ul>{rows}</ul></section>'
