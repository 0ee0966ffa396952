"""Questions about the library that a list answers: what is not searched and why, what takes the space, and
what is there more than once, to the letter or nearly."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import PurePath
from typing import Any

import streamlit as st

from ui.page import units
from ui.page.html.blocks import QUIET, SECTION
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.insight.overview import Overview
from ui.page.insight.versions import Version
from ui.page.library import remedies
from ui.page.state import State
from ui.page.strings import Words
from ui.service import get_service

_MOST = 10  # reasons
_LINES, _LINE = 6, 240  # sentences of a version that are shown, and characters of one
_NAMED = re.compile(r" \(.*|: .*|\d[\d.,]*")  # what a reason says of this one file

_ROW = Html('<li><span class="path">{}</span><span class="quiet">{}</span></li>')
_LIST = Html('<ul class="answers">{}</ul>')


def render(corpus: Overview, alike: list[list[Version]], w: Words) -> None:
    status = get_service().status()
    _unsearched([*status.get("failed", []), *status.get("skipped", [])], w)
    st.html(SECTION.format(w("largest_title")))
    rows = [_ROW.format(_opening(path), units.size(size, w)) for path, size in corpus.largest()]
    st.html(_LIST.format(joined(rows)))
    copies = corpus.copies()
    if copies:
        st.html(SECTION.format(w("copies_title")))
        rows = [_ROW.format(joined(map(_opening, paths)), w("copies_of", n=len(paths))) for paths in copies]
        st.html(_LIST.format(joined(rows)))

    if alike:
        st.html(SECTION.format(w("versions_title")) + QUIET.format(w("versions_hint")))
        st.html(_LIST.format(joined(_version(one, w) for group in alike for one in group)))


def _version(version: Version, w: Words) -> Html:
    """A file and the next newer one, how much is the same, and what is not when it is unfolded."""
    head = Html('<span class="path">{}{}</span>').format(_opening(version.newer), _opening(version.path))
    percent = math.floor(100 * version.same)
    same = w("versions_text_same") if percent == 100 else w("versions_same", n=percent)
    lines = joined(
        Html('<li class="{}" dir="auto">{} {}</li>').format(kind, sign, line[:_LINE])
        for kind, sign, said in (("new", "+", version.added), ("old", "−", version.removed))
        for line in said[:_LINES]
    )
    more = len(version.added[_LINES:]) + len(version.removed[_LINES:])
    rest = Html('<li class="quiet">{}</li>').format(w("and_more", n=w.number(more))) if more else Html("")
    if not lines:
        return Html('<li>{}<span class="quiet">{}</span></li>').format(head, same)
    return Html('<li>{}<details class="versions"><summary>{}</summary><ul>{}{}</ul></details></li>').format(
        head, same, lines, rest
    )


def _unsearched(entries: list[dict[str, Any]], w: Words) -> None:
    """Files by the kind of reason, with what helps against it."""
    st.html(SECTION.format(w("unsearched_title")))
    if not entries:
        st.html(QUIET.format(w("unsearched_none")))
        return
    kinds = [(_NAMED.sub("", entry["reason"]), _remedy(entry)) for entry in entries]
    named = {kind: entry["reason"] for kind, entry in zip(reversed(kinds), reversed(entries), strict=True)}
    rows = [
        _ROW.format(
            with_commands(w.reason(named[kind])),
            Html("{} · {}").format(w.number(n), with_commands(w(kind[1]))),
        )
        for kind, n in Counter(kinds).most_common(_MOST)
    ]
    st.html(Html('<ul class="answers why">{}</ul>').format(joined(rows)))


def _remedy(entry: dict[str, Any]) -> str:
    return remedies.remedy(entry["reason"], entry.get("rule"))


def _opening(path: str) -> Html:
    link = Html('<a href="/{}" target="_self" title="{}" dir="auto">{}</a> ')
    return link.format(State(doc=path).link(), path, PurePath(path).name)
