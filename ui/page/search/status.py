"""The quiet line under the results: how much is indexed, what is to do, which model answers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui import changes
from ui.page.frame import fragment, words
from ui.page.html.blocks import QUIET, SPAN
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.search import links
from ui.page.session import session
from ui.service import get_service

_LOOKS = 3


def begin() -> None:
    """Before the results are asked for, in a run of the whole page: what changes meanwhile is noticed."""
    own, now = session(), changes.now(get_service())
    if own.index is None:
        own.looks = _LOOKS if changes.is_recent(now.stamp) else 0
    elif own.index != now:
        own.looks = _LOOKS
    own.index, own.just_asked = now, True


@fragment()
def line() -> None:
    """When the index has changed the results are asked for again."""
    own, now = session(), changes.now(get_service())
    if own.index != now:
        # a reader of the table may be a second behind, so one look after a change is not enough
        own.index, own.looks = now, _LOOKS
    again = own.looks > 0 and not own.just_asked
    own.just_asked = False
    links.mount_ticker(now, looks=own.looks > 0)
    st.html(render(_status(now)))
    links.settled()
    if again:
        own.looks -= 1
        st.rerun()


@st.cache_data(show_spinner=False, max_entries=2)
def _status(mark: changes.Moment) -> dict[str, Any]:
    return dict(get_service().status())


def render(status: dict[str, Any]) -> Html:
    w = words()
    files = status.get("files", {})
    indexed = files.get("indexed", 0)
    parts = [w("file_indexed") if indexed == 1 else w("files_indexed", n=w.number(indexed))]
    if status.get("pending"):
        parts.append(w("pending", n=w.number(status["pending"])))
    model = status.get("model") or {}
    if model.get("name") and not model.get("note"):
        parts.append(w("model", name=model["name"]))
    items = joined(SPAN.format(part) for part in parts)
    note = QUIET.format(with_commands(w.reason(model["note"]))) if model.get("note") else Html("")
    if "`searcher models fetch" in model.get("note", ""):
        note += Html('<p><a href="/settings" target="_self">{}</a></p>').format(w("model_better"))
    return Html('<footer class="status"><p>{}</p>{}</footer>').format(items, note)
