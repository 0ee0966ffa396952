"""The page: `ui.server` runs this file as a Streamlit script."""

from __future__ import annotations

import streamlit as st

from ui.page import frame, search

frame.open_page()
st.navigation(
    [st.Page(search.render, title=frame.words()("nav_search"), url_path="", default=True)], position="hidden"
).run()
