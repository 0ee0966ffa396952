"""The document that is open beside the results: its text at the place found, and what can be done with it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.objects import is_address
from searcher.search.snippets import asked
from ui.page import kinds, openers
from ui.page.brief.citation import citation
from ui.page.frame import words
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.search import reading, spread
from ui.page.search.spread import Spread
from ui.page.session import session
from ui.page.state import Place, State, place_of
from ui.page.strings import Words
from ui.service import get_service
from ui.viewing import DocumentView

_SOON = 0.2  # seconds within which most documents are read
_NOTES = 3  # about what could not be read


def render(state: State) -> None:
    """One element, so that the panel is swapped at once and never half of it."""
    w = words()
    draw: Any = st
    try:
        with ThreadPoolExecutor(1, "reading a document") as apart:
            reading = apart.submit(get_service().document, state.doc)
            wait([reading], _SOON)
            if not reading.done() and (early := _early(state, w)):
                draw = st.html(early)  # which the whole document takes the place of
            body = _document(state, reading.result(), w)
    except SearcherError as error:
        wrong = Html('<p class="notice error" role="alert">{}</p>').format(
            with_commands(w.reason(str(error)))
        )
        body = _head(state, PurePath(state.doc).name, "", w) + wrong
    draw.html(_panel(state, body, w))


def _panel(state: State, body: Html, w: Words) -> Html:
    where = " ".join(map(str, (state.doc, state.at, state.cite, state.find, state.nth or "")))
    panel = Html('<section class="preview" aria-label="{}" data-place="{}">{}</section>')
    return panel.format(w("preview"), where, body)


def _early(state: State, w: Words) -> Html | None:
    """The page of a long PDF that is wanted, before all of them are read."""
    if PurePath(state.doc).suffix.lower() != ".pdf":
        return None
    page = None
    with suppress(SearcherError):  # said once the document was to be read
        page = spread.page_alone(state, w)
    if page is None:
        return None
    name = PurePath(state.doc).name
    body = Html('<div class="doc" tabindex="0" role="region" aria-label="{}" {}>{}</div>')
    nothing_marked = Html('data-words="" data-found="" data-nth="0"')
    return _panel(state, _head(state, name, "pdf", w) + body.format(name, nothing_marked, page), w)


def _document(state: State, view: DocumentView, w: Words) -> Html:
    shown, found = spread.opened(state, view, w)
    title = view.title or PurePath(state.doc).name
    verdict = Html("")
    if shown.verdict:
        cited = Html('<p class="cited" role="status"><span class="verdict {}">{}</span></p>')
        verdict = cited.format(shown.verdict, w(f"verdict_{shown.verdict}"))
    unread = joined(
        Html('<p class="quiet unread">{}</p>').format(w.reason(note)) for note in view.notes[:_NOTES]
    )
    return Html(
        '{head}{tools}{reader}{verdict}{unread}<div class="doc" tabindex="0" role="region" '
        'aria-label="{title}" data-words="{words}" data-found="{find}" data-nth="{nth}">{body}{similar}</div>'
    ).format(
        head=_head(state, title, view.kind, w),
        tools=_tools(state, shown, title, w),
        reader=reading.bar(state, view, shown, found, w),
        verdict=verdict,
        unread=unread,
        title=title,
        find=state.find,
        nth=spread.before_on_line(view, found),
        words=" ".join(_asked(state, shown.passage, view)),
        body=shown.body,
        similar=_similar(state, shown.place, w),
    )


def _asked(state: State, passage: str, view: DocumentView) -> list[str]:
    """The passage's words that the query asks for, as they are written."""
    hits = session().hits.values()
    language = next((hit.language for hit in hits if hit.path == state.doc), None)
    spans = asked(state.q, passage, code=view.kind == "code", language=language)
    return sorted({passage[start:end].lower() for start, end in spans})


def _tile(path: str, kind: str, size: str = "") -> Html:
    return Html('<span class="tile {} {}" aria-hidden="true">{}</span>').format(
        size, kinds.family(kind), kinds.tile(path, kind)
    )


def _head(state: State, title: str, kind: str, w: Words) -> Html:
    return Html(
        '<header>{tile}<div class="body"><h2 dir="auto">{title}</h2><p class="where">{path}</p></div>'
        '<a class="close" href="{href}" aria-label="{close}" title="{close}">✕</a></header>'
    ).format(tile=_tile(state.doc, kind), title=title, path=state.doc, href=state.closed(), close=w("close"))


def _tools(state: State, shown: Spread, title: str, w: Words) -> Html:
    editor = get_service().settings.editor
    link = openers.editor_link(editor, state.doc, shown.place.first)
    command = openers.editor_command(editor, state.doc, shown.place.first)
    buttons = [
        Html('<button type="button" data-do="{}">{}</button>').format(do, w(label))
        for do, label in (("open", "open_system"), ("reveal", "reveal"))
    ]
    # what runs here cannot open an object or a file of another machine
    if is_address(state.doc) or any(hit.source for hit in session().hits.values() if hit.path == state.doc):
        buttons, link, command = [], None, None
    if link:
        label = w("open_editor", editor=w.option("editor", editor))
        buttons.append(Html('<button type="button" data-launch="{}">{}</button>').format(link, label))
    copied = [(command or "", w("copy_command")), (state.doc, w("copy_path"))]
    copied.append((citation(shown.passage, title, state.doc, shown.where), w("copy_citation")))
    buttons += [
        Html('<button type="button" data-copy="{}">{}</button>').format(text, label)
        for text, label in copied
        if text
    ]
    return Html('<div class="tools">{}</div>').format(joined(buttons))


def _similar(state: State, place: Place, w: Words) -> Html:
    """Documents that say the like; nothing while there are no vectors to compare."""
    try:
        hits = get_service().similar(state.doc, place.first, limit=5).results
    except SearcherError:
        return Html("")
    if not hits:
        return Html("")
    rows = joined(
        Html('<li><a href="{}">{}{}</a></li>').format(
            state.opened(hit.path, place_of(hit)),
            _tile(hit.path, hit.kind, "small"),
            hit.title or PurePath(hit.path).name,
        )
        for hit in hits
    )
    return Html('<section class="similar"><h3>{}</h3><ul>{}</ul></section>').format(w("similar"), rows)
