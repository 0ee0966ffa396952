"""Settings as widgets write them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from searcher.errors import SearcherError
from searcher.settings_file import change
from ui.page.session import session
from ui.service import get_service


def save(**values: Any) -> None:
    """Write settings and use them from now on; what is wrong with them is shown on the next run."""
    service = get_service()
    try:
        change(service.home, **values)
    except SearcherError as error:
        session().settings_error = str(error)
        st.rerun()
    if "language" in values:
        st.rerun()
