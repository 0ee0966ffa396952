"""What every page shares: its title, its style sheet and the language it speaks."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.page.strings import Words
from ui.service import get_service

STATIC = Path(__file__).parent / "static"


def open_page() -> None:
    st.set_page_config(page_title="searcher", page_icon=STATIC / "icon.png", layout="wide")
    st.html(f"<style>{(STATIC / 'page.css').read_text('utf-8')}</style>")


def words() -> Words:
    return Words(get_service().settings.language)
