"""Source code: its colours, and lines with their numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from ui.page.html.finding import Stretch
from ui.page.html.highlight import ColourSpan, marked
from ui.page.html.safe import Html, joined

# characters that are looked at for colours, 0.3 s; beyond, plain text is quicker to read than to wait for
_LONGEST = 150_000


@lru_cache(maxsize=64)
def _lexer(language: str, path: str, midway: bool) -> Any | None:
    """`midway`, it begins in the code, where PHP for one has no mark before it."""
    from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
    from pygments.util import ClassNotFound

    for find, name in ((get_lexer_by_name, language), (get_lexer_for_filename, path)):
        try:
            if name:
                return find(name, stripnl=False, ensurenl=False, startinline=midway)
        except ClassNotFound:
            continue
    return None


def colours_within(
    text: str, span: Stretch, language: str | None, path: str, definitions: Sequence[int]
) -> list[ColourSpan]:
    """`colours` of characters `span` of a text, with offsets into them. They begin in a string or a comment
    as may be, so what is before them is looked at too: from the last of `definitions` on, ascending offsets
    where none is open, or from the beginning."""
    before = bisect_right(definitions, span[0])
    start = definitions[before - 1] if before else 0
    found = colours(text[start : span[1]], language, path, midway=start > 0)
    shift = span[0] - start
    return [(max(first - shift, 0), last - shift, name) for first, last, name in found if last > shift]


def colours(text: str, language: str | None, path: str = "", *, midway: bool = False) -> list[ColourSpan]:
    """(start, end, class) of keywords, names, strings, numbers and comments; empty when not known."""
    file = path.rpartition("/")[2]
    lexer = _lexer(language or "", file, midway) if len(text) <= _LONGEST else None
    if lexer is None:
        return []
    spans: list[ColourSpan] = []
    for start, token, value in lexer.get_tokens_unprocessed(text):
        name = _class(str(token))
        if name and value.strip():
            spans.append((start, start + len(value), name))
    return spans


def _class(token: str) -> str | None:
    """Five colours are enough to read by."""
    if ".Comment" in token:
        return "tc"
    if ".String" in token:
        return "ts"
    if ".Number" in token:
        return "tn"
    if ".Keyword" in token:
        return "tk"
    if ".Name.Function" in token or ".Name.Class" in token:
        return "tf"
    return None


def cell(text: str, language: str, here: Stretch | None) -> Html:
    """A cell of a notebook; characters `here` of it stand out."""
    spans = colours(text, language)
    left, right = (max(here[0], 0), min(here[1], len(text))) if here else (0, 0)
    body = _tinted(text, spans, 0, len(text))
    if left < right:
        chosen = Html('<span class="here">{}</span>').format(_tinted(text, spans, left, right))
        body = _tinted(text, spans, 0, left) + chosen + _tinted(text, spans, right, len(text))
    return Html('<pre class="cell" dir="ltr">{}</pre>').format(body)


def _tinted(text: str, spans: list[ColourSpan], start: int, end: int) -> Html:
    """Characters `start` to `end` in their colours."""
    out: list[Html] = []
    at = start
    for first, last, name in spans:
        first, last = max(first, at), min(last, end)
        if first < last:
            out.append(Html.escape(text[at:first]))
            out.append(Html('<span class="{}">{}</span>').format(name, text[first:last]))
            at = last
    return joined([*out, Html.escape(text[at:end])])


def numbered(text: str, *, first: int, here: tuple[int, int] | None, spans: list[ColourSpan]) -> Html:
    """Lines from number `first` on as a list; those of `here` (inclusive numbers) stand out."""
    row = Html('<li{}><span class="ln" aria-hidden="true">{}</span><code>{}</code></li>')
    rows: list[Html] = []
    offset, position = 0, 0
    for number, line in enumerate(text.split("\n"), first):
        end = offset + len(line)
        while position < len(spans) and spans[position][1] <= offset:
            position += 1
        inside: list[ColourSpan] = []
        for start, stop, name in spans[position:]:
            if start >= end:
                break
            inside.append((start - offset, stop - offset, name))
        chosen = here is not None and here[0] <= number <= here[1]
        rows.append(row.format(_chosen(chosen, here, number), number, marked(line, [], inside) or " "))
        offset = end + 1
    return Html('<ol class="code" dir="ltr">{}</ol>').format(joined(rows))


def _chosen(chosen: bool, here: tuple[int, int] | None, number: int) -> Html:
    if not chosen:
        return Html("")
    return Html(' class="here first"' if here and number == here[0] else ' class="here"')
