"""The document that is open beside the results: its text at the place found, and what can be done with it."""

from __future__ import annotations

import base64
from pathlib import PurePath

import streamlit as st

from searcher.errors import SearcherError
from ui.page import document, kinds, openers, pdfpage
from ui.page.citation import citation
from ui.page.frame import words
from ui.page.highlight import plain
from ui.page.state import Place, State, anchor, parse_anchor, place_of
from ui.page.strings import Words
from ui.service import get_service


def render(state: State) -> None:
    """One element, so that the panel is swapped at once and never half of it."""
    w = words()
    try:
        body = _document(state, parse_anchor(state.at), w)
    except SearcherError as error:
        body = f'{_head(state, PurePath(state.doc).name, "", w)}<p class="notice error">{plain(error)}</p>'
    where = plain(f"{state.doc} {state.at}")
    st.html(
        f'<section class="preview" aria-label="{plain(w("preview"))}" data-place="{where}">{body}</section>'
    )


def _document(state: State, place: Place, w: Words) -> str:
    service = get_service()
    view = service.document(state.doc)
    title = view.title or PurePath(state.doc).name
    passage = ""
    lines = place.lines
    if view.kind == "pdf":
        page = min(max(place.page or 1, 1), max(document.pages(view.marks), 1))
        text = document.page_text(view.text, view.marks, page)
        body, passage = _pdf_page(state, page, text, document.pages(view.marks), w), text
    elif lines or view.has_lines:
        part = document.window(view.text, lines)
        body = document.of_lines(part, kind=view.kind, language=view.language, path=state.doc, here=lines)
        if lines:
            passage = "\n".join(view.text.split("\n")[lines[0] - 1 : lines[1]])
    else:
        body = document.of_text(view.text, None)
    tools = _tools(state, place, title, passage, w)
    head = _head(state, title, view.kind, w)
    return f'{head}{tools}<div class="doc" tabindex="0">{body}{_similar(state, place, w)}</div>'


def _head(state: State, title: str, kind: str, w: Words) -> str:
    close = plain(state.link(doc="", at=""))
    return (
        f'<header><span class="tile {kinds.family(kind)}" aria-hidden="true">'
        f"{plain(kinds.tile(state.doc, kind))}</span>"
        f'<div class="body"><h2>{plain(title)}</h2><p class="where">{plain(state.doc)}</p></div>'
        f'<a class="close" href="{close}" aria-label="{plain(w("close"))}" title="{plain(w("close"))}">✕</a>'
        f"</header>"
    )


def _tools(state: State, place: Place, title: str, passage: str, w: Words) -> str:
    editor = get_service().settings.editor
    line = place.first
    opener = openers.editor_link(editor, state.doc, line)
    command = openers.editor_command(editor, state.doc, line)
    if opener:
        first = f'<button type="button" data-launch="{plain(opener)}">{plain(w("open_editor"))}</button>'
    elif command:
        first = f'<button type="button" data-copy="{plain(command)}">{plain(w("copy_command"))}</button>'
    else:
        first = f'<button type="button" data-do="open">{plain(w("open_system"))}</button>'
    where = _where(place, w)
    cited = citation(passage, title, state.doc, where)
    return (
        f'<div class="tools">{first}'
        f'<button type="button" data-copy="{plain(state.doc)}">{plain(w("copy_path"))}</button>'
        f'<button type="button" data-copy="{plain(cited)}">{plain(w("copy_citation"))}</button>'
        f'<span class="copied" role="status" data-text="{plain(w("copied"))}"></span></div>'
    )


def _similar(state: State, place: Place, w: Words) -> str:
    """Documents that say the like; nothing while there are no vectors to compare."""
    try:
        hits = get_service().similar(state.doc, place.first, limit=5).results
    except SearcherError:
        return ""
    if not hits:
        return ""
    rows = "".join(
        f'<li><a href="{plain(state.link(doc=hit.path, at=anchor(place_of(hit))))}">'
        f'<span class="tile small {kinds.family(hit.kind)}" aria-hidden="true">'
        f"{plain(kinds.tile(hit.path, hit.kind))}</span>"
        f"{plain(hit.title or PurePath(hit.path).name)}</a></li>"
        for hit in hits
    )
    return f'<section class="similar"><h3>{plain(w("similar"))}</h3><ul>{rows}</ul></section>'


def _where(place: Place, w: Words) -> str:
    if place.page:
        return w("page", page=place.page)
    if place.first and place.last != place.first:
        return w("lines", first=place.first, last=place.last)
    return w("line", line=place.first) if place.first else ""


def _pdf_page(state: State, page: int, text: str, last: int, w: Words) -> str:
    path = get_service().raw_file(state.doc)
    image = pdfpage.picture(path, page)
    steps = "".join(
        f'<a class="button small" href="{plain(link)}" aria-label="{plain(label)}">{sign}</a>'
        for number, sign in ((page - 1, "‹"), (page + 1, "›"))
        if 1 <= number <= last
        for link, label in ((state.link(at=anchor(Place(page=number))), w("page", page=number)),)
    )
    bar = f'<p class="pages">{plain(w("page_of", page=page, last=last))} {steps}</p>'
    if image:
        data = base64.b64encode(image).decode("ascii")
        alt = plain(w("page", page=page))
        shown = f'<img class="sheet-of-paper" alt="{alt}" src="data:image/webp;base64,{data}">'
    else:
        shown = ""
    body = f'<div class="prose" dir="auto">{plain(text.strip())}</div>'
    words_of_page = f"<details><summary>{plain(w('page_text'))}</summary>{body}</details>" if shown else body
    return f"{bar}{shown}{words_of_page}"
