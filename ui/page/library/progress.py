"""What the indexer is doing at this moment, and the switch that lets it rest."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from searcher.runtime import IndexerState, is_paused, read_indexer_state
from ui.page import units
from ui.page.frame import fragment, words
from ui.page.history import HISTORY
from ui.page.html.highlight import plain, with_commands
from ui.page.strings import Words
from ui.service import get_service


@fragment("1s")
def panel() -> None:
    """A bar while there is work, one quiet line when there is none."""
    w = words()
    service = get_service()
    paused = is_paused(service.home)
    state = read_indexer_state(service.home)
    if state:
        HISTORY.indexing(state.tokens_per_second)
    with st.container(key="progress", horizontal=True, vertical_alignment="center", wrap=False):
        st.html(described(state, paused, w, trouble=service.trouble))
        if paused:
            st.button(w("resume"), on_click=service.resume)
        else:
            st.button(w("pause"), on_click=service.pause)


def rebuilding(state: IndexerState | None, trouble: str, w: Words) -> str:
    """As `described`, while another index is built beside the one that answers."""
    if trouble := state.refused if state is not None else trouble:
        return f'<p class="notice error" role="alert">{with_commands(trouble)}</p>'
    said = plain(w("phase_rebuilding"))
    lead = f'<p class="where" role="status"><strong>{said}</strong></p>'
    hint = f'<p class="quiet">{plain(w("rebuild_hint"))}</p>'
    if state is None or done(state) is None:  # not begun yet, or about to take over
        return f'<div class="work">{lead}<progress aria-label="{said}"></progress>{hint}</div>'
    return f"{lead}{described(replace(state, notes=[]), False, w)}{hint}"


def described(state: IndexerState | None, paused: bool, w: Words, *, trouble: str = "") -> str:
    """The state in words, with a bar when its end is known."""
    if state is None:
        why = f'<p class="notice error" role="alert">{with_commands(trouble)}</p>' if trouble else ""
        return f'<div class="work"><p>{plain(w("no_indexer"))}</p>{why}</div>'
    if paused or state.phase == "paused":
        return f'<div class="work"><p>{plain(w("paused_hint"))}</p></div>'
    share = done(state)
    notes = "".join(f'<p class="notice">{plain(note)}</p>' for note in state.notes)
    if share is None:
        return f'<div class="work"><p>{plain(w("up_to_date"))}</p>{notes}</div>'
    facts = [w(f"phase_{state.phase}")]
    if state.files_total:
        facts.append(w("files_of", n=w.number(state.files_done), total=w.number(state.files_total)))
    if state.chunks_pending:
        facts.append(w("pending", n=w.number(state.chunks_pending)))
    if state.tokens_per_second:
        facts.append(w("speed", n=w.number(round(state.tokens_per_second))))
    if state.seconds_left is not None:
        facts.append(w("left", time=units.duration(state.seconds_left, w)))
    said = "".join(f"<span>{plain(fact)}</span>" for fact in facts)
    bar = f'<progress max="100" value="{share * 100:.0f}" aria-label="{plain(w("indexing"))}"></progress>'
    current = f'<p class="quiet current">{plain(state.current)}</p>' if state.current else ""
    return f'<div class="work"><p class="where">{said}</p>{bar}{current}{notes}</div>'


def done(state: IndexerState) -> float | None:
    """Share of the work that is done, in [0, 1]; None when there is nothing to do."""
    if state.phase == "idle" and not state.chunks_pending:
        return None
    read = state.files_done / state.files_total if state.files_total else 1.0
    chunks = state.chunks_written + state.chunks_pending
    embedded = state.chunks_written / chunks if chunks else 1.0
    return min(1.0, read * (0.2 + 0.8 * embedded))
