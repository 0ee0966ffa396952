"""What every page shares: title, style sheet, the bar that leads from page to page, the language, and the one
place where what nobody expected is caught."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from searcher import logs
from searcher.errors import SearcherError
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html
from ui.page.session import session
from ui.page.strings import Words
from ui.service import get_service

STATIC = Path(__file__).parent / "static"
PATHS = ("search", "library", "insight", "brief", "settings")

Draw = TypeVar("Draw", bound=Callable[..., Any])


def open_page() -> None:
    st.set_page_config(page_title="searcher", page_icon=STATIC / "icon.png", layout="wide")
    with st.container(key="style"):
        # alone in its element a style would go where the toasts are, and leave with the first of them
        st.html(Html("<span></span><style>{}</style>").format(_style()))
        w = words()
        texts = {name: w(name) for name in ("server_gone", "unknown_page", "skip_to_content")}
        data = {"language": w.language, "paths": PATHS, **texts}
        _script()(key="frame", data=data, on_again_change=lambda: None, height="content")


@cache
def _script() -> Callable[..., Any]:
    return st.components.v2.component("searcher_frame", js=(STATIC / "frame.js").read_text("utf-8"))


@cache
def _style() -> Html:
    return Html((STATIC / "page.css").read_text("utf-8"))


def words() -> Words:
    """In the language of the settings; in English while they cannot be read."""
    try:
        return Words(get_service().settings.language)
    except SearcherError:
        return Words()


def bar(all_pages: list[Any]) -> None:
    """The way back to the search leads to the one that was left."""
    with st.container(key="bar", horizontal=True, gap=None):
        for page in all_pages:
            left = session().left if page is session().search_page else None
            st.page_link(page, label=page.title, query_params=left)


def notice(text: object, kind: str = "") -> None:
    """A line for a person, in the page's language where it has words for it; between backticks is code."""
    role = "alert" if kind else "status"
    html = Html('<p class="notice {}" role="{}">{}</p>').format(
        kind, role, with_commands(words().reason(str(text)))
    )
    st.html(html)


def guarded(draw: Draw) -> Draw:
    """Nothing that goes wrong in a part of a page shows more than that part's own message."""

    @wraps(draw)
    def drawn(*args: Any, **options: Any) -> Any:
        try:
            return draw(*args, **options)
        except SearcherError as error:
            notice(error, "error")
        except Exception as error:
            place = logs.report_crash(get_service().home, error, "page")
            reason = f"{type(error).__name__}: {error}"
            where = place or get_service().home.logs
            notice(words()("crash", reason=reason, place=where).replace("`", "'"), "error crash")

    return drawn  # type: ignore[return-value]


def fragment(run_every: str | None = None) -> Callable[[Draw], Draw]:
    """A part of a page that runs by itself."""
    return lambda draw: st.fragment(guarded(draw), run_every=run_every)
