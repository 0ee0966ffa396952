"""The brief: passages gathered across searches, ordered, noted on, checked against the files, exported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.paths import doc_id
from ui.page import choices, kinds, memory, quote, wording
from ui.page.brief import citation, document
from ui.page.frame import STATIC, words
from ui.page.html.blocks import EMPTY, TITLE
from ui.page.html.safe import Html
from ui.page.memory import Quotation
from ui.page.search.cards import flowing
from ui.page.session import session
from ui.page.state import State
from ui.page.strings import Words
from ui.service import get_service

_ITEM = Html(
    '<article class="kept" data-id="{id}">'
    '<button type="button" class="grip" aria-label="{move}" title="{move}">⠿</button>'
    '<span class="tile {family}" aria-hidden="true">{letters}</span>'
    '<div class="body"><h2><a href="/{link}" target="_self">{title}</a></h2>'
    '<p class="where"><span class="path">{path}</span><span>{where}</span></p>'
    '<blockquote class="snippet" dir="auto">{passage}</blockquote>{verdict}</div></article>'
)


def render() -> None:
    w = words()
    items = memory.load(get_service().home).brief
    st.html(TITLE.format(w("nav_brief")))
    if not items:
        st.html(EMPTY.format(w("brief_empty"), w("brief_hint")))
        return
    _export(items, w)
    _component()(key="order", data={"serial": session().serial}, on_move_change=_moved, height="content")
    with st.container(key="brief"):
        for item in items:
            _item(item, w)


@cache
def _component() -> Callable[..., Any]:
    return st.components.v2.component("searcher_order", js=(STATIC / "order.js").read_text("utf-8"))


def _export(items: tuple[Quotation, ...], w: Words) -> None:
    base = (st.context.url or "").removesuffix("/brief")
    with st.container(horizontal=True):
        text = citation.markdown(items, w, title=w("nav_brief"), base=base)
        st.download_button(w("export_markdown"), text, "brief.md", "text/markdown", on_click="ignore")
        rows = citation.table(items, w, base=base)
        st.download_button(
            w("export_csv"), rows.encode("utf-8-sig"), "brief.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            w("export_word"),
            document.word(items, w, title=w("nav_brief"), base=base),
            "brief.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            on_click="ignore",
        )
        st.button(w("brief_clear"), type="tertiary", on_click=_clear)


def _item(item: Quotation, w: Words) -> None:
    name = _name(item)
    with st.container(key=f"kept-{name}"):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False):
            st.html(_article(name, item, w))
            place = (item.path, item.at)
            st.button(w("drop"), key=f"drop-{name}", type="tertiary", on_click=_drop, args=place)
        choices.stored(
            st.text_area,
            w("note"),
            item.note,
            partial(_note, item),
            key=f"note-{name}",
            placeholder=w("note"),
            label_visibility="collapsed",
            height="content",
        )


def _name(item: Quotation) -> str:
    return doc_id(f"{item.path}#{item.at}")[:12]


def _article(name: str, item: Quotation, w: Words) -> Html:
    link = State(q=item.query, doc=item.path, at=item.at, cite=quote.mark(item.passage)).link()
    kind = PurePath(item.path).suffix.removeprefix(".")
    kind = "man" if kind.isdigit() else kind
    flows = kinds.family(kind) not in ("other", "table", "data")  # prose, as far as its name tells
    return _ITEM.format(
        id=name,
        move=w("move", title=item.title),
        family=kinds.family(kind),
        letters=kinds.tile(item.path, kind),
        link=link,
        title=item.title,
        path=item.path,
        where=wording.quoted(item, w),
        passage=flowing(item.passage) if flows else item.passage,
        verdict=_verdict(item, w),
    )


def _verdict(item: Quotation, w: Words) -> Html:
    """Whether the passage still stands in the file, looked up now."""
    state = verified(item)
    verdict = Html('<p class="fit"><span class="verdict {}">{}</span></p>')
    return verdict.format(state, w(f"verdict_{state}"))


def verified(item: Quotation) -> str:
    """same | changed | gone."""
    try:
        view: Any = get_service().document(item.path)
    except SearcherError:
        return "gone"
    return "same" if quote.find(view.text, item.passage, view.kind) else "changed"


def _moved() -> None:
    """A passage was dragged, or moved by the arrow keys, to a place in the list."""
    event = st.session_state["order"].move
    session().serial += 1
    if not isinstance(event, dict) or not isinstance(event.get("to"), int):
        return

    def change(m: memory.Memory) -> memory.Memory:
        for number, item in enumerate(m.brief):
            if _name(item) == event.get("id"):
                return memory.moved(m, item.path, item.at, event["to"] - number)
        return m

    memory.update(get_service().home, change)


def _note(item: Quotation, note: str) -> None:
    memory.update(get_service().home, lambda m: memory.noted(m, item.path, item.at, note))


def _drop(path: str, at: str) -> None:
    memory.update(get_service().home, lambda m: memory.dropped(m, path, at))


def _clear() -> None:
    memory.update(get_service().home, lambda m: replace(m, brief=()))
