"""What the indexer is doing at this moment, and the switch that lets it rest."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from searcher.runtime import IndexerState, is_paused, read_indexer_state
from ui.page import units
from ui.page.frame import fragment, words
from ui.page.history import HISTORY
from ui.page.html.blocks import NOTICE, QUIET, SPAN, WRONG
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.strings import Words
from ui.service import get_service

_WORK = Html('<div class="work">{}</div>')
_SAID = Html("<p>{}</p>")


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


def rebuilding(state: IndexerState | None, trouble: str, w: Words, *, begun: bool = True) -> Html:
    """As `described`, while another index is built beside the one that answers, or its model is fetched."""
    if trouble := state.refused if state is not None else trouble:
        return WRONG.format(with_commands(w.reason(trouble)))
    phase = w("phase_rebuilding")
    lead = Html('<p class="where" role="status"><strong>{}</strong></p>').format(phase)
    hint = QUIET.format(w("rebuild_hint"))
    if state is not None and state.cost:
        hint += NOTICE.format(with_commands(w.reason(state.cost)))
    if state is None or not begun or done(state) is None:  # about to begin, or to take over
        hint += joined(NOTICE.format(w.reason(note)) for note in (state.notes if state else ()))
        return _WORK.format(lead + Html('<progress aria-label="{}"></progress>').format(phase) + hint)
    return lead + described(replace(state, notes=[]), False, w) + hint


def described(state: IndexerState | None, paused: bool, w: Words, *, trouble: str = "") -> Html:
    """The state in words, with a bar when its end is known."""
    if state is None:
        why = WRONG.format(with_commands(w.reason(trouble))) if trouble else Html("")
        return _WORK.format(_SAID.format(w("no_indexer")) + why)
    if state.phase == "stopped":
        return _WORK.format(WRONG.format(with_commands(w("indexer_stopped", pid=str(state.pid)))))
    if paused or state.phase == "paused":
        return _WORK.format(_SAID.format(w("paused_hint")))
    share = done(state)
    notes = joined(NOTICE.format(w.reason(note)) for note in state.notes)
    if share is None:
        return _WORK.format(_SAID.format(w("up_to_date")) + notes)
    facts = [w(f"phase_{state.phase}")]
    if state.phase == "recognising":
        total = state.pages_done + state.pages_left
        facts.append(w("pages_of", n=w.number(state.pages_done), total=w.number(total)))
    elif state.files_total:
        facts.append(w("files_of", n=w.number(state.files_done), total=w.number(state.files_total)))
    if state.chunks_pending:
        facts.append(w("pending", n=w.number(state.chunks_pending)))
    if state.tokens_per_second:
        facts.append(w("speed", n=w.number(round(state.tokens_per_second))))
    if state.seconds_left is not None:
        facts.append(w("left", time=units.duration(state.seconds_left, w)))
    line = Html('<p class="where">{}</p>').format(joined(SPAN.format(fact) for fact in facts))
    bar = Html('<progress max="100" value="{:.0f}" aria-label="{}"></progress>')
    current = Html('<p class="quiet current">{}</p>').format(state.current) if state.current else Html("")
    return _WORK.format(line + bar.format(share * 100, w("indexing")) + current + notes)


def done(state: IndexerState) -> float | None:
    """Share of the work that is done, in [0, 1]; None when there is nothing to do."""
    if state.phase == "idle" and not state.chunks_pending:
        return None
    if state.phase == "recognising":
        return state.pages_done / max(state.pages_done + state.pages_left, 1)
    read = state.files_done / state.files_total if state.files_total else 1.0
    chunks = state.chunks_written + state.chunks_pending
    embedded = state.chunks_written / chunks if chunks else 1.0
    return min(1.0, read * (0.2 + 0.8 * embedded))
