"""A document's text around one place in it, as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from searcher.records import Mark
from ui.page.html import code, embedded, markdown, table
from ui.page.html.safe import Html

_LINES = 400  # lines a preview holds; more would make the page heavy, links lead further


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
    part: Window,
    *,
    whole: str,
    kind: str,
    language: str | None,
    path: str,
    here: tuple[int, int] | None,
    definitions: Sequence[int] = (),
    closely: bool = False,
    shown: embedded.IsPicture = embedded.nothing,
) -> Html:
    """Code with numbers, Markdown rendered, tables as tables, all else as numbered text.

    `part` is of the text `whole`, whose first line a window into a table repeats; `definitions` are where
    those of code begin. `closely`, the smallest block of Markdown that has the lines stands out; `shown` says
    which pictures of it may be shown.
    """
    if kind in ("md", "markdown"):
        return markdown.rendered(
            part.text, first=part.first, here=here, closely=closely, path=path, shown=shown
        )
    if kind in ("csv", "tsv"):
        sheet = table.rendered(part.text, first=part.first, here=here, header=whole.partition("\n")[0])
        if sheet:
            return sheet
    spans = []
    if kind == "code":
        start = span_of(whole, (part.first, part.first))[0]
        span = (start, start + len(part.text))
        spans = code.colours_within(whole, span, language, path, definitions)
    return code.numbered(part.text, first=part.first, here=here, spans=spans)


def page_span(text: str, marks: Sequence[Mark], page: int) -> tuple[int, int]:
    """[start, end) of what is written on one page; (0, 0) for one without text."""
    spans = [
        (mark.start, following.start if following else len(text))
        for mark, following in zip(marks, [*marks[1:], None], strict=True)
        if mark.page == page
    ]
    return (spans[0][0], spans[-1][1]) if spans else (0, 0)


def page_at(marks: Sequence[Mark], position: int) -> int | None:
    """The page that the character at `position` stands on."""
    mark = mark_at(marks, position)
    return mark.page if mark else None


def lines_of(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """First and last line, 1-based, of a stretch of characters."""
    first = text.count("\n", 0, span[0]) + 1
    return first, first + text.count("\n", span[0], max(span[0], span[1] - 1))


def span_of(text: str, lines: tuple[int, int]) -> tuple[int, int]:
    """Characters of lines `first` to `last`, 1-based; of lines that are not there the last one's."""
    every = text.split("\n")
    first = min(lines[0], len(every))
    last = min(max(lines[1], first), len(every))
    start = sum(len(line) + 1 for line in every[: first - 1])
    return start, start + len("\n".join(every[first - 1 : last]))


def line_around(text: str, span: tuple[int, int]) -> str:
    """The lines that a stretch of characters stands in."""
    end = text.find("\n", span[1])
    return text[text.rfind("\n", 0, span[0]) + 1 : end if end >= 0 else len(text)]


def mark_at(marks: Sequence[Mark], position: int) -> Mark | None:
    """The address of the character at `position`."""
    return next((mark for mark in reversed(marks) if mark.start <= position), None)


def pages(marks: Sequence[Mark]) -> int:
    return max((mark.page for mark in marks if mark.page), default=0)
