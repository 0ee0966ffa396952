"""What `searcher doctor` finds, on the page, with the fix of each finding."""

from __future__ import annotations

import streamlit as st

from ui.page.frame import words
from ui.page.html.blocks import SECTION
from ui.page.html.safe import Html, joined
from ui.service import get_service


def section() -> None:
    w = words()
    st.html(SECTION.format(w("section_health")))
    if not st.button(w("health_check")):
        return
    with st.spinner(w("health_running")):
        checks = get_service().doctor()
    row = Html("<li class=\"{}\"><span>{}</span><div><p>{}</p><p class='quiet'>{}</p>{}</div></li>")
    fix = Html("<p><code>{}</code></p>")
    rows = joined(
        row.format(
            "good" if check.ok else "bad",
            "✓" if check.ok else "!",
            check.name,
            check.detail,
            fix.format(check.fix) if not check.ok and check.fix else "",
        )
        for check in checks
    )
    st.html(Html('<ul class="checks">{}</ul>').format(rows))
