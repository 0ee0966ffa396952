"""Plots where people would rather look than read: what the library holds, how it grew, how quick it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

import streamlit as st

from searcher.errors import IndexMissing, SearcherError
from ui.page import changes, choices, kinds, units
from ui.page.frame import words
from ui.page.history import HISTORY
from ui.page.html.blocks import EMPTY, QUIET, SECTION, TITLE, WRONG
from ui.page.html.highlight import with_commands
from ui.page.html.safe import Html, joined
from ui.page.insight import answers, overview
from ui.page.insight.overview import Overview
from ui.page.session import session
from ui.page.strings import Words
from ui.service import get_service
from ui.status import disk


@st.cache_resource(show_spinner=False, max_entries=1)  # shared by all tabs and never copied
def _gathered(stamp: changes.Stamp) -> tuple[Overview, list[str], Any]:
    from searcher.store import open_store

    store = open_store(get_service().home, None)
    corpus = store.read(overview.read)
    ids, places = store.read(lambda table: overview.points(table, corpus.documents))
    return corpus, ids, places


def render() -> None:
    w = words()
    st.html(TITLE.format(w("nav_insight")))
    try:
        corpus, ids, places = _gathered(changes.stamp(get_service().home))
    except IndexMissing:
        corpus, ids, places = Overview({"doc_id": [], "size": []}), [], []
    except SearcherError as error:
        st.html(WRONG.format(with_commands(w.reason(str(error)))))
        return
    if not corpus.documents:
        st.html(EMPTY.format(w("insight_empty"), w("insight_hint")))
        return
    _map(corpus, ids, places, w)
    left, right = st.columns(2)
    with left:
        _bars(w("types_title"), [(kinds.name(kind, w), n) for kind, n in corpus.counts("kind")], w)
    with right:
        named = [(w.language_name(name), n) for name, n in corpus.counts("language")]
        _bars(w("languages_title"), named, w)
    _growth(corpus, w)
    left, right = st.columns(2)
    with left:
        _line(w("latency_title"), list(HISTORY.queries), w)
    with right:
        _line(w("speed_title"), list(HISTORY.speed), w)
    _sizes(corpus, w)
    answers.render(corpus, w)


def _map(corpus: Overview, ids: list[str], places: Any, w: Words) -> None:
    if len(ids) < 3:
        return
    st.html(SECTION.format(w("map_title")) + QUIET.format(w("map_hint")))
    by = choices.segments(
        w("colour_by"),
        {"folder": w("by_folder"), "kind": w("by_type"), "language": w("by_language")},
        "folder" if len(set(corpus.columns["folder"])) > 1 else "kind",
        key="colour",
    )
    at = {name: row for row, name in enumerate(corpus.columns["doc_id"])}
    rows = [at[name] for name in ids if name in at]
    column = corpus.columns
    called = {"kind": lambda kind: kinds.name(kind, w), "language": w.language_name}.get(by, _last_name)
    data = [
        {
            "n": number,
            "x": float(places[number][0]),
            "y": float(places[number][1]),
            "document": column["title"][row] or PurePath(column["path"][row]).name,
            "where": column["path"][row],
            "group": called(column[by][row] or "–"),
        }
        for number, row in enumerate(rows)
    ]
    axis = {"axis": None, "scale": {"domain": [-1.08, 1.08]}}
    event = st.vega_lite_chart(
        {
            "data": {"values": data},
            "params": [{"name": "pick", "select": {"type": "point", "fields": ["n"], "toggle": False}}],
            "mark": {"type": "circle", "size": 60 if len(data) < 300 else 25, "opacity": 0.75},
            "encoding": {
                "x": {"field": "x", "type": "quantitative", **axis},
                "y": {"field": "y", "type": "quantitative", **axis},
                "color": {
                    "field": "group",
                    "type": "nominal",
                    "title": None,
                    "scale": {"scheme": "tableau20"},  # the page's own ten colours would come twice
                    "legend": {
                        "orient": "bottom",
                        "columns": {"expr": "max(2, floor(width / 130))"},
                        "symbolLimit": 24,
                    },
                },
                "tooltip": [{"field": "document", "title": " "}, {"field": "where", "title": "  "}],
            },
            "height": 420,
            "view": {"stroke": None},
        },
        on_select="rerun",
        key="map",
        alt=w("map_hint"),
    )
    if len(data) < corpus.documents:
        sample = w("map_sample", n=w.number(len(data)), total=w.number(corpus.documents))
        st.html(QUIET.format(sample))
    picked = event["selection"].get("pick") if event else None
    if picked:
        st.switch_page(session().search_page, query_params={"doc": data[int(picked[0]["n"])]["where"]})


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


def _growth(corpus: Overview, w: Words) -> None:
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
    st.html(SECTION.format(w("growth_title")))
    mark = {"type": "area", "line": True, "opacity": 0.25, "interpolate": "step-after"}
    _chart(data, "month", "total", mark, w("growth_title"), w("documents"))


def _line(title: str, values: list[tuple[float, float]], w: Words) -> None:
    st.html(SECTION.format(title))
    if len(values) < 2:
        st.html(QUIET.format(w("none_yet")))
        return
    data = [{"at": int(at * 1000), "value": round(value, 1)} for at, value in values]
    _chart(data, "at", "value", {"type": "line", "point": len(data) < 60}, title, None)


def _chart(data: list[dict[str, Any]], x: str, y: str, mark: Any, alt: str, title: str | None) -> None:
    st.vega_lite_chart(
        {
            "data": {"values": data},
            "mark": mark,
            "encoding": {
                "x": {"field": x, "type": "temporal", "title": None},
                "y": {"field": y, "type": "quantitative", "title": title, "scale": {"zero": True}},
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
