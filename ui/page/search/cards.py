"""Hits as cards: plain HTML made of escaped text. What a click does is in static/keys.js."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import urlencode

from indexer.formats.recognised import REGION
from searcher.records import Answer, Hit, Passage
from ui.page import kinds, openers, units, wording
from ui.page.brief.citation import citation
from ui.page.html import code
from ui.page.html.highlight import marked, words_of
from ui.page.html.safe import Html, joined
from ui.page.state import STEP, State, place_of
from ui.page.strings import Words

_EMPTY_LINE = re.compile(r"(?<=\n)[^\S\n]*\n")
_WRAPPED = 45  # characters from which a line ended because it was full
_NAMED = 3  # words that a reason names
_DRAWN = frozenset(
    ["pdf", "picture", "pptx", "odp", "odg", "docx", "odt", "xlsx", "ods"]
)  # may have pictures
_THUMB, _SCENE = 160, 720  # pixels
_SLIDE = re.compile(r"slide (\d{1,5})\b")
_MARKED, _MARKED_LONG = 8, 200  # words in a picture, and their characters
_LONG = 280  # characters that may take more than the lines a card shows

_CARD = Html(
    '<li class="hit{opened}" data-path="{path}">'
    '<span class="tile {family}" aria-hidden="true">{letters}{thumb}</span>'
    '<div class="body"><div class="head"><h3 dir="auto"><a class="title" href="{target}">{title}</a></h3>'
    "{fit}{menu}</div>"
    '<p class="where"><span class="path" title="{path}">{shown}</span>{place}</p>'
    "{snippet}{scene}{more}</div></li>"
)
_GROUP = Html('<li class="group"><h2 dir="auto">{} <span class="n">{}</span></h2></li>')
_LISTED = Html('{summary}{notes}<ol class="hits" data-q="{query}">{cards}</ol>{weak}{more}')
_WEAK = Html(
    '<details class="weak" data-fold="weak"><summary>{label}</summary><ol class="rest">{cards}</ol></details>'
)


def results(answer: Answer, state: State, words: Words, folders: list[str], editor: str = "system") -> Html:
    """The whole list: a line that says what there is, one card a document, the weak ones folded."""
    fitting, weak = _weak_apart(answer.results, state.sort)
    poor = Html("") if answer.good else Html('<p class="notice">{}</p>').format(words("no_good"))

    def cards(hits: Sequence[Hit]) -> Html:
        parts = []
        for name, together in _grouped(hits, state.group, words, folders):
            parts += [_GROUP.format(name, len(together))] if state.group else []
            parts += [card(hit, state, words, folders, editor) for hit in together]
        return joined(parts)

    more = Html("")
    if answer.total > len(answer.results):
        more = Html('<p class="more"><a class="button" href="{}">{}</a></p>').format(
            state.link(n=len(answer.results) + STEP), words("more")
        )
    label = words("weak_one") if len(weak) == 1 else words("weak_more", n=len(weak))
    return _LISTED.format(
        summary=summary(answer, state, words),
        notes=poor + remarks(answer, state, words),
        query=answer.query,
        cards=cards(fitting),
        weak=_WEAK.format(label=label, cards=cards(weak)) if weak else "",
        more=more,
    )


def _grouped(
    hits: Sequence[Hit], group: str, words: Words, folders: list[str]
) -> list[tuple[str, list[Hit]]]:
    """Those of one folder, type or month together, each group where its best hit stands; months by time."""
    named: dict[str, list[Hit]] = {}
    for hit in hits:
        match group:
            case "folder":
                name = f"{PurePath(shown_path(hit.path, folders)).parent}/"
            case "type":
                name = kinds.name(hit.kind, words)
            case "month":
                name = (hit.date or hit.modified)[:7]
            case _:
                name = ""
        named.setdefault(name, []).append(hit)
    return sorted(named.items(), reverse=True) if group == "month" else list(named.items())


def remarks(answer: Answer, state: State, words: Words) -> Html:
    """What the answer says of itself: a better spelling, filters that left nothing, another model."""
    notes = joined(Html('<p class="notice">{}</p>').format(words.reason(note)) for note in answer.notes)
    if not answer.did_you_mean:
        return notes
    meant = Html('<p class="notice">{} <a href="{}">{}</a></p>')
    link = state.link(q=answer.did_you_mean)
    return meant.format(words("did_you_mean"), link, answer.did_you_mean) + notes


def _weak_apart(hits: list[Hit], sort: str) -> tuple[list[Hit], list[Hit]]:
    """The hits to show, and the weak ones to fold: those behind the last better one, and by date all."""
    better = [place for place, hit in enumerate(hits) if hit.match != "weak"]
    if not better:
        return hits, []
    if sort == "date":
        return [hits[place] for place in better], [hit for hit in hits if hit.match == "weak"]
    return hits[: better[-1] + 1], hits[better[-1] + 1 :]


def summary(answer: Answer, state: State, words: Words) -> Html:
    shown = sum(1 + len(hit.copies) for hit in answer.results)
    total = max(answer.files, shown)
    count = words("results_one") if total == 1 else words("results", n=words.number(total))
    if shown < total:
        count = words("results_of", n=shown, total=words.number(total))
    took = units.milliseconds(answer.took_ms.get("total", 0.0), words)
    orders = joined(
        Html('<a href="{}"{}>{}</a>').format(
            state.link(sort=sort),
            Html(' aria-current="true"') if state.sort == sort else "",
            words(f"sort_{sort}"),
        )
        for sort in ("relevance", "date")
    )
    return Html(
        '<div class="summary"><span role="status">{}</span><span class="quiet">{}</span>'
        '<span class="orders">{}<button type="button" data-do="save">{}</button></span></div>'
    ).format(count, took, orders, words("save"))


def card(hit: Hit, state: State, words: Words, folders: list[str], editor: str = "system") -> Html:
    """One document found: tile, title, how well it fits, where it lies, its best passage, further ones."""
    return _CARD.format(
        opened=" open" if state.doc == hit.path else "",
        path=hit.path,
        family=kinds.family(hit.kind),
        letters=kinds.tile(hit.path, hit.kind),
        thumb=thumb(hit),
        scene=_scene(hit),
        target=state.opened(hit.path, place_of(hit)),
        title=hit.title or PurePath(hit.path).name,
        fit=_fit(hit, words),
        menu=_menu(hit, state, words, editor),
        shown=shown_path(hit.path, folders),
        place=_place(hit, words),
        snippet=snippet(hit.snippet, hit.highlights, hit),
        more=_passages(hit, state, words),
    )


def thumb(hit: Hit) -> Html:
    """A small picture of the page that was found; fetched by static/keys.js once the results stand, and gone
    where there is none."""
    if hit.source or hit.kind not in _DRAWN:
        return Html("")
    name = "" if hit.kind in ("pdf", "picture") else "cover"
    slide = _SLIDE.match(hit.anchor or "")
    page = slide[1] if slide else hit.page or 1
    asked = urlencode({"path": hit.path, "page": page, "width": _THUMB})
    return Html('<img class="thumb {}" alt="" data-src="/api/picture?{}">').format(name, asked)


def _scene(hit: Hit) -> Html:
    """Of text that was read in a picture, the picture there, its words marked."""
    words = list(dict.fromkeys(words_of(hit.snippet, hit.highlights)))
    is_read = hit.kind == "picture" or (hit.kind == "pdf" and REGION.search(hit.anchor or ""))
    if hit.source or not is_read or not words:
        return Html("")
    asked = {"path": hit.path, "page": hit.page or 1, "width": _SCENE, "strip": "true"}
    asked["words"] = " ".join(words[:_MARKED])[:_MARKED_LONG]
    return Html('<img class="scene" alt="" data-src="/api/picture?{}">').format(urlencode(asked))


def snippet(text: str, highlights: list[list[int]], hit: Hit) -> Html:
    """A passage of `hit`; code keeps its line breaks and gets its colours."""
    if hit.kind == "code":
        spans = code.colours(text, hit.language, hit.path)
        return Html('<pre class="snippet" dir="ltr">{}</pre>').format(marked(text, highlights, spans))
    if kinds.family(hit.kind) not in ("table", "data"):
        text = flowing(text)
    tight = _EMPTY_LINE.sub(lambda line: " " * len(line[0]), text)
    return Html('<p class="snippet" dir="auto">{}</p>').format(marked(tight, highlights))


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
    return wording.place(place_of(hit), hit.anchor, words)


def reason(hit: Hit, words: Words) -> str:
    """Why it was found, in plain words: which words it has, or that it means the same."""
    held = list(dict.fromkeys(word.lower() for word in words_of(hit.snippet, hit.highlights)))[:_NAMED]
    if held:
        return words("has_words", words=", ".join(words("quoted", word=word) for word in held))
    if hit.cosine is None:
        return words("words_only")
    return words("meaning_only" if hit.match == "weak" else "same_meaning")


def _place(hit: Hit, words: Words) -> Html:
    machine = words("on_machine", name=hit.source) if hit.source else ""
    parts = [machine, place(hit, words), hit.symbol or _section(hit), hit.date or hit.modified[:10]]
    return joined(Html("<span>{}</span>").format(part) for part in parts if part)


def _section(hit: Hit) -> str:
    """The heading, without the title or the sheet's name that is shown already."""
    heading = (hit.heading or "").removeprefix(hit.title or "").removeprefix(" > ")
    return "" if hit.anchor and hit.anchor.startswith(f"{heading}!") else heading


