"""Settings: the model in use, how queries are asked, how files open, and whether all is well."""

from __future__ import annotations

import streamlit as st

from ui.page.frame import words
from ui.page.highlight import plain


def render() -> None:
    w = words()
    st.html(f'<h1 class="title">{plain(w("nav_settings"))}</h1>')
