"""What an open document shows: the page, lines or stretch that a link means, and the passage in it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

from searcher.errors import SearcherError
from ui.page import quote
from ui.page.html import document, prose
from ui.page.html.safe import Html, joined
from ui.page.search import cards
from ui.page.state import Place, State, parse_anchor
from ui.page.strings import Words
from ui.pictures import Picture
from ui.service import get_service
from ui.viewing import DocumentView

_SHEETS = ("xlsx", "xls", "xlsb", "ods", "fods")


@dataclass(frozen=True, slots=True)
class Spread:
    """HTML of the document around a passage, and what a citation of the passage says."""

    body: Html
    place: Place
    passage: str = ""
    where: str = ""
    verdict: str = ""  # same | changed, for a link that quotes


def opened(state: State, view: DocumentView, w: Words) -> Spread:
    """The document as the link wants it. A quotation is shown where it stands now."""
    place = parse_anchor(state.at)
    quoted = quote.located(view.text, state.cite) if state.cite else None
    verdict = ("same" if quoted else "changed") if state.cite else ""
    if view.kind == "pdf":
        spread = _page(state, view, place, quoted, w)
    elif view.has_lines:
        spread = _lines(view, place, quoted, w)
    else:
        spread = _prose(state, view, place, quoted)
        if view.kind == "picture":
            spread = replace(spread, body=_shown(state, spread, w) + spread.body)
    return replace(spread, verdict=verdict)


def _lines(view: DocumentView, place: Place, quoted: tuple[int, int] | None, w: Words) -> Spread:
    lines = document.lines_of(view.text, quoted) if quoted else place.lines
    part = document.window(view.text, lines)
    every = view.text.split("\n")
    body = document.of_lines(
        part, kind=view.kind, language=view.language, path=view.path, here=lines, header=every[0]
    )
    if not lines:
        return Spread(body, place)
    place = replace(place, first=lines[0], last=lines[1])
    return Spread(body, place, "\n".join(every[lines[0] - 1 : lines[1]]), cards.lines(*lines, w))


def _prose(state: State, view: DocumentView, place: Place, quoted: tuple[int, int] | None) -> Spread:
    row = _indexed(state.doc, place)
    span = quoted or _stands(view.text, row)
    body = prose.rendered(view.text, view.marks, span, sheets=view.kind in _SHEETS)
    passage = view.text[slice(*span)] if span else ""
    return Spread(body, place, passage, (row or {}).get("anchor") or "")


def _page(state: State, view: DocumentView, place: Place, quoted: tuple[int, int] | None, w: Words) -> Spread:
    span = quoted or _stands(view.text, _indexed(state.doc, place))
    asked = document.page_at(view.marks, quoted[0]) if quoted else place.page
    last = document.pages(view.marks)
    page = min(max(asked or 1, 1), max(last, 1))
    start, end = document.page_span(view.text, view.marks, page)
    here = (max(span[0], start), min(span[1], end)) if span and span[0] < end and span[1] > start else None
    passage = view.text[slice(*here)] if here else ""
    picture = get_service().picture(state.doc, page, passage)
    text = Html('<div class="prose" dir="auto">{}</div>').format(prose.marked(view.text, (start, end), here))
    if picture:
        folded = Html("<details><summary>{}</summary>{}</details>").format(w("page_text"), text)
        text = _sheet(picture, page, w) + folded
    step = Html('<a class="button small" href="{}" aria-label="{}">{}</a>')
    steps = joined(
        step.format(state.opened(state.doc, Place(page=number)), w("page", page=number), sign)
        for number, sign in ((page - 1, "‹"), (page + 1, "›"))
        if 1 <= number <= last
    )
    head = Html('<p class="pages">{} {}</p>').format(w("page_of", page=page, last=last), steps)
    body = head + text
    cited = passage or view.text[start:end]
    return Spread(body, replace(place, page=page), cited, w("page", page=page))


def _shown(state: State, spread: Spread, w: Words) -> Html:
    """The picture itself, the passage marked in it where its text was read."""
    picture = get_service().picture(state.doc, 1, spread.passage)
    return _sheet(picture, 1, w) if picture else Html("")


def _sheet(picture: Picture, page: int, w: Words) -> Html:
    """The page's picture; the passage in it is a spot to scroll to."""
    data = base64.b64encode(picture.data).decode("ascii")
    spot = Html("")
    if picture.top is not None:
        spot = Html('<span class="spot here" style="top:{:.1f}%"></span>').format(picture.top * 100)
    return Html(
        '<div class="paper"><img class="sheet-of-paper" alt="{}" '
        'width="{}" height="{}" src="data:image/webp;base64,{}">{}</div>'
    ).format(w("page", page=page), picture.width, picture.height, data, spot)


def _indexed(path: str, place: Place) -> dict[str, Any] | None:
    if place.ordinal is None:
        return None
    try:
        return get_service().passage(path, place.ordinal)
    except SearcherError:
        return None


def _stands(text: str, row: dict[str, Any] | None) -> tuple[int, int] | None:
    """Where an indexed passage stands in the text as it is now."""
    if row is None:
        return None
    start, end = row["char_start"] or 0, row["char_end"] or 0
    same = "".join(text[start:end].split()) == "".join(row["text"].split())
    return (start, end) if same and start < end else quote.find(text, row["text"])
