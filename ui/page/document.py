"""A document's text around one place in it, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searcher.records import Mark
from ui.page import code, markdown, table
from ui.page.highlight import plain

_LINES = 400  # lines a preview holds; more would make the page heavy, links lead further
_CHARACTERS = 12_000  # the same for text without lines


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of text: `text` starts at line `first` of the document; `before` and `after` tell of more."""

    text: str
    first: int
    before: bool
    after: bool


def window(text: str, here: tuple[int, int] | None) -> Window:
    """The lines around `here`, at most 400."""
    lines = text.split("\n")
    if len(lines) <= _LINES:
        return Window(text, 1, False, False)
    start = max(0, min((here[0] if here else 1) - 1 - _LINES // 4, len(lines) - _LINES))
    end = start + _LINES
    return Window("\n".join(lines[start:end]), start + 1, start > 0, end < len(lines))


def of_lines(
    part: Window, *, kind: str, language: str | None, path: str, here: tuple[int, int] | None
) -> str:
    """Code with numbers, Markdown rendered, tables as tables, all else as numbered text."""
    if kind in ("md", "markdown"):
        return markdown.rendered(part.text, first=part.first, here=here)
    if kind in ("csv", "tsv"):
        sheet = table.rendered(part.text, first=part.first, here=here)
        if sheet:
            return sheet
    spans = code.colours(part.text, language, path) if kind == "code" else []
    return code.numbered(part.text, first=part.first, here=here, spans=spans)


def page_text(text: str, marks: Sequence[Mark], page: int) -> str:
    """What is written on one page."""
    pieces = []
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if mark.page == page:
            pieces.append(text[mark.start : following.start if following else len(text)])
    return "\n".join(pieces)


def pages(marks: Sequence[Mark]) -> int:
    return max((mark.page for mark in marks if mark.page), default=0)


def of_text(text: str, span: tuple[int, int] | None) -> str:
    """Running text, the stretch `span` standing out; a long text is cut around it."""
    start = max(0, (span[0] if span else 0) - _CHARACTERS // 4)
    cut = text[start : start + _CHARACTERS]
    before = "<p class='quiet'>…</p>" if start else ""
    after = "<p class='quiet'>…</p>" if start + _CHARACTERS < len(text) else ""
    if not span:
        return f'<div class="prose" dir="auto">{before}{plain(cut)}{after}</div>'
    left, right = max(0, span[0] - start), max(0, span[1] - start)
    chosen = f'<span class="here first">{plain(cut[left:right])}</span>'
    body = f"{plain(cut[:left])}{chosen}{plain(cut[right:])}"
    return f'<div class="prose" dir="auto">{before}{body}{after}</div>'


def found(text: str, passage: str) -> tuple[int, int] | None:
    """Where a passage stands in a text, white space aside; None when it is no longer there."""
    words = passage.split()
    if not words:
        return None
    positions, kept = [], []
    for index, letter in enumerate(text):
        if not letter.isspace():
            positions.append(index)
            kept.append(letter)
    needle = "".join(words)
    at = "".join(kept).find(needle)
    return (positions[at], positions[at + len(needle) - 1] + 1) if at >= 0 else None
