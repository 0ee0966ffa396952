"""Filter chips: links that narrow the search, each with the number of results it would leave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import PurePath

from searcher.records import Answer
from searcher.search.facets import AGES
from ui.page import kinds
from ui.page.html.safe import Html, joined
from ui.page.search import facets
from ui.page.state import State
from ui.page.strings import Words

_MOST = 5  # chips of one filter
_AGES = dict(zip(("week", "month", "year"), AGES, strict=True))


def chips(answer: Answer, state: State, words: Words, today: date | None = None) -> Html:
    """One row; a chosen chip always shows, also when nothing is left of it, and takes itself away."""
    counts, more = answer.facets, answer.facets_at_least
    parts = [
        _chip(kinds.name(kind, words), n, state.toggled(kind), kind in state.type, more=more)
        for kind, n in _counted(counts.get("type", {}), state.type)
    ]
    parts += _single("folder", facets.choices(counts.get("folder", {})), state.folder, state, words, more)
    parts += _single("lang", counts.get("language", {}), state.lang, state, words, more)
    parts += _ages(answer, state, words, today or date.today())
    if state.filtered:
        clear = state.link(type=(), folder="", lang="", since="", until="", n=0)
        parts.append(Html('<a class="clear" href="{}">{}</a>').format(clear, words("clear_filters")))
    row = Html('<nav class="chips" aria-label="{}">{}</nav>')
    return row.format(words("filters"), joined(parts))


def _counted(counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[tuple[str, int]]:
    order = facets.by_count(counts, chosen)
    return [item for place, item in enumerate(order) if place < _MOST or item[0] in chosen]


def _single(
    name: str, counts: Mapping[str, int], chosen: str, state: State, words: Words, more: bool
) -> list[Html]:
    """Chips of a filter that takes one value; a choice of one is no choice and is left out."""
    if len(counts) < 2 and not chosen:
        return []
    parts = []
    for value, n in _counted(counts, (chosen,) if chosen else ()):
        link = state.link(**{name: "" if value == chosen else value, "n": 0})
        label = f"{PurePath(value).name}/" if name == "folder" else words.language_name(value)
        parts.append(_chip(label, n, link, value == chosen, name, more=more))
    return parts


def _ages(answer: Answer, state: State, words: Words, today: date) -> list[Html]:
    """A span without results is left out, unless it is the one chosen."""
    counts = answer.facets.get("since", {})
    starts = {(today - timedelta(days=days)).isoformat(): name for name, days in _AGES.items()}
    if state.until or (state.since and state.since not in starts):
        link = state.link(since="", until="", n=0)
        parts = ("since", state.since), ("until", state.until)
        label = " ".join(words(name, date=day) for name, day in parts if day)
        return [_chip(label, answer.files, link, True, "age")]
    return [
        _chip(
            words(f"past_{name}"),
            n,
            state.link(since="" if chosen else start, n=0),
            chosen,
            "age",
            more=answer.facets_at_least,
        )
        for start, name in starts.items()
        for chosen in (start == state.since,)
        for n in (counts.get(start, 0),)
        if chosen or (n and not state.since)
    ]


def _chip(label: str, n: int, link: str, chosen: bool, kind: str = "type", *, more: bool = False) -> Html:
    current = Html(' aria-current="true"') if chosen else ""
    count = Html(' <span class="n">{}</span>').format(facets.counted(n, more and not chosen)) if n else ""
    return Html('<a class="chip {}" href="{}"{}>{}{}</a>').format(kind, link, current, label, count)
