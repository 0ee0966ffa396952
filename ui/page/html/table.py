"""Rows of comma- or tab-separated text as a table."""

from __future__ import annotations

import csv
from itertools import islice

from ui.page.html.highlight import plain

_ROWS, _COLUMNS = 400, 40


def rendered(
    text: str, *, first: int = 1, here: tuple[int, int] | None = None, header: str = ""
) -> str | None:
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
    out = [f"<tr>{_cells(names, 'th')}</tr>"] if names else []
    before = first - 1
    for last, row in rows:
        begin, before = before + 1, first - 1 + last
        tag = "th" if begin == 1 else "td"
        chosen = here is not None and begin <= here[1] and before >= here[0]
        name = ' class="here"' if chosen else ""
        out.append(f"<tr{name}>{_cells(row, tag)}</tr>")
    return f'<div class="sheet"><table>{"".join(out)}</table></div>'


def _cells(row: list[str], tag: str) -> str:
    return "".join(f"<{tag}>{plain(cell)}</{tag}>" for cell in row[:_COLUMNS])
