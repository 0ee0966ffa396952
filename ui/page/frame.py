"""What every page shares: title, style sheet, the bar that leads from page to page, and the language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from ui.page.strings import Words
from ui.service import get_service

STATIC = Path(__file__).parent / "static"


def open_page() -> None:
    st.set_page_config(page_title="searcher", page_icon=STATIC / "icon.png", layout="wide")
    st.html(f"<style>{_style()}</style>")
    _speaker()(key="lang", data={"language": words().language}, height="content")


@cache
def _speaker() -> Callable[..., Any]:
    return st.components.v2.component("searcher_lang", js=(STATIC / "lang.js").read_text("utf-8"))


@cache
def _style() -> str:
    return (STATIC / "page.css").read_text("utf-8")


def words() -> Words:
    return Words(get_service().settings.language)


def bar(all_pages: list[st.Page]) -> None:
    with st.container(key="bar", horizontal=True, gap=None):
        for page in all_pages:
            st.page_link(page, label=page.title)
