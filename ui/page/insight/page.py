"""Plots where people would rather look than read: what the library holds, how it grew, how quick it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import PurePath
from typing import Any

import streamlit as st

from indexer.care import growth
from searcher.errors import IndexMissing, SearcherError
from ui import changes
from ui.page import choices, kinds, units
from ui.page.frame import STATIC, words
from ui.page.history import HISTORY
from ui.page.html.blocks import EMPTY, QUIET, SECTION, TITLE, WRONG
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.insight import answers, overview, versions
from ui.page.insight.overview import Overview, Sampled
from ui.page.insight.versions import Version
from ui.page.session import session
from ui.page.strings import Words
from ui.service import get_service
from ui.status import disk

_FEWEST = 3  # documents of a map
_AREA = {"type": "area", "line": True, "opacity": 0.25, "interpolate": "step-after"}
_MINUTES, _DAYS = 600.0, 2 * 86_400.0  # seconds, from which a chart says the time, and only the day
_COLOURS = 12  # groups of documents that have one of their own


@st.cache_resource(show_spinner=False, max_entries=1)  # shared by all tabs and never copied
def _gathered(stamp: changes.Stamp) -> tuple[Overview, Sampled, list[list[Version]]]:
    from searcher.store import open_store

    store = open_store(get_service().home, None)
    corpus = store.read(overview.read)
    drawn = store.read(lambda table: overview.sampled(table, corpus.documents))
    return corpus, drawn, store.read(lambda table: versions.found(table, corpus, drawn))


def render() -> None:
    w = words()
    st.html(TITLE.format(w("nav_insight")))
    try:
        corpus, drawn, alike = _gathered(changes.stamp(get_service().home))
    except IndexMissing:
        corpus, drawn, alike = Overview({"doc_id": [], "size": []}), overview.NOTHING, []
    except SearcherError as error:
        st.html(WRONG.format(with_commands(w.reason(str(error)))))
        return
    if not corpus.documents:
        st.html(EMPTY.format(w("insight_empty"), w("insight_hint")))
        return
    _map(corpus, drawn, w)
    left, right = st.columns(2)
    with left:
        _bars(w("types_title"), [(kinds.name(kind, w), n) for kind, n in corpus.counts("kind")], w)
    with right:
        named = [(w.language_name(name), n) for name, n in corpus.counts("language")]
        _bars(w("languages_title"), named, w)
    _growth(w)
    _dates(corpus, w)
    left, right = st.columns(2)
    with left:
        _line(w("latency_title"), list(HISTORY.queries), w)
    with right:
        _line(w("speed_title"), list(HISTORY.speed), w)
    _sizes(corpus, w)
    answers.render(corpus, alike, w)


@cache
def _component() -> Callable[..., Any]:
    script = (STATIC / "map.js").read_text("utf-8")
    return st.components.v2.component("searcher_map", js=script, isolate_styles=False)


def _map(corpus: Overview, drawn: Sampled, w: Words) -> None:
    if len(drawn.ids) < _FEWEST:
        return
    st.html(SECTION.format(w("map_title")) + QUIET.format(w("map_hint")))
    by = choices.segments(
        w("colour_by"),
        {"folder": w("by_folder"), "kind": w("by_type"), "language": w("by_language")},
        "folder" if len(set(corpus.columns["folder"])) > 1 else "kind",
        key="colour",
    )
    column = corpus.columns
    at = {name: row for row, name in enumerate(column["doc_id"])}
    rows = [(number, at[name]) for number, name in enumerate(drawn.ids) if name in at]
    called = {"kind": lambda kind: kinds.name(kind, w), "language": w.language_name}.get(by, _last_name)
    groups = [called(column[by][row] or "–") for _, row in rows]
    counted = [name for name, _ in Counter(groups).most_common(_COLOURS)]
    named = [*counted, *([w("other")] if len(set(groups)) > len(counted) else [])]
    of_group = [counted.index(group) if group in counted else len(counted) for group in groups]
    points = [
        {
            "x": float(drawn.places[number][0]),
            "y": float(drawn.places[number][1]),
            "name": column["title"][row] or PurePath(column["path"][row]).name,
            "path": column["path"][row],
            "group": group,
        }
        for (number, row), group in zip(rows, of_group, strict=True)
    ]
    texts = {name: w(f"map_{name}") for name in ("find", "found", "closer", "further", "whole")}
    picked = _component()(
        key="map",
        data={
            "points": points,
            "labels": [asdict(label) for label in drawn.labels],
            "groups": [
                {"name": name, "colour": _colour(number, len(counted)), "n": of_group.count(number)}
                for number, name in enumerate(named)
            ],
            "words": {**texts, "hint": w("map_hint")},
        },
        on_open_change=lambda: None,
        height="content",
    )
    if len(points) < corpus.documents:
        sample = w("map_sample", n=w.number(len(points)), total=w.number(corpus.documents))
        st.html(QUIET.format(sample))
    if picked.open:
        st.switch_page(session().search_page, query_params={"doc": str(picked.open)})


def _colour(number: int, count: int) -> str:
    """Colours of even distance, none twice; grey for the rest."""
    if number >= count:
        return "hsl(0 0% 60%)"
    hue = (360 * number / count + 160) % 360
    return f"oklch({56 + number % 3 * 5}% {0.11 + number % 2 * 0.05:.2f} {hue:.0f})"  # seen on light and dark


def _last_name(folder: str) -> str:
    return PurePath(folder).name


def _bars(
    title: str, counts: list[tuple[str, int]], w: Words, shown: Callable[[int], str] | None = None
) -> None:
    """Bars in HTML: readable, selectable and announced, which a picture is not."""
    most = max((n for _, n in counts), default=1)
    row = Html(
        "<tr><th scope='row'>{}</th>"
        '<td><span class="bar" style="width:{:.1f}%"></span></td>'
        "<td class='n'>{}</td></tr>"
    )
    rows = joined(
        row.format(name or w("other"), n / most * 100, (shown or w.number)(n)) for name, n in counts
    )
    st.html(SECTION.format(title) + Html('<table class="bars">{}</table>').format(rows))


def _growth(w: Words) -> None:
    days = growth.read(get_service().home)
    if not days:
        return
    st.html(SECTION.format(w("growth_title")))
    if len(days) == 1:
        since = w(
            "growth_since", day=days[0].day, n=w.number(days[0].files), size=units.size(days[0].bytes, w)
        )
        st.html(QUIET.format(since))
        return
    data = [{"day": one.day, "files": one.files} for one in days]
    _chart(data, "day", "files", _AREA, w("growth_title"), w("documents"), "%Y-%m-%d")


def _dates(corpus: Overview, w: Words) -> None:
    months: dict[str, int] = {}
    for second in corpus.columns["date"]:
        if second:
            name = datetime.fromtimestamp(second, UTC).strftime("%Y-%m-01")
            months[name] = months.get(name, 0) + 1
    total, data = 0, []
    for month in sorted(months):
        total += months[month]
        data.append({"month": month, "total": total})
    if len(data) < 2:
        return
    st.html(SECTION.format(w("dates_title")))
    _chart(data, "month", "total", _AREA, w("dates_title"), w("documents"), "%Y-%m")


def _line(title: str, values: list[tuple[float, float]], w: Words) -> None:
    st.html(SECTION.format(title))
    if len(values) < 2:
        st.html(QUIET.format(w("none_yet")))
        return
    data = [{"at": int(at * 1000), "value": round(value, 1)} for at, value in values]
    lasted = values[-1][0] - values[0][0]
    ticks = "%Y-%m-%d" if lasted > _DAYS else "%H:%M" if lasted > _MINUTES else None
    _chart(data, "at", "value", {"type": "line", "point": len(data) < 60}, title, None, ticks)


def _chart(
    data: list[dict[str, Any]], x: str, y: str, mark: Any, alt: str, title: str | None, ticks: str | None
) -> None:
    """`ticks` is how a time is written below the chart, without words of any language; None is not at all."""
    below = {"format": ticks} if ticks else {"labels": False, "ticks": False}
    st.vega_lite_chart(
        {
            "data": {"values": data},
            "mark": mark,
            "encoding": {
                "x": {"field": x, "type": "temporal", "title": None, "axis": below},
                "y": {
                    "field": y,
                    "type": "quantitative",
                    "title": title,
                    "scale": {"zero": True},
                    "axis": {"format": "~f"},
                },
            },
            "height": 200,
        },
        alt=alt,
    )


def _sizes(corpus: Overview, w: Words) -> None:
    """How much the index takes beside the files it is of."""
    index = disk(get_service().home)["index"]
    sizes = [(w("corpus_size"), corpus.bytes), (w("index_size"), index)]
    _bars(w("size_title"), sizes, w, lambda size: units.size(size, w))
