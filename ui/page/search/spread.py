"""What an open document shows: the page, lines or stretch that a link means, and the passage in it."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

from searcher.errors import SearcherError
from ui.page import quote, wording
from ui.page.html import document, finding, prose
from ui.page.html.finding import Stretch
from ui.page.html.safe import Html, joined
from ui.page.state import Place, State, parse_anchor
from ui.page.strings import Words
from ui.pictures import Picture, Wanted
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
    span: Stretch = (0, 0)  # characters of the passage, or where one without text would begin


@dataclass(frozen=True, slots=True)
class Matches:
    """What is looked for in the document, and where it stands."""

    matches: list[Stretch]
    at: int  # index of the match that is shown


def opened(state: State, view: DocumentView, w: Words) -> tuple[Spread, Matches | None]:
    """The document as the link wants it. A quotation is shown where it stands now; what is looked for comes
    before both, from the place of the link on."""
    place = parse_anchor(state.at)
    quoted = quote.located(view.text, state.cite, view.kind) if state.cite else None
    verdict = ("same" if quoted else "changed") if state.cite else ""
    span = quoted or _meant(state, view, place)
    found = None
    if state.find:
        matches = finding.matches(view.text, state.find)
        found = Matches(matches, finding.chosen(matches, state.nth, (span or (0, 0))[0]) if matches else 0)
        span = matches[found.at] if matches else span
    if view.kind == "pdf":
        spread = _page(state, view, place, span, found, w)
    elif view.has_lines:
        spread = _lines(state, view, span, w)
    else:
        spread = _prose(state, view, span, w)
        if view.kind == "picture":
            spread = replace(spread, body=_shown(state, spread, found, w) + spread.body)
    return replace(spread, verdict=verdict), found


def page_alone(state: State, w: Words) -> Html | None:
    """The page of a PDF that a link means, from its picture and the index alone, for while the document is
    read; None where the link does not say which, or the page cannot be drawn."""
    if state.find or state.cite:
        return None
    place = parse_anchor(state.at)
    row = _indexed(state.doc, place) or {}
    page = place.page or row.get("page") or 1
    picture = get_service().picture(state.doc, Wanted(page, row.get("text") or ""))
    if picture is None:
        return None
    said = Html('<p class="pages" role="status">{}</p>').format(w("page_early", page=page))
    return said + _sheet(picture, page, w)


def before_on_line(view: DocumentView, found: Matches | None) -> int:
    """How many matches stand before the one that is shown where the whole line stands out with it."""
    if not found or not found.matches or not view.has_lines:
        return 0
    start = view.text.rfind("\n", 0, found.matches[found.at][0]) + 1
    return sum(1 for match in found.matches[: found.at] if match[0] >= start)


def _meant(state: State, view: DocumentView, place: Place) -> Stretch | None:
    """Characters of the passage that a link means."""
    if place.lines and view.has_lines:
        return document.span_of(view.text, place.lines)
    if place.offset is not None and place.offset < len(view.text):
        end = view.text.find("\n", place.offset)
        return place.offset, end if end > place.offset else len(view.text)
    return _stands(view.text, _indexed(state.doc, place))


def _lines(state: State, view: DocumentView, span: Stretch | None, w: Words) -> Spread:
    lines = document.lines_of(view.text, span) if span else None
    part = document.window(view.text, lines)
    every = view.text.split("\n")
    body = document.of_lines(
        part,
        whole=view.text,
        kind=view.kind,
        language=view.language,
        path=view.path,
        here=lines,
        definitions=[mark.start for mark in view.marks],
        closely=bool(state.find),
        shown=get_service().has_picture,
    )
    last = part.first + part.text.count("\n")
    before = Place(first=part.first - 1) if part.before else None
    after = Place(first=last + 1) if part.after else None
    body = _continued(state, body, before, after, w)
    if not lines or not span:
        return Spread(body, Place())
    passage = "\n".join(every[lines[0] - 1 : lines[1]])
    return Spread(body, Place(first=lines[0], last=lines[1]), passage, wording.lines(*lines, w), span=span)


def _prose(state: State, view: DocumentView, span: Stretch | None, w: Words) -> Spread:
    begin, end = prose.window(view.text, span)
    files = prose.Embedded(view.path, get_service().has_picture, view.pictures)
    body = prose.rendered(
        view.text, view.marks, span, sheets=view.kind in _SHEETS, files=files, named=w.place
    )
    before = Place(offset=view.text.rfind("\n", 0, begin - 1) + 1) if begin else None
    after = Place(offset=end + 1) if end < len(view.text) - 1 else None
    body = _continued(state, body, before, after, w)
    if not span:
        return Spread(body, Place())
    mark = document.mark_at(view.marks, span[0])
    where = wording.named(mark.anchor if mark else None, w)
    passage = document.line_around(view.text, span) if state.find else view.text[slice(*span)]
    return Spread(body, parse_anchor(state.at), passage, where, span=span)


def _page(
    state: State, view: DocumentView, place: Place, span: Stretch | None, found: Matches | None, w: Words
) -> Spread:
    asked = document.page_at(view.marks, span[0]) if span and (state.cite or found) else place.page
    last = document.pages(view.marks)
    page = min(max(asked or 1, 1), max(last, 1))
    start, end = document.page_span(view.text, view.marks, page)
    here = (max(span[0], start), min(span[1], end)) if span and span[0] < end and span[1] > start else None
    passage = view.text[slice(*here)] if here else ""
    wanted = Wanted(page, passage)
    if found and found.matches:
        before = sum(1 for match in found.matches[: found.at] if match[0] >= start)
        wanted = Wanted(page, find=state.find, nth=before)
        passage = document.line_around(view.text, here or (start, start))
    picture = get_service().picture(state.doc, wanted)
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
    cited = passage or view.text[start:end]
    return Spread(
        head + text, replace(place, page=page), cited, w("page", page=page), span=here or (start, start)
    )


def _shown(state: State, spread: Spread, found: Matches | None, w: Words) -> Html:
    """The picture itself, the passage marked in it where its text was read."""
    wanted = Wanted(find=state.find, nth=found.at) if found else Wanted(passage=spread.passage)
    picture = get_service().picture(state.doc, wanted)
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


def _continued(state: State, body: Html, before: Place | None, after: Place | None, w: Words) -> Html:
    """With a way on where the document goes on beyond what is shown."""
    link = Html('<p class="on"><a class="button small" href="{}">{}</a></p>')
    parts = [body]
    if before:
        parts.insert(0, link.format(state.opened(state.doc, before), w("text_before")))
    if after:
        parts.append(link.format(state.opened(state.doc, after), w("text_after")))
    return joined(parts)


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
