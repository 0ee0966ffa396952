"""Rows of comma- or tab-separated text as a table."""

from __future__ import annotations

import csv
from itertools import islice

from ui.page.html.safe import Html, joined

_ROWS, _COLUMNS = 400, 40


def rendered(
    text: str, *, first: int = 1, here: tuple[int, int] | None = None, header: str = ""
) -> Html | None:
    """An HTML table, the lines `here` standing out; None when `text` is no table.

    `first` is the number of its first line in the file; a later part gets the file's first line as `header`.
    """
    try:
        dialect = csv.Sniffer().sniff(text[:4000], delimiters=",;\t|")
        reader = csv.reader(text.splitlines(keepends=True), dialect)
        rows = [(reader.line_num, row) for row in islice(reader, _ROWS)]
        names = next(csv.reader([header], dialect), []) if first > 1 else []
    except csv.Error:
        return None
    if len(rows) < 2 or max(len(row) for _, row in rows) < 2:
        return None
    line = Html("<tr{}>{}</tr>")
    out = [line.format("", _cells(names, "th"))] if names else []
    before = first - 1
    for last, row in rows:
        begin, before = before + 1, first - 1 + last
        tag = "th" if begin == 1 else "td"
        chosen = here is not None and begin <= here[1] and before >= here[0]
        name = Html(' class="here"') if chosen else ""
        out.append(line.format(name, _cells(row, tag)))
    return Html('<div class="sheet"><table>{}</table></div>').format(joined(out))


def _cells(row: list[str], tag: str) -> Html:
    return joined(Html("<{0}>{1}</{0}>").format(tag, cell) for cell in row[:_COLUMNS])
