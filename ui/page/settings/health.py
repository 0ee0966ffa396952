"""What `searcher doctor` finds, on the page, with the fix of each finding."""

from __future__ import annotations

import streamlit as st

from ui.doctor import Check
from ui.page.frame import words
from ui.page.html.blocks import SECTION
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.strings import Words
from ui.service import get_service

_ROW = Html('<li class="{}"><span>{}</span><div><p>{}</p><p class="quiet">{}</p>{}</div></li>')
_FIX = Html("<p>{}</p>")


def section() -> None:
    w = words()
    st.html(SECTION.format(w("section_health")))
    if not st.button(w("health_check")):
        return
    with st.spinner(w("health_running")):
        checks = get_service().doctor()
    st.html(Html('<ul class="checks">{}</ul>').format(joined(row(check, w) for check in checks)))


def row(check: Check, w: Words) -> Html:
    """One finding in the page's language; what helps is a command or a sentence with commands."""
    detail, fix = w.reason(check.detail), "" if check.ok else w.reason(check.fix)
    whole = f"{check.detail}; {check.fix}"
    if fix and detail == check.detail and (said := w.reason(whole)) != whole:
        detail, _, fix = said.partition("; ")  # an error that says both in one sentence
    is_command = fix == check.fix and "`" not in fix
    helps = Html("<p><code>{}</code></p>").format(fix) if is_command else _FIX.format(with_commands(fix))
    good, sign = ("good", "✓") if check.ok else ("bad", "!")
    name, said_of_it = w.option("check", check.name), with_commands(detail)
    return _ROW.format(good, sign, name, said_of_it, helps if fix else Html(""))
