"""Where is my file? Why a document one expects stands where it stands, or is not there at all."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from ui.page.frame import words
from ui.page.html.blocks import NOTICE, SPAN, WRONG
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.paste import typed_path
from ui.page.state import State
from ui.page.strings import Words
from ui.service import get_service

_MOST = 3


def section(state: State) -> None:
    w = words()
    with st.expander(w("where_title"), key="whereabouts"):
        typed = typed_path(st.text_input(w("where_label"), key="expected", placeholder=w("where_hint")) or "")
        if typed:
            st.html(joined(_matches(state.q, typed, w)))


def _matches(query: str, typed: str, w: Words) -> list[Html]:
    """What is known of each file the typed path or part of a name may mean."""
    service = get_service()
    try:
        paths = _paths(query, typed)
        if paths:
            return [_explained(service.explain(query, path), w) for path in paths]
    except SearcherError as error:
        return [WRONG.format(with_commands(w.reason(str(error))))]
    status = service.status()
    left_out = [
        entry for entry in (*status["failed"], *status["skipped"]) if typed.lower() in entry["path"].lower()
    ]
    if not left_out:
        return [NOTICE.format(w("where_unknown", name=typed))]
    return [
        _card(entry["path"], w("where_left_out", reason=w.reason(entry["reason"])), [])
        for entry in left_out[:_MOST]
    ]


def _paths(query: str, typed: str) -> list[str]:
    if PurePath(typed).is_absolute():
        return [typed]
    # a star at each end: part of the name is enough
    hits = get_service().search(query, path=f"*{typed}*", limit=_MOST).results
    return [hit.path for hit in hits]


def _explained(explanation: Any, w: Words) -> Html:
    facts = []
    if explanation.rank:
        facts.append(w("where_rank", n=explanation.rank))
    if explanation.cosine is not None:
        facts.append(w("meaning_of", cosine=explanation.cosine))
    if explanation.words is not None:
        facts.append(w("where_words", n=round(explanation.words * 100)))
    if explanation.waiting:
        facts.append(w("pending", n=w.number(explanation.waiting)))
    if explanation.by_words:
        facts.append(w("by_words", n=w.number(explanation.by_words)))
    return _card(explanation.path, w.reason(explanation.reason), facts)


def _card(path: str, reason: str, facts: list[str]) -> Html:
    card = Html('<div class="known"><p class="path">{}</p><p>{}</p><p class="where">{}</p></div>')
    return card.format(path, reason, joined(SPAN.format(fact) for fact in facts))