def _fit(hit: Hit, words: Words) -> Html:
    """The label and the reason; the plain cosine is a detail for those who point at it."""
    exact = words("words_only") if hit.cosine is None else words("meaning_of", cosine=hit.cosine)
    notes = Html("")
    if hit.stale:
        notes += Html('<span class="stale">{}</span>').format(words("changed"))
    if hit.copies:
        count = words("copy_one") if len(hit.copies) == 1 else words("copies", n=len(hit.copies))
        notes += Html('<span title="{}">{}</span>').format("\n".join(hit.copies), count)
    return Html(
        '<p class="fit" title="{exact}">{notes}<span class="reason">{reason}</span>'
        '<span class="match {match}">{label}</span></p>'
    ).format(exact=exact, notes=notes, reason=reason(hit, words), match=hit.match, label=words(hit.match))


def _menu(hit: Hit, state: State, words: Words, editor: str) -> Html:
    """What can be done with a hit without opening it."""
    link = openers.editor_link(editor, hit.path, hit.line_start)
    items = [Html('<button type="button" data-do="open">{}</button>').format(words("open_system"))]
    if hit.source:  # its file is on another machine
        items, link = [], None
    if link:
        label = words("open_editor", editor=words.option("editor", editor))
        items.append(Html('<button type="button" data-launch="{}">{}</button>').format(link, label))
    if not hit.source:
        items.append(Html('<button type="button" data-do="reveal">{}</button>').format(words("reveal")))
    title = hit.title or PurePath(hit.path).name
    cited = citation(hit.snippet, title, hit.path, place(hit, words))
    for text, label in ((hit.path, words("copy_path")), (cited, words("copy_citation"))):
        items.append(Html('<button type="button" data-copy="{}">{}</button>').format(text, label))
    address = state.opened(hit.path, place_of(hit))
    alike = State(like=hit.path).link()
    items.append(Html('<a href="{}">{}</a>').format(alike, words("more_like")))
    items.append(Html('<button type="button" data-do="pin">{}</button>').format(words("pin")))
    items.append(Html('<button type="button" data-link="{}">{}</button>').format(address, words("copy_link")))
    items.append(
        Html('<button type="button" data-do="keep" data-id="{}">{}</button>').format(
            hit.chunk_id, words("keep")
        )
    )
    if not hit.source:
        sure = Html(
            '<details class="sure"><summary>{}</summary><p>{}</p>'
            '<button type="button" data-do="forget_file">{}</button></details>'
        )
        items.append(sure.format(words("forget_file"), words("forget_hint"), words("forget_yes")))
    return Html(
        '<details class="menu"><summary aria-label="{label}" title="{label}">⋯</summary>'
        "<div>{items}</div></details>"
    ).format(label=words("actions", title=title), items=joined(items))


def _passages(hit: Hit, state: State, words: Words) -> Html:
    """Further passages; unfolded, the card shows its own passage whole."""
    if not hit.passages and len(hit.snippet) < _LONG and hit.snippet.count("\n") < 3:
        return Html("")
    rows = joined(
        Html('<li><a href="{}">{}</a>{}</li>').format(
            state.opened(hit.path, place_of(p)),
            place(p, words) or p.heading or "·",
            snippet(p.snippet, p.highlights, hit),
        )
        for p in hit.passages
    )
    label = words("more_passages", n=len(hit.passages)) if hit.passages else words("whole_passage")
    return Html('<details class="passages" data-fold="{}"><summary>{}</summary><ul>{}</ul></details>').format(
        hit.path, label, rows
    )
