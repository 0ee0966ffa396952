"""Hits as cards: plain HTML made of escaped text. What a click does is in static/keys.js."""

from __future__ import annotations

from pathlib import PurePath

from searcher.records import Answer, Hit, Passage
from ui.page import kinds, units
from ui.page.html import code
from ui.page.html.highlight import marked, plain
from ui.page.state import STEP, State, place_of
from ui.page.strings import Words

_WRAPPED = 45  # characters from which a line ended because it was full


def results(answer: Answer, state: State, words: Words, folders: list[str]) -> str:
    """The whole list: a line that says what there is, then one card a document."""
    cards = "".join(card(hit, state, words, folders) for hit in answer.results)
    warning = "" if answer.good else f'<p class="notice">{plain(words("no_good"))}</p>'
    notes = remarks(answer, state, words)
    more = ""
    if answer.total > len(answer.results):
        link = plain(state.link(n=len(answer.results) + STEP))
        more = f'<p class="more"><a class="button" href="{link}">{plain(words("more"))}</a></p>'
    listed = f'<ol class="hits" data-q="{plain(answer.query)}">{cards}</ol>'
    return f"{summary(answer, state, words)}{warning}{notes}{listed}{more}"


def remarks(answer: Answer, state: State, words: Words) -> str:
    """What the answer says of itself: a better spelling, filters that left nothing, another model."""
    notes = "".join(f'<p class="notice">{plain(note)}</p>' for note in answer.notes)
    if not answer.did_you_mean:
        return notes
    link = f'<a href="{plain(state.link(q=answer.did_you_mean))}">{plain(answer.did_you_mean)}</a>'
    return f'<p class="notice">{plain(words("did_you_mean"))} {link}</p>{notes}'


def summary(answer: Answer, state: State, words: Words) -> str:
    shown, total = len(answer.results), max(answer.total, len(answer.results))
    count = words("results_one") if total == 1 else words("results", n=words.number(total))
    if shown < total:
        count = f"{words('of_total', n=shown, total=count)}"
    took = units.milliseconds(answer.took_ms.get("total", 0.0), words)
    said = f'<span role="status">{plain(count)}</span><span class="quiet">{plain(took)}</span>'
    orders = "".join(
        f'<a href="{plain(state.link(sort=sort))}"{current}>{plain(words(f"sort_{sort}"))}</a>'
        for sort in ("relevance", "date")
        for current in (' aria-current="true"' if state.sort == sort else "",)
    )
    save = f'<button type="button" data-do="save">{plain(words("save"))}</button>'
    return f'<div class="summary">{said}<span class="orders">{orders}{save}</span></div>'


def card(hit: Hit, state: State, words: Words, folders: list[str]) -> str:
    """One document found: tile, title, where it lies, how well it fits, its best passage, further ones."""
    name = PurePath(hit.path).name
    title = hit.title or name
    target = plain(state.opened(hit.path, place_of(hit)))
    opened = " open" if state.doc == hit.path else ""
    letters = plain(kinds.tile(hit.path, hit.kind))
    path = plain(shown_path(hit.path, folders))
    keep = plain(words("keep"))
    return (
        f'<li class="hit{opened}" data-path="{plain(hit.path)}">'
        f'<span class="tile {kinds.family(hit.kind)}" aria-hidden="true">{letters}</span>'
        f'<div class="body"><h3><a class="title" href="{target}">{plain(title)}</a></h3>'
        f'<p class="where"><span class="path" title="{plain(hit.path)}">{path}'
        f"</span>{_place(hit, words)}</p>"
        f"{snippet(hit.snippet, hit.highlights, hit)}"
        f'<p class="fit">{_fit(hit, words)}'
        f'<button type="button" data-do="keep" data-id="{plain(hit.chunk_id)}">{keep}</button></p>'
        f"{_passages(hit, state, words)}</div></li>"
    )


def snippet(text: str, highlights: list[list[int]], hit: Hit) -> str:
    """A passage of `hit`; code keeps its line breaks and gets its colours."""
    if hit.kind == "code":
        spans = code.colours(text, hit.language, hit.path)
        return f'<pre class="snippet" dir="ltr">{marked(text, highlights, spans)}</pre>'
    if kinds.family(hit.kind) not in ("table", "data"):
        text = flowing(text)
    return f'<p class="snippet" dir="auto">{marked(text, highlights)}</p>'


def flowing(text: str) -> str:
    """Prose without the line breaks of its file; as long as before, so that highlights still fit."""
    out = ""
    for line in text.splitlines(keepends=True):
        full = len(line) > _WRAPPED and line.endswith("\n")
        out += f"{line[:-1]} " if full else line
    return out


def shown_path(path: str, folders: list[str]) -> str:
    """The path as a person thinks of it: from the library folder's own name on."""
    for folder in sorted(folders, key=len, reverse=True):
        if path.startswith(folder.rstrip("/") + "/"):
            return f"{PurePath(folder).name}/{path[len(folder.rstrip('/')) + 1 :]}"
    return path


def place(hit: Hit | Passage, words: Words) -> str:
    """ "page 3", "lines 10–24", "slide 2", or nothing."""
    if hit.page:
        return words("page", page=hit.page)
    if hit.line_start:
        return lines(hit.line_start, hit.line_end or hit.line_start, words)
    return hit.anchor or ""


def lines(first: int, last: int, words: Words) -> str:
    return words("line", line=first) if first == last else words("lines", first=first, last=last)


def _place(hit: Hit, words: Words) -> str:
    parts = [place(hit, words), hit.symbol or _section(hit), hit.date or hit.modified[:10]]
    return "".join(f"<span>{plain(part)}</span>" for part in parts if part)


def _section(hit: Hit) -> str:
    """The heading, without the title or the sheet's name that is shown already."""
    heading = (hit.heading or "").removeprefix(hit.title or "").removeprefix(" > ")
    return "" if hit.anchor and hit.anchor.startswith(f"{heading}!") else heading


def _fit(hit: Hit, words: Words) -> str:
    label = f'<span class="match {plain(hit.match)}">{plain(words(hit.match))}</span>'
    how = words("words_only") if hit.cosine is None else words("meaning_of", cosine=hit.cosine)
    stale = f'<span class="stale">{plain(words("changed"))}</span>' if hit.stale else ""
    copies = (
        f'<span title="{plain(chr(10).join(hit.copies))}">{plain(words("copies", n=len(hit.copies)))}</span>'
    )
    return f'{label}<span class="quiet">{plain(how)}</span>{stale}{copies if hit.copies else ""}'


def _passages(hit: Hit, state: State, words: Words) -> str:
    if not hit.passages:
        return ""
    rows = "".join(
        f'<li><a href="{plain(state.opened(hit.path, place_of(p)))}">'
        f"{plain(place(p, words) or p.heading or '·')}</a>"
        f"{snippet(p.snippet, p.highlights, hit)}</li>"
        for p in hit.passages
    )
    label = plain(words("more_passages", n=len(hit.passages)))
    return f'<details class="passages"><summary>{label}</summary><ul>{rows}</ul></details>'
