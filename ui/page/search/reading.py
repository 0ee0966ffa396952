"""Moving about in the open document: its outline, what is looked for in it, one passage after the other."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from dataclasses import replace
from typing import Any

from searcher.errors import SearcherError
from ui.page.html import finding, outline
from ui.page.html.safe import Html, joined
from ui.page.search.spread import Matches, Spread
from ui.page.state import Place, State
from ui.page.strings import Words
from ui.service import get_service
from ui.viewing import DocumentView

_LONG = 12  # entries from which an outline can be searched

_STEP = Html('<a class="{name}" href="{link}" data-quietly aria-label="{label}" title="{label}">{sign}</a>')
_ENTRY = Html(
    '<li data-name="{name}" style="--depth:{depth}"><a href="{link}"{current} dir="auto">{name}</a></li>'
)


def bar(state: State, view: DocumentView, shown: Spread, found: Matches | None, w: Words) -> Html:
    parts = (_outline(state, view, shown, w), _find(state, found, w), _passages(state, view, shown, w))
    return Html('<div class="reader">{}</div>').format(joined(parts))


def _outline(state: State, view: DocumentView, shown: Spread, w: Words) -> Html:
    entries = outline.entries(view.marks, w.place)
    if not entries:
        return Html("")
    current = bisect_right([entry.start for entry in entries], shown.span[0]) - 1
    lines, line, at = [], 1, 0
    for entry in entries:
        line, at = line + view.text.count("\n", at, entry.start), entry.start
        lines.append(line)
    listed = joined(
        _ENTRY.format(
            name=entry.title or w("page", page=entry.page),
            depth=entry.depth,
            link=state.opened(state.doc, _place(entry, line, view)),
            current=Html(' aria-current="true"') if number == current else "",
        )
        for number, (entry, line) in enumerate(zip(entries, lines, strict=True))
    )
    box = Html("")
    if len(entries) > _LONG:
        box = Html('<input type="search" data-narrow placeholder="{label}" aria-label="{label}">').format(
            label=w("narrow_list")
        )
    return Html(
        '<details class="menu outline"><summary>{}</summary><div>{}<ul>{}</ul></div></details>'
    ).format(w("outline"), box, listed)


def _place(entry: outline.Landmark, line: int, view: DocumentView) -> Place:
    return Place(first=line) if view.has_lines else Place(page=entry.page, offset=entry.start)


def _find(state: State, found: Matches | None, w: Words) -> Html:
    """A box, and behind it which of how many matches is shown."""
    parts = [
        Html('<input type="search" data-find value="{}" placeholder="{label}" aria-label="{label}">').format(
            state.find, label=w("find_in")
        )
    ]
    if found and found.matches:
        total = len(found.matches)
        many = "+" if total == finding.MOST else ""
        said = w("found_of", n=w.number(found.at + 1), total=w.number(total) + many)
        parts.append(Html('<span class="n" role="status">{}</span>').format(said))
        for name, sign, step in (("previous", "‹", -1), ("next", "›", 1)):
            link = replace(state, nth=(found.at + step) % total + 1).link()
            parts.append(_STEP.format(name=name, link=link, label=w(f"{name}_match"), sign=sign))
    elif found:
        parts.append(Html('<span class="n" role="status">{}</span>').format(w("found_none")))
    return Html('<span class="find" role="search">{}</span>').format(joined(parts))


def _passages(state: State, view: DocumentView, shown: Spread, w: Words) -> Html:
    """The passages that the index has of the document; a search gives some of them."""
    rows: list[dict[str, Any]] = []
    with suppress(SearcherError):
        rows = get_service().passages(state.doc)
    if len(rows) < 2:
        return Html("")
    at = bisect_right([row["char_start"] or 0 for row in rows], shown.span[0]) - 1
    parts = []
    for name, sign, number in (("previous", "‹", at - 1), ("next", "›", at + 1)):
        if 0 <= number < len(rows):
            link = state.opened(state.doc, _standing(rows[number], view))
            parts.append(_STEP.format(name=name, link=link, label=w(f"{name}_passage"), sign=sign))
    said = Html('<span class="n">{}</span>').format(
        w("passage_of", n=w.number(max(at, 0) + 1), total=w.number(len(rows)))
    )
    return Html('<span class="steps">{}{}</span>').format(said, joined(parts))


def _standing(row: dict[str, Any], view: DocumentView) -> Place:
    if view.has_lines and row["line_start"]:
        return Place(first=row["line_start"], last=row["line_end"])
    return Place(page=row["page"], ordinal=row["ordinal"])
