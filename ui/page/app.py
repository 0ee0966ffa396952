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

frame.open_page()
w = frame.words()
search_page = st.Page(search.render, title=w("nav_search"), url_path="search", default=True)
pages = [
    search_page,
    st.Page(library.render, title=w("nav_library"), url_path="library"),
    st.Page(insight.render, title=w("nav_insight"), url_path="insight"),
    st.Page(brief.render, title=w("nav_brief"), url_path="brief"),
    st.Page(settings.render, title=w("nav_settings"), url_path="settings"),
]
session().search_page = search_page
chosen = st.navigation(pages, position="hidden")
frame.bar(pages)
chosen.run()
