"""The panel of all filters: every type, language and folder there is for the query, and a span of dates, each
with the number of results that a click gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath

from searcher.records import Answer
from ui.page import kinds
from ui.page.html.safe import Html, joined
from ui.page.search import timeline
from ui.page.state import GROUPS, State
from ui.page.strings import Words

_LONG = 8  # entries from which a list can be searched

_ENTRY = Html(
    '<li data-name="{name}" style="--depth:{depth}"><a href="{link}"{current}>'
    '<span dir="auto">{name}</span><span class="n">{n}</span></a></li>'
)


def panel(answer: Answer, state: State, words: Words) -> Html:
    """Folded until it is asked for; stays open while one filter after the other is set."""
    facets, more = answer.facets, answer.facets_at_least
    types = [
        _entry(kinds.name(kind, words), n, state.toggled(kind), kind in state.type, more=more)
        for kind, n in by_count(facets.get("type", {}), state.type)
    ]
    languages = [
        _entry(words.language_name(code), n, _one(state, "lang", code), code == state.lang, more=more)
        for code, n in by_count(facets.get("language", {}), (state.lang,))
    ]
    counts = {**({state.folder: 0} if state.folder else {}), **facets.get("folder", {})}
    folders = [
        _entry(f"{name}/", counts[path], _one(state, "folder", path), path == state.folder, depth, more=more)
        for path, name, depth in tree(counts)
    ]
    lists = (("by_type", types), ("by_language", languages), ("by_folder", folders))
    sections = joined(_section(words(name), entries, words) for name, entries in lists if entries)
    return Html(
        '<details class="facets" data-fold="facets"><summary>{}</summary><div>{}{}</div></details>'
    ).format(
        words("all_filters"),
        timeline.html(facets.get("month", {}), state, words) + sections,
        _dates(state, words) + _groups(state, words),
    )


def by_count(counts: Mapping[str, int], chosen: Iterable[str]) -> list[tuple[str, int]]:
    """The most frequent first; what is chosen is there, also when nothing is left of it."""
    counted = {**{value: 0 for value in chosen if value}, **counts}
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def tree(paths: Iterable[str]) -> list[tuple[str, str, int]]:
    """(path, name, depth) of folders, each under the one that it lies in."""
    listed: list[tuple[str, str, int]] = []
    above: list[str] = []
    for path in sorted(paths, key=lambda path: path.rstrip("/").split("/")):
        while above and not path.startswith(above[-1].rstrip("/") + "/"):
            above.pop()
        listed.append((path, PurePath(path).name or path, len(above)))
        above.append(path)
    return listed


def choices(folders: Mapping[str, int]) -> dict[str, int]:
    """Those among which one would choose first: of the library, or those in the only one there is."""
    listed = tree(folders)
    depth = 0
    while sum(1 for _, _, below in listed if below == depth) == 1:
        depth += 1
    return {path: folders[path] for path, _, below in listed if below == depth}


def _one(state: State, name: str, value: str) -> str:
    """Link that sets a filter of one value, or takes it away."""
    return state.link(**{name: "" if getattr(state, name) == value else value, "n": 0})


def counted(n: int, more: bool) -> str:
    """The number of results, "31+" where a click may give more."""
    return f"{n}+" if n and more else str(n)


def _entry(name: str, n: int, link: str, chosen: bool, depth: int = 0, *, more: bool = False) -> Html:
    current = Html(' aria-current="true"') if chosen else Html("")
    said = counted(n, more and not chosen)
    return _ENTRY.format(name=name, depth=depth, link=link, current=current, n=said)


def _section(title: str, entries: list[Html], words: Words) -> Html:
    box = Html("")
    if len(entries) > _LONG:
        box = Html('<input type="search" data-narrow placeholder="{label}" aria-label="{label}">').format(
            label=words("narrow_list")
        )
    return Html("<section><h3>{}</h3>{}<ul>{}</ul></section>").format(title, box, joined(entries))


def _dates(state: State, words: Words) -> Html:
    box = Html('<label>{}<input type="date" data-filter="{}" value="{}"></label>')
    boxes = joined(
        box.format(words(f"date_{name}"), name, value)
        for name, value in (("since", state.since), ("until", state.until))
    )
    return Html('<section class="dates"><h3>{}</h3>{}</section>').format(words("by_date"), boxes)


def _groups(state: State, words: Words) -> Html:
    """Results of one folder, type or month together."""
    current = Html(' aria-current="true"')
    links = joined(
        Html('<li><a href="{}"{}>{}</a></li>').format(
            state.link(group="" if name == state.group else name),
            current if name == state.group else "",
            words(f"by_{name}"),
        )
        for name in GROUPS
    )
    return Html("<section><h3>{}</h3><ul>{}</ul></section>").format(words("group_by"), links)
