"""Settings: the model in use, how queries are asked, how files open, and whether all is well."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

import streamlit as st

from searcher.models.profiles import INSTRUCTIONS
from searcher.settings import Settings, options
from ui.page import choices
from ui.page.frame import words
from ui.page.html.blocks import QUIET, SECTION, TITLE, WRONG
from ui.page.html.highlight import escape_markdown, with_commands
from ui.page.html.safe import Html
from ui.page.session import session
from ui.page.settings import health, model_choice
from ui.page.settings.saving import save
from ui.page.strings import Words
from ui.service import get_service

_SECTIONS = {
    "section_page": ("language", "editor", "limit"),
    "section_asking": ("mode", "task", "reranker", "rerank_seconds"),
    "section_reading": (
        "max_file_mb",
        "priority",
        "mass_passages",
        "embed_first",
        "hidden",
        "archives",
        "ocr",
        "pause_on_battery",
    ),
    "section_privacy": ("hub",),
}
_HELP = {f.name: f.metadata.get("help", "") for f in fields(Settings)}


def render() -> None:
    w = words()
    service = get_service()
    st.html(TITLE.format(w("nav_settings")))
    _error()
    model_choice.section()
    for title, names in _SECTIONS.items():
        st.html(SECTION.format(w(title)))
        columns = st.columns(2)
        for number, name in enumerate(names):
            with columns[number % 2]:
                _widget(name, getattr(service.settings, name), w)
    _instructions(service.settings, w)
    health.section()
    place = Html('<p class="path">{}</p>').format(service.home.root)
    st.html(SECTION.format(w("section_home")) + QUIET.format(w("home_hint")) + place)


def _widget(name: str, value: Any, w: Words) -> None:
    """A widget of the value's kind; every change is written at once."""
    label, key, help = w(f"set_{name}"), f"set-{name}", escape_markdown(_HELP[name])

    def store(entered: Any) -> None:
        save(**{name: entered})

    if values := options(name):
        labels = {option: w.option(name, option) for option in values}
        choices.stored_choice(label, labels, value, store, key=key, help=help)
    elif isinstance(value, bool):
        choices.stored(st.toggle, label, value, store, key=key, help=help)
    elif isinstance(value, int | float):
        least = type(value)(0)
        choices.stored(st.number_input, label, value, store, key=key, help=help, min_value=least)
    else:
        choices.stored(st.text_input, label, value, store, key=key, help=help)


def _error() -> None:
    message, session().settings_error = session().settings_error, ""
    if message:
        st.html(WRONG.format(with_commands(words().reason(message))))


def _instructions(settings: Settings, w: Words) -> None:
    with st.expander(w("section_instructions")):
        st.html(QUIET.format(w("instructions_hint")))
        for task, built_in in INSTRUCTIONS.items():
            choices.stored(
                st.text_area,
                w.option("task", task),
                settings.instructions.get(task, ""),
                partial(_store_instruction, task),
                key=f"instruction-{task}",
                placeholder=built_in,
            )


def _store_instruction(task: str, text: str) -> None:
    own = dict(get_service().settings.instructions)
    own.pop(task, None)
    if text.strip():
        own[task] = text.strip()
    save(instructions=own)
