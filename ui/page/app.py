"""The page: `ui.server` runs this file as a Streamlit script."""

from __future__ import annotations

import streamlit as st

from ui.page import frame
from ui.page.brief import page as brief
from ui.page.insight import page as insight
from ui.page.library import page as library
from ui.page.search import page as search
from ui.page.session import session
from ui.page.settings import page as settings


@frame.guarded
def run() -> None:
    frame.open_page()
    w = frame.words()
    draws = dict(zip(frame.PATHS, (search, library, insight, brief, settings), strict=True))
    pages = [
        st.Page(frame.guarded(page.render), title=w(f"nav_{path}"), url_path=path, default=path == "search")
        for path, page in draws.items()
    ]
    session().search_page = pages[0]
    chosen = st.navigation(pages, position="hidden")
    frame.bar(pages)
    chosen.run()


run()
