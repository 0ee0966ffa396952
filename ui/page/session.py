"""What one tab keeps between two runs of the page's script, in place of names scattered over the code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.service import get_service

if TYPE_CHECKING:
    from searcher.records import Hit
    from searcher.store.table import Live


@dataclass(slots=True, weakref_slot=True, eq=False)
class Session:
    """Of one tab; lost when it is closed or loaded again."""

    search_page: Any = None  # the st.Page that other pages lead to
    left: dict[str, str] | None = None  # query parameters of the search as it was left
    serial: int = 0  # of events from the browser, counted when one has been answered
    typed: tuple[str, float] = ("", 0.0)  # the query, and the monotonic second since when it stands
    index: Any = None  # mark of the index as it was looked at last
    looks: int = 0  # how often more to ask after a change of it
    just_asked: bool = False  # in the same run of the page
    hits: dict[str, Hit] = field(default_factory=dict)  # the shown ones by chunk id
    shown: tuple[Any, str] | None = None  # what the results were made of, and their HTML
    live: Live | None = None  # the table that answered when the settings were drawn last
    settings_error: str = ""
    removed: Any = None  # the folder that was taken out of the library last, to bring it back
    forgot: tuple[str, str] = (
        "",
        "",
    )  # path of the file that was forgotten last, and the query it was found by
    removing: str = ""  # path of the folder that a person is asked about
    folder_errors: dict[str, str] = field(default_factory=dict)  # by the form that caused one
    settled: dict[str, tuple[Any, int]] = field(default_factory=dict)  # by widget: value, generation

    def drop(self) -> None:
        """Let go of texts: a file was forgotten."""
        self.hits, self.shown = {}, None


def session() -> Session:
    """This tab's."""
    if "searcher" not in st.session_state:
        st.session_state["searcher"] = Session()
        get_service().tabs.add(st.session_state["searcher"])
    own: Session = st.session_state["searcher"]
    return own
