"""Widgets that show a stored value and store what a person makes of it.

Each is told the stored value on every run, so it follows a change from elsewhere; what differs from it after
that was entered. Callbacks would not do: Streamlit may drop one when runs follow closely.

Streamlit sends the label of what is chosen, and takes one that it does not know for a value of its own. So a
box is known by its labels: other labels, say those of another language, make another box.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from zlib import crc32

import streamlit as st

from ui.page.session import session

T = TypeVar("T", str, int)


def stored(widget: Callable[..., Any], label: str, value: Any, store: Callable[[Any], None], *, key: str,
           **options: Any) -> None:  # fmt: skip
    """A toggle, a box for text or a number of Streamlit's."""
    _tell(key, value)
    entered = widget(label, key=key, **options)
    if entered is not None and entered != value:
        _store(key, entered, store)


def stored_choice(
    label: str,
    labels: Mapping[str, str],
    value: str,
    store: Callable[[str], None],
    *,
    key: str,
    help: str | None = None,
) -> None:
    """A box that opens; nothing but a key of `labels` is ever stored."""
    name = named(key, labels)
    _tell(name, value if value in labels else next(iter(labels)))
    chosen = st.selectbox(label, list(labels), format_func=_shown(labels), key=name, help=help)
    if chosen in labels and chosen != value and value in labels:
        _store(name, chosen, store)


def select(label: str, labels: Mapping[T, str], value: T | None, *, key: str, **options: Any) -> T | None:
    """A box whose choice is stored by nobody yet; None while nothing is chosen."""
    values = list(labels)
    at = values.index(value) if value in values else None
    chosen = st.selectbox(label, values, at, format_func=_shown(labels), key=named(key, labels), **options)
    return chosen if chosen in labels else value


def segments(label: str, labels: Mapping[T, str], value: T, *, key: str) -> T:
    """Buttons side by side, one of them pressed."""
    chosen = st.segmented_control(
        label,
        list(labels),
        required=True,
        key=named(key, labels),
        default=value,
        format_func=_shown(labels),
        label_visibility="collapsed",
    )
    return chosen if chosen in labels else value


def named(key: str, labels: Mapping[T, str]) -> str:
    """The key of a widget with these labels."""
    return f"{key}-{crc32(repr(sorted(labels.items())).encode()):08x}"


def _shown(labels: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda value: labels.get(value, str(value))


def _tell(name: str, value: Any) -> None:
    settled = session().settled
    if name not in settled or settled[name] != value or name not in st.session_state:
        settled[name] = st.session_state[name] = value


def _store(name: str, value: Any, store: Callable[[Any], None]) -> None:
    session().settled[name] = value  # should it be refused, the next run tells the widget what is
    store(value)
