"""Widgets that show a stored value and store what a person makes of it.

What differs from the stored value was entered. Callbacks would not do: Streamlit may drop one when runs
follow closely. The stored value is the widget's default, so that a widget whose state was lost changes
nothing; a value that was changed from elsewhere, or refused, makes another widget.

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


def stored(
    widget: Callable[..., Any],
    label: str,
    value: Any,
    store: Callable[[Any], None],
    *,
    key: str,
    **options: Any,
) -> None:
    """A toggle, a box for text or a number of Streamlit's."""
    entered = widget(label, value=value, key=_current(key, value), **options)
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
    values, name = list(labels), named(key, labels)
    at = values.index(value) if value in values else None
    current = _current(name, value)
    chosen = st.selectbox(label, values, at, format_func=_shown(labels), key=current, help=help)
    if chosen in labels and chosen != value:
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


def _current(name: str, value: Any) -> str:
    """The key of the widget that was given this value."""
    settled = session().settled
    before, number = settled.get(name, (value, 0))
    if before != value:
        number += 1
    settled[name] = (value, number)
    return f"{name}-{number}" if number else name


def _store(name: str, value: Any, store: Callable[[Any], None]) -> None:
    settled = session().settled
    settled[name] = (value, settled[name][1])
    store(value)
