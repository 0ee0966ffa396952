"""The brief: passages gathered across searches, checked against the files as they are now, and exported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from ui.page import kinds, memory, quote
from ui.page.brief import citation, document
from ui.page.frame import words
from ui.page.html.blocks import EMPTY, TITLE
from ui.page.html.safe import Html
from ui.page.memory import Quotation
from ui.page.search.cards import flowing
from ui.page.state import State
from ui.page.strings import Words
from ui.service import get_service

_ITEM = Html(
    '<article class="kept"><span class="tile {family}" aria-hidden="true">{letters}</span>'
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
    for number, item in enumerate(items):
        _item(number, item, w)


def _export(items: tuple[Quotation, ...], w: Words) -> None:
    base = (st.context.url or "").removesuffix("/brief")
    with st.container(horizontal=True):
        text = citation.markdown(items, title=w("nav_brief"), base=base)
        st.download_button(w("export_markdown"), text, "brief.md", "text/markdown", on_click="ignore")
        rows = citation.table(items, base=base)
        st.download_button(
            w("export_csv"), rows.encode("utf-8-sig"), "brief.csv", "text/csv", on_click="ignore"
        )
        st.download_button(
            w("export_word"),
            document.word(items, title=w("nav_brief"), base=base),
            "brief.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            on_click="ignore",
        )
        st.button(w("brief_clear"), type="tertiary", on_click=_clear)


def _item(number: int, item: Quotation, w: Words) -> None:
    with st.container(key=f"kept-{number}", horizontal=True, vertical_alignment="top", wrap=False):
        link = State(q=item.query, doc=item.path, at=item.at, cite=quote.mark(item.passage)).link()
        kind = PurePath(item.path).suffix.removeprefix(".")
        kind = "man" if kind.isdigit() else kind
        flows = kinds.family(kind) not in ("other", "table", "data")  # prose, as far as its name tells
        st.html(
            _ITEM.format(
                family=kinds.family(kind),
                letters=kinds.tile(item.path, kind),
                link=link,
                title=item.title,
                path=item.path,
                where=item.where,
                passage=flowing(item.passage) if flows else item.passage,
                verdict=_verdict(item, w),
            )
        )
        place = (item.path, item.at)
        if number:
            st.button(w("move_up"), key=f"up-{number}", type="tertiary", on_click=_move, args=(*place, -1))
        st.button(w("drop"), key=f"drop-{number}", type="tertiary", on_click=_drop, args=place)


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
    return "same" if quote.find(view.text, item.passage) else "changed"


def _move(path: str, at: str, step: int) -> None:
    memory.update(get_service().home, lambda m: memory.moved(m, path, at, step))


def _drop(path: str, at: str) -> None:
    memory.update(get_service().home, lambda m: memory.dropped(m, path, at))


def _clear() -> None:
    memory.update(get_service().home, lambda m: replace(m, brief=()))
