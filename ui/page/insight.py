"""Plots where people would rather look than read: what the library holds, how it grew, how quick it is."""

from __future__ import annotations

import streamlit as st

from ui.page.frame import words
from ui.page.highlight import plain


def render() -> None:
    w = words()
    st.html(f'<h1 class="title">{plain(w("nav_insight"))}</h1>')
