"""The brief: passages gathered across searches, checked against the files as they are now, and exported."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from ui.page import kinds, memory, quote
from ui.page.brief import citation
from ui.page.frame import words
from ui.page.html.highlight import plain
from ui.page.memory import Quotation
from ui.page.state import State
from ui.page.strings import Words
from ui.service import get_service


def render() -> None:
    w = words()
    items = memory.load(get_service().home).brief
    st.html(f'<h1 class="title">{plain(w("nav_brief"))}</h1>')
    if not items:
        st.html(f'<div class="empty"><h2>{plain(w("brief_empty"))}</h2><p>{plain(w("brief_hint"))}</p></div>')
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
        st.button(w("brief_clear"), type="tertiary", on_click=_clear)


def _item(number: int, item: Quotation, w: Words) -> None:
    with st.container(key=f"kept-{number}", horizontal=True, vertical_alignment="top", wrap=False):
        link = State(q=item.query, doc=item.path, at=item.at, cite=quote.mark(item.passage)).link()
        kind = PurePath(item.path).suffix.removeprefix(".")
        st.html(
            f'<article class="kept"><span class="tile {kinds.family(kind)}" aria-hidden="true">'
            f"{plain(kinds.tile(item.path, kind))}</span>"
            f'<div class="body"><h2><a href="/{plain(link)}" target="_self">{plain(item.title)}</a></h2>'
            f'<p class="where"><span class="path">{plain(item.path)}</span>'
            f"<span>{plain(item.where)}</span></p>"
            f'<blockquote class="snippet" dir="auto">{plain(item.passage)}</blockquote>'
            f"{_verdict(item, w)}</div></article>"
        )
        st.button(w("drop"), key=f"drop-{number}", type="tertiary", on_click=_drop, args=(item.path, item.at))


def _verdict(item: Quotation, w: Words) -> str:
    """Whether the passage still stands in the file, looked up now."""
    state = verified(item)
    return f'<p class="fit"><span class="verdict {state}">{plain(w(f"verdict_{state}"))}</span></p>'


def verified(item: Quotation) -> str:
    """same | changed | gone."""
    try:
        view: Any = get_service().document(item.path)
    except SearcherError:
        return "gone"
    return "same" if quote.find(view.text, item.passage) else "changed"


def _drop(path: str, at: str) -> None:
    memory.update(get_service().home, lambda m: memory.dropped(m, path, at))


def _clear() -> None:
    memory.update(get_service().home, lambda m: memory.Memory(m.recent, m.saved))
