"""Documents whose text is made rather than the file's own (Office files, web pages, mail, books, notebooks):
running text with headings, their tables as tables, and the passage standing out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from indexer.formats.recognised import REGION
from searcher.records import MARKDOWN, Mark
from ui.page.html import code, embedded, markdown
from ui.page.html.finding import Stretch
from ui.page.html.safe import Html, joined

_BEFORE, _AFTER = 4_000, 12_000  # characters around the passage; more would make the page heavy
_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Embedded:
    """Pictures that the document at `path` names, (offset, address, description), and which may be shown."""

    path: str = ""
    shown: embedded.IsPicture = embedded.nothing
    pictures: Sequence[tuple[int, str, str]] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Characters `start` to `end` of the document, all under one mark."""

    start: int
    end: int
    mark: Mark
    is_header: bool  # the header row of the table that follows, which repeats it


def window(text: str, here: Stretch | None) -> Stretch:
    """Characters around `here` that a preview holds, whole lines where they are not endless."""
    at = here[0] if here else 0
    begin = text.rfind("\n", 0, max(0, at - _BEFORE)) + 1
    end = min(len(text), max(at + _AFTER, here[1] if here else 0))
    line = text.rfind("\n", max(at, here[1] if here else 0), end)
    return begin, line if end < len(text) and line > 0 else end


def rendered(
    text: str,
    marks: Sequence[Mark],
    here: Stretch | None,
    *,
    sheets: bool = False,
    files: Embedded = Embedded(),
    named: Callable[[str], str] = str,
) -> Html:
    """HTML of the text around `here`; with `sheets` every line is a row of the sheet its mark names. `named`
    words the other names of places."""
    begin, end = window(text, here)
    pictures = _pictures(files)
    out: list[Html] = []
    rows: list[Html] = []
    caption: str | None = None
    for part in _parts(text, _cut(marks, pictures), begin, end):
        mark = part.mark
        name = (mark.heading[:1] or (None,))[0] if sheets else _caption(mark.anchor)
        if name != caption:
            out += _table(rows)
            said = name if sheets else named(name or "")
            out += [Html('<p class="anchor">{}</p>').format(said)] if said else []
            caption = name
        if part.start in pictures:
            out += _table(rows) + pictures.pop(part.start)
        if part.is_header:
            continue
        if sheets or mark.table_header:
            if not rows and mark.table_header:
                rows.append(_row(mark.table_header, "th", chosen=False))
            rows += _rows(text, part, here)
        else:
            out += _table(rows)
            out.append(_written(text, part, here, files))
    out += _table(rows)
    if end == len(text):
        out += pictures.pop(end, [])
    return Html('<div dir="auto">{}</div>').format(joined(out))


def _pictures(files: Embedded) -> dict[int, list[Html]]:
    """By where they stand."""
    found: dict[int, list[Html]] = {}
    count: dict[str, Any] = {}
    for at, address, description in files.pictures:
        if image := embedded.image(files.path, address, description, files.shown, count):
            found.setdefault(at, []).append(Html("<p>{}</p>").format(image))
    return found


def _cut(marks: Sequence[Mark], places: Iterable[int]) -> Sequence[Mark]:
    """Each mark once more where something stands between its text."""
    cut = {mark.start: mark for mark in (marks or [Mark(0)])}
    for at in places:
        before = [mark for mark in marks if mark.start <= at]
        cut.setdefault(at, replace(before[-1] if before else Mark(0), start=at))
    return [cut[at] for at in sorted(cut)]


def _written(text: str, part: Part, here: Stretch | None, files: Embedded) -> Html:
    if part.mark.language is None:
        return _running(text, part, here)
    return _note(text, part, here, files) if part.mark.language == MARKDOWN else _cell(text, part, here)


def _caption(anchor: str | None) -> str | None:
    """An anchor without the place in a picture, which the picture shows."""
    return REGION.sub("", anchor or "") or None


def _parts(text: str, marks: Sequence[Mark], begin: int, end: int) -> Iterator[Part]:
    starts = marks if marks and marks[0].start == 0 else [Mark(0), *marks]
    for mark, following in zip(starts, [*starts[1:], None], strict=True):
        stop = following.start if following else len(text)
        if stop <= begin or mark.start >= end:
            continue
        header = following.table_header if following else None
        is_header = header is not None and not mark.table_header
        is_header = is_header and " ".join(text[mark.start : stop].split()) == header
        yield Part(max(mark.start, begin), min(stop, end), mark, is_header)


def _rows(text: str, part: Part, here: Stretch | None) -> Iterator[Html]:
    at = part.start
    for line in text[part.start : part.end].split("\n"):
        if line.strip():
            yield _row(line, "td", chosen=here is not None and at < here[1] and at + len(line) > here[0])
        at += len(line) + 1


def _row(line: str, tag: str, *, chosen: bool) -> Html:
    cells = joined(Html("<{0}>{1}</{0}>").format(tag, cell) for cell in line.split(" | ")[:_COLUMNS])
    return Html("<tr{}>{}</tr>").format(Html(' class="here"') if chosen else "", cells)


def _table(rows: list[Html]) -> list[Html]:
    """The rows gathered so far as a table; gives them up."""
    table = [Html('<div class="sheet"><table>{}</table></div>').format(joined(rows))] if rows else []
    rows.clear()
    return table


def _note(text: str, part: Part, here: Stretch | None, files: Embedded) -> Html:
    """Markdown."""
    piece = text[part.start : part.end]
    lines = None
    if here and here[0] < part.end and here[1] > part.start:
        first = piece.count("\n", 0, max(here[0] - part.start, 0))
        lines = (first, first + text.count("\n", max(here[0], part.start), min(here[1], part.end) - 1))
    # lines are counted from 0, so that none of them is taken for front matter
    return markdown.rendered(piece, first=0, here=lines, path=files.path, shown=files.shown)


def _cell(text: str, part: Part, here: Stretch | None) -> Html:
    """Code in its colours."""
    piece = text[part.start : part.end].rstrip()
    start = part.start + len(piece) - len(piece.lstrip("\n"))
    chosen = (here[0] - start, here[1] - start) if here else None
    return code.cell(piece.lstrip("\n"), part.mark.language or "", chosen) if piece else Html("")


def _running(text: str, part: Part, here: Stretch | None) -> Html:
    """Text with its line breaks; a first line that is the section's heading as a heading."""
    piece = text[part.start : part.end]
    first, _, rest = piece.lstrip("\n").partition("\n")
    title = Html("")
    start = part.start
    if part.mark.heading and " ".join(first.split()) == part.mark.heading[-1]:
        start = part.end - len(rest)
        chosen = Html(' class="here"') if here and here[0] < start and here[1] > part.start else ""
        title = Html("<h3{}>{}</h3>").format(chosen, first)
    if not text[start : part.end].strip():
        return title
    return title + Html('<div class="prose">{}</div>').format(marked(text, (start, part.end), here))


def marked(text: str, part: Stretch, here: Stretch | None) -> Html:
    """Characters `part` of `text` as HTML, those of `here` standing out."""
    start, end = part
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip("\n"))
    start, end = start + lead, start + len(piece.rstrip())
    if here is None or here[1] <= start or here[0] >= end:
        return Html.escape(text[start:end])
    left, right = max(here[0], start), min(here[1], end)
    return Html('{}<span class="here">{}</span>{}').format(
        text[start:left], text[left:right], text[right:end]
    )
