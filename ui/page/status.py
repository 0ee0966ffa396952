"""The quiet line under the results: how much is indexed, what is still to do, which model answers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui.page.frame import words
from ui.page.highlight import plain
from ui.service import get_service


@st.fragment(run_every="2s", key="status")
def line() -> None:
    """Looks again every two seconds; when the index has changed the results are asked for again."""
    known = get_service().status()
    mark = fingerprint(known)
    before = st.session_state.get("_index_mark")
    st.session_state["_index_mark"] = mark
    st.html(render(known))
    if before is not None and before != mark:
        st.rerun(scope="search")


def fingerprint(known: dict[str, Any]) -> str:
    """Changes whenever the answer to a query might."""
    return repr([known.get(name) for name in ("files", "chunks", "pending", "last_change", "model")])


def render(known: dict[str, Any]) -> str:
    w = words()
    files = known.get("files", {})
    indexed = files.get("indexed", 0)
    parts = [w("file_indexed") if indexed == 1 else w("files_indexed", n=w.number(indexed))]
    if known.get("pending"):
        parts.append(w("pending", n=w.number(known["pending"])))
    model = known.get("model") or {}
    if model.get("name"):
        parts.append(w("model", name=model["name"]))
    items = "".join(f"<span>{plain(part)}</span>" for part in parts)
    note = f'<p class="quiet">{plain(model["note"])}</p>' if model.get("note") else ""
    return f'<footer class="status"><p>{items}</p>{note}</footer>'
