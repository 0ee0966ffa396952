"""What `searcher doctor` finds, on the page, with the fix of each finding."""

from __future__ import annotations

import streamlit as st

from ui.page.frame import words
from ui.page.html.highlight import plain
from ui.service import get_service


def section() -> None:
    w = words()
    st.html(f'<h2 class="section">{plain(w("section_health"))}</h2>')
    if not st.button(w("health_check")):
        return
    with st.spinner(w("health_running")):
        checks = get_service().doctor()
    rows = "".join(
        f'<li class="{"good" if check.ok else "bad"}"><span>{"✓" if check.ok else "!"}</span>'
        f"<div><p>{plain(check.name)}</p><p class='quiet'>{plain(check.detail)}</p>"
        + (f"<p><code>{plain(check.fix)}</code></p>" if not check.ok and check.fix else "")
        + "</div></li>"
        for check in checks
    )
    st.html(f'<ul class="checks">{rows}</ul>')
