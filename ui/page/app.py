"""The page: `ui.server` runs this file as a Streamlit script."""

from __future__ import annotations

import streamlit as st

from ui.page import frame

frame.open_page()
pages = frame.pages()
chosen = st.navigation(pages, position="hidden")
frame.bar(pages)
chosen.run()
